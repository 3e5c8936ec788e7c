// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/clusters/operations.hpp"

namespace slipway::clusters {

/// An open operation and the step that it is at; no step: all are done.
struct CurrentStep {
  OperationId id;
  ClusterId cluster;
  std::string kind;
  std::string subject;
  bool has_step = false;
  int position = 0;
  std::string step;
  std::string state;
  unsigned attempts = 0;
  unsigned failures = 0;
  std::int64_t began_ms = 0;
  std::string error;
};

/// What an operation is from its first moment on.
struct NewOperation {
  const OperationId& id;
  const ClusterId& cluster;
  const std::string& kind;
  const std::string& subject;
  const std::string& by;
};
void insert_operation(store::Database& database, const NewOperation& operation, base::UtcTime now,
                      const std::vector<std::string>& steps);
std::size_t count_open_operations(store::Database& database);
/// Nothing when the operation is not open.
std::optional<CurrentStep> read_current(store::Database& database, const OperationId& id);
base::Result<OperationRecord> read_operation(store::Database& database, const OperationId& id);
/// Newest first.
std::vector<OperationRecord> read_operations(store::Database& database,
                                             const std::optional<ClusterId>& cluster,
                                             std::size_t limit = 1000);
/// All steps that are under way have all their time again: none runs while the controller is off.
void renew_times(store::Database& database, base::UtcTime now);
/// The operation goes on from this step of it, with all its time; failures stay counted. Durable at
/// once: call it within an attempt, which then fails retryably.
void go_back(store::Database& database, const OperationId& id, const std::string& step);
/// Appends lines to a step's log tail, which keeps the newest kLogTailLines.
void append_step_log(store::Database& database, const OperationId& id, int position,
                     const std::string& line);

}  // namespace slipway::clusters
