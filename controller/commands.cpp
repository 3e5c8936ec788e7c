// SPDX-License-Identifier: Apache-2.0
#include "controller/commands.hpp"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "controller/access/accounts.hpp"
#include "controller/access/audit_heads.hpp"
#include "controller/access/sqlite_audit.hpp"
#include "controller/cloud/local/local_cloud.hpp"
#include "controller/config/state_directory.hpp"
#include "protocol/base/log.hpp"

namespace slipway::controller {

namespace {

int refuse(const std::string& why) {
  std::fprintf(stderr, "slipway-controller: %s\n", why.c_str());
  return 1;
}

/// Becomes the program; returns only where that fails.
int become(const std::vector<std::string>& argv) {
  std::vector<char*> raw;
  for (const auto& part : argv) raw.push_back(const_cast<char*>(part.c_str()));
  raw.push_back(nullptr);
  ::execvp(raw.front(), raw.data());
  return refuse("cannot run " + argv.front() + ": " + std::strerror(errno));
}

/// Runs one task to its end.
template <class T>
T run(boost::asio::io_context& io, base::Task<T> task) {
  auto done = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
  io.run();
  return done.get();
}

}  // namespace

int list_machines(const std::filesystem::path& path) {
  auto state = config::StateDirectory::look(path);
  if (!state) return refuse(state.error().message);
  auto machines = cloud::local::list_machines(state->cloud(), state->installation());
  if (!machines) return refuse(machines.error().message);
  std::printf("%-24s %-18s %-10s %s\n", "NAME", "ADDRESS", "STATE", "ID");
  for (const auto& machine : *machines) {
    std::printf("%-24s %-18s %-10s %s\n", machine.name.c_str(), machine.address.c_str(),
                machine.state.c_str(), machine.id.c_str());
  }
  return 0;
}

int machine_shell(const std::filesystem::path& path, const std::string& machine,
                  std::vector<std::string> command) {
  if (command.empty()) command = {"/bin/bash", "-l"};
  auto state = config::StateDirectory::look(path);
  if (!state) return refuse(state.error().message);
  auto argv = cloud::local::exec_in_machine(state->cloud(), state->installation(), machine,
                                            std::move(command), ::isatty(STDIN_FILENO) == 1);
  if (!argv) return refuse(argv.error().message);
  return become(*argv);
}

int machine_console(const std::filesystem::path& path, const std::string& machine, bool follow) {
  auto state = config::StateDirectory::look(path);
  if (!state) return refuse(state.error().message);
  auto machines = cloud::local::list_machines(state->cloud(), state->installation());
  if (!machines) return refuse(machines.error().message);
  for (const auto& one : *machines) {
    if (one.name != machine && one.id != machine) continue;
    std::vector<std::string> argv{"tail", "-n", "500"};
    if (follow) argv.emplace_back("-F");
    argv.push_back(one.console);
    return become(argv);
  }
  return refuse("no machine " + machine + "; `machine list` names them");
}

int purge_machines(const std::filesystem::path& path) {
  auto state = config::StateDirectory::open(path);  // locked: no controller may run meanwhile
  if (!state) return refuse(state.error().message);
  boost::asio::io_context io(1);
  boost::asio::thread_pool pool(2);
  auto gone = run(io, cloud::local::LocalCloud::purge(pool, state->cloud(), state->installation()));
  return gone ? 0 : refuse(gone.error().message);
}

int reset_password(const std::filesystem::path& path, const std::string& user) {
  auto state = config::StateDirectory::look(path);
  if (!state) return refuse(state.error().message);
  auto database = store::Database::open(state->database());
  if (!database) return refuse(database.error().message);
  base::start_log("slipway-controller", {.level = "warn", .json = false});  // stdout: the password
  boost::asio::io_context io(1);
  boost::asio::thread_pool pool(1);
  base::SystemClock clock;
  access::Accounts accounts(**database, clock, pool);
  access::SqliteAudit audit(**database, clock);
  auto password = run(io, accounts.reset_password(user));
  audit.record({.actor = "root",
                .role = "",
                .from = "command line",
                .action = "password.reset",
                .object = "users/" + user,
                .outcome = password ? "ok" : std::string(base::name_of(password.error().code)),
                .detail = "",
                .request_id = ""});
  if (!password) return refuse(password.error().message);
  std::printf("%s\n", password->c_str());
  return 0;
}

int list_users(const std::filesystem::path& path) {
  auto state = config::StateDirectory::look(path);
  if (!state) return refuse(state.error().message);
  auto database = store::Database::open(state->database());
  if (!database) return refuse(database.error().message);
  base::SystemClock clock;
  access::Users users(**database, clock);
  access::Tenancy tenancy(**database, clock);
  std::printf("%-24s %-26s %-24s %s\n", "NAME", "ROLE", "DEPARTMENT", "PROJECTS");
  for (const auto& user : users.list()) {
    std::string projects;
    for (const auto& membership : tenancy.memberships(user.id)) {
      projects += (projects.empty() ? "" : ", ") + membership.project.name;
      if (membership.role == access::Role::kReadOnly) projects += " (reads)";
    }
    const auto department = tenancy.department(user.department.value);
    std::printf("%-24s %-26s %-24s %s\n", user.name.c_str(),
                std::string(access::name_of(user.role)).c_str(),
                department ? department->name.c_str() : "-",
                projects.empty() ? "-" : projects.c_str());
  }
  return 0;
}

int verify_audit(const std::filesystem::path& path) {
  auto state = config::StateDirectory::look(path);
  if (!state) return refuse(state.error().message);
  auto database = store::Database::open(state->database());
  if (!database) return refuse(database.error().message);
  base::SystemClock clock;
  const access::SqliteAudit audit(**database, clock);
  const auto chain = audit.verify();
  if (chain.broken_at) {
    return refuse("the audit log was changed: entry " + std::to_string(*chain.broken_at) +
                  " is missing or not what was written");
  }
  const auto heads = access::check_heads(audit, state->audit_heads());
  if (!heads)
    return refuse("the audit log does not fit what was exported: " + heads.error().message);
  std::printf("%lld entries, whole; %zu exported heads fit\n",
              static_cast<long long>(chain.entries), *heads);
  return 0;
}

}  // namespace slipway::controller
