// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "agent/containers/names.hpp"
#include "protocol/base/task.hpp"

namespace slipway::containers {

/// A running container of Kubernetes.
struct Container {
  std::string id;
  std::string name;
  std::string process;  ///< its own OCI process, JSON: user, capabilities, environment …
};

/// One process added to a container.
struct ExecId {
  std::string container_id;
  std::string exec_id;
};

/// What to add; the three paths are fifos, `stderr_path` empty with a terminal.
struct ExecSpec {
  ExecId id;
  std::string process;  ///< OCI process, JSON
  bool terminal = false;
  std::string stdin_path;
  std::string stdout_path;
  std::string stderr_path;
};

/// The node's container runtime, Kubernetes' containers only.
class ContainerRuntime {
 public:
  virtual ~ContainerRuntime() = default;
  /// The running container of that name; kNotFound where none runs.
  virtual base::Task<base::Result<Container>> find(ContainerName name) = 0;
  virtual base::Task<base::Result<>> create(ExecSpec spec) = 0;
  /// Its pid on the node. kNotFound: the program does not exist in the container.
  virtual base::Task<base::Result<std::uint32_t>> start(ExecId id) = 0;
  virtual base::Task<base::Result<>> resize(ExecId id, std::uint32_t columns,
                                            std::uint32_t rows) = 0;
  virtual base::Task<base::Result<>> close_stdin(ExecId id) = 0;
  /// Waits for its end, however long; the exit code.
  virtual base::Task<base::Result<int>> wait(ExecId id) = 0;
  /// SIGKILL. What ended already is no error.
  virtual base::Task<base::Result<>> kill(ExecId id) = 0;
  /// Forgets an ended or never started process.
  virtual base::Task<base::Result<>> remove(ExecId id) = 0;
};

}  // namespace slipway::containers
