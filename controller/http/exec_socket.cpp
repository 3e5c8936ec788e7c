// SPDX-License-Identifier: Apache-2.0
#include "controller/http/audit_lines.hpp"
#include "controller/http/input.hpp"
#include "controller/http/live_terminal_bridge.hpp"
#include "controller/http/pods.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/terminal_bridge.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxCommandParts = 256;
constexpr std::size_t kMaxCommandBytes = 16 << 10;

/// What shall run where; all of it from the query.
base::Result<wire::ExecOpen> read_exec(const Call& call) {
  QueryReader query(call.query);
  wire::ExecOpen exec;
  exec.set_pod_namespace(call.argument("namespace"));
  exec.set_pod(call.argument("pod"));
  exec.set_container(query.text("container"));
  exec.set_tty(query.flag("tty", false));
  exec.set_resumable(query.flag("resumable", false));
  if (exec.resumable() && !exec.tty()) query.refuse("resumable", "needs tty=true");
  exec.set_user(call.caller.user.name);
  exec.mutable_size()->set_columns(
      static_cast<std::uint32_t>(query.number("columns", 80, 1, kMaxColumns)));
  exec.mutable_size()->set_rows(static_cast<std::uint32_t>(query.number("rows", 24, 1, kMaxRows)));
  std::size_t bytes = 0;
  for (auto& part : query.all("command")) {
    bytes += part.size();
    exec.add_command(std::move(part));
  }
  if (bytes > kMaxCommandBytes || exec.command_size() > static_cast<int>(kMaxCommandParts)) {
    query.refuse("command", "has at most 256 parts and 16 KiB");
  }
  if (exec.command_size() > 0 && exec.command(0).empty()) query.refuse("command", "is empty");
  if (auto fault = query.fault()) return std::unexpected(*fault);
  return exec;
}

std::string describe(const wire::ExecOpen& exec) {
  std::string text =
      "container " + (exec.container().empty() ? "(default)" : exec.container()) + ":";
  for (const auto& part : exec.command()) text += " " + part;
  if (exec.command().empty()) text += " a shell";
  if (exec.resumable()) text += " (resumable)";
  return text;
}

/// An exec that was opened at the agent.
struct Opened {
  link::StreamPtr stream;
  std::string node;
  bool resumable = false;
};

base::Result<Opened> open_exec(Services& services, const Call& call, std::string& detail) {
  auto exec = read_exec(call);
  if (!exec) return base::fail(exec);
  detail = describe(*exec);
  auto pod = locate_pod(services, call, exec->container());
  if (!pod) return base::fail(pod);
  exec->set_container(pod->container);
  detail = describe(*exec);
  const bool resumable = exec->resumable();
  wire::StreamOpen what;
  *what.mutable_exec() = std::move(*exec);
  auto stream = services.streams.open(call, pod->node.machine, std::move(what), true,
                                      may_do(services, Needs::kExec, true));
  if (!stream) return base::fail(stream);
  return Opened{.stream = std::move(*stream), .node = pod->node.name, .resumable = resumable};
}

/// A resumable terminal gets its id from the agent, with its first word; the log names it, so that
/// who takes it up or watches it later is found with who opened it.
base::Task<> run_live(Services& services, const Call& call, const Opened& exec,
                      std::unique_ptr<net::Transport> transport) {
  return bridge_live_terminal(std::move(transport), exec.stream, exec.node, std::nullopt,
                              [&services, call = outline(call)](const std::string& terminal) {
                                audit_socket(services, call, "exec.session", base::Result<>{},
                                             "terminal " + terminal);
                              });
}

base::Task<Upgrade> open_exec_socket(Services& services, Call call) {
  std::string detail;
  auto opened = open_exec(services, call, detail);
  audit_socket(services, call, "exec.open", opened, detail);
  if (!opened) co_return base::fail(opened);
  co_return net::HttpServer::Session{
      .run =
          [&services, call = std::move(call),
           exec = *opened](std::unique_ptr<net::Transport> transport) {
            if (!exec.resumable) return bridge_terminal(std::move(transport), exec.stream);
            return run_live(services, call, exec, std::move(transport));
          },
      .protocol = kTerminalProtocol};
}

}  // namespace

Routes exec_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/exec",
       .needs = Needs::kExec,
       .action = "exec.open",
       .answer = {},
       .upgrade = [&services](Call call) { return open_exec_socket(services, std::move(call)); }}};
}

}  // namespace slipway::http
