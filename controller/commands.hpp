// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "controller/config/config.hpp"

namespace slipway::controller {

// What the command line does; each returns the exit status and writes people's text itself.
int serve(const config::Config& config, const std::filesystem::path& state);
int list_machines(const std::filesystem::path& state);
/// `command`: instead of a login shell.
int machine_shell(const std::filesystem::path& state, const std::string& machine,
                  std::vector<std::string> command);
int machine_console(const std::filesystem::path& state, const std::string& machine, bool follow);
/// Removes every machine, mount, loop device, name space and cgroup of a stopped installation.
int purge_machines(const std::filesystem::path& state);
int reset_password(const std::filesystem::path& state, const std::string& user);
int list_users(const std::filesystem::path& state);
/// Walks the whole audit log and what was exported of it; 1 when something does not fit.
int verify_audit(const std::filesystem::path& state);

}  // namespace slipway::controller
