// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "controller/http/audit_lines.hpp"
#include "controller/http/input.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/terminal_bridge.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMinReason = 3;
constexpr std::size_t kMaxReason = 200;
constexpr std::chrono::seconds kPasswordWait{30};
constexpr int kRefusedCode = 255;

/// A shell that was asked for and checked, but for the password.
struct Asked {
  base::MachineId machine;
  std::string cluster;
  std::string node;
  wire::NodeShellOpen shell;
};

base::Result<Asked> read_shell(Services& services, const Call& call) {
  // By its method the request only reads; what is typed there does not.
  if (auto may = access::decide(call.caller.rights, Needs::kAdminister, true); !may) {
    return base::fail(may);
  }
  QueryReader query(call.query);
  Asked asked;
  auto& shell = asked.shell;
  shell.set_user(call.caller.user.name);
  shell.set_reason(query.text("reason"));
  shell.mutable_size()->set_columns(
      static_cast<std::uint32_t>(query.number("columns", 80, 1, kMaxColumns)));
  shell.mutable_size()->set_rows(static_cast<std::uint32_t>(query.number("rows", 24, 1, kMaxRows)));
  if (shell.reason().size() < kMinReason || shell.reason().size() > kMaxReason) {
    query.refuse("reason", "must say why, in 3 to 200 bytes");
  }
  if (auto fault = query.fault()) return std::unexpected(*fault);
  auto cluster = services.clusters.get(call.argument("cluster"));
  if (!cluster) return base::fail(cluster);
  auto node = services.clusters.node(cluster->id.value, call.argument("node"));
  if (!node) return base::fail(node);
  if (!node->link.connected) {
    return base::fail(base::ErrorCode::kUnavailable,
                      "node " + node->name + " is not connected: " + node->link.why_down);
  }
  asked.machine = node->machine;
  asked.cluster = cluster->spec.name;
  asked.node = node->name;
  return asked;
}

/// The password from the first message.
base::Task<base::Result<std::string>> read_password(net::Transport& transport) {
  auto message = co_await base::with_timeout(kPasswordWait, "the password", transport.read());
  if (!message) co_return base::fail(message);
  boost::system::error_code error;
  auto body = message->binary || message->bytes.size() > kMaxControlBytes
                  ? boost::json::value{}
                  : boost::json::parse(message->bytes, error);
  if (error) co_return base::fail(base::ErrorCode::kInvalid, "the first message is no JSON");
  ObjectReader in(body);
  auto password = in.text("password", access::kMaxPasswordBytes);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  co_return password;
}

/// A shell that runs, and its recording.
struct OpenShell {
  link::StreamPtr stream;
  std::shared_ptr<recordings::Recording> recording;
};

/// What cannot be recorded is not opened.
base::Task<base::Result<OpenShell>> open_shell(Services& services, const Call& call, Asked asked,
                                               net::Transport& transport) {
  auto password = co_await read_password(transport);
  if (!password) co_return base::fail(password);
  auto same = co_await services.accounts.confirm(call.caller.user, std::move(*password),
                                                 call.caller.address);
  if (!same) co_return base::fail(same);
  auto recording = services.recordings.begin(
      {.user = call.caller.user.name,
       .from = call.caller.address,
       .cluster = asked.cluster,
       .node = asked.node,
       .reason = asked.shell.reason()},
      {.columns = asked.shell.size().columns(), .rows = asked.shell.size().rows()});
  if (!recording) co_return base::fail(recording);
  wire::StreamOpen what;
  *what.mutable_node_shell() = std::move(asked.shell);
  auto stream = services.streams.open(call, asked.machine, std::move(what), true,
                                      may_do(services, Needs::kAdminister, true));
  if (!stream) co_return base::fail(stream);
  co_return OpenShell{.stream = std::move(*stream), .recording = std::move(*recording)};
}

TerminalTap tap_of(const std::shared_ptr<recordings::Recording>& recording) {
  return {.output = [recording](std::string_view bytes) { return recording->output(bytes); },
          .resize =
              [recording](const wire::TerminalSize& size) {
                return recording->resize({.columns = size.columns(), .rows = size.rows()});
              }};
}

base::Task<> run_shell(Services& services, Call call, Asked asked,
                       std::unique_ptr<net::Transport> transport) {
  const auto reason = asked.shell.reason();
  auto shell = co_await open_shell(services, call, std::move(asked), *transport);
  auto detail = "reason: " + reason;
  if (shell) detail += " | recording: " + shell->recording->id();
  audit_socket(services, call, "shell.open", shell, detail);
  if (!shell) {
    (void)co_await transport->write(
        {.bytes = exit_message(kRefusedCode, shell.error().message), .binary = false});
    transport->close();
    co_return;
  }
  // Who is recorded is told so; a page that has gone is found by the bridge.
  const boost::json::object told{{"recording", shell->recording->id()}};
  (void)co_await transport->write({.bytes = boost::json::serialize(told), .binary = false});
  co_await bridge_terminal(std::move(transport), shell->stream, tap_of(shell->recording));
}

base::Task<Upgrade> open_shell_socket(Services& services, Call call) {
  auto asked = read_shell(services, call);
  if (!asked) {
    audit_socket(services, call, "shell.open", asked, "");
    co_return base::fail(asked);
  }
  co_return net::HttpServer::Session{
      .run =
          [&services, call = std::move(call),
           asked = *asked](std::unique_ptr<net::Transport> transport) {
            return run_shell(services, call, asked, std::move(transport));
          },
      .protocol = kTerminalProtocol};
}

}  // namespace

Routes node_shell_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/clusters/{cluster}/nodes/{node}/shell",
       .action = "shell.open",
       .answer = {},
       .upgrade = [&services](Call call) { return open_shell_socket(services, std::move(call)); }}};
}

}  // namespace slipway::http
