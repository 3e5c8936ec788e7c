// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace slipway::access {

/// One line of the audit log: who did what to which object from where, with what outcome.
struct AuditEntry {
  std::string actor = {};  ///< user name, "machine:<id>", "controller", or "-": nobody is known
  std::string role = {};
  std::string from = {};     ///< IP address
  std::string action = {};   ///< "cluster.create", "enrol.refused", "exec.open" …
  std::string object = {};   ///< "clusters/demo", "machine/<id>" …
  std::string outcome = {};  ///< "ok" or the error code's name
  std::string detail = {};   ///< why; never a secret
  std::string request_id = {};
  std::string cluster = {};     ///< its name, where the object is of one
  std::string name_space = {};  ///< where it is of one
};

/// Append-only; the implementation (SqliteAudit) is in this folder, tests use a recording one.
class Audit {
 public:
  virtual ~Audit() = default;
  virtual void record(AuditEntry entry) = 0;
};

}  // namespace slipway::access
