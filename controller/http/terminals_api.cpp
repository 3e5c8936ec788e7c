// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>

#include "controller/http/audit_lines.hpp"
#include "controller/http/input.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/live_terminal_bridge.hpp"
#include "controller/http/places.hpp"
#include "controller/http/resources.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/wakeup.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kAgentsAnswer{10};
constexpr std::size_t kMaxOfANode = 1024;  ///< terminals that one agent is listened to

/// A terminal, and where it lives.
struct Placed {
  std::string node;
  wire::TerminalState terminal;
};

std::string key_of(const Placed& placed) {
  return std::to_string(placed.terminal.started_utc_ms()) + " " + placed.terminal.id();
}

json::object view(const Placed& placed) {
  const auto& of = placed.terminal;
  json::array command;
  for (const auto& part : of.command()) command.emplace_back(part);
  json::array watchers;
  for (const auto& user : of.watchers()) watchers.emplace_back(user);
  json::object shown{{"id", of.id()},
                     {"node", placed.node},
                     {"namespace", of.pod_namespace()},
                     {"pod", of.pod()},
                     {"container", of.container()},
                     {"command", std::move(command)},
                     {"user", of.user()},
                     {"startedAt", base::to_rfc3339(base::from_unix_ms(of.started_utc_ms()))},
                     {"attached", of.attached()},
                     {"watchers", std::move(watchers)}};
  if (!of.attached()) {
    shown["detachedAt"] = base::to_rfc3339(base::from_unix_ms(of.detached_utc_ms()));
  }
  return shown;
}

base::Task<base::Result<std::vector<wire::TerminalState>>> read_terminals(link::StreamPtr stream) {
  std::vector<wire::TerminalState> all;
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return base::fail(chunk);
    if (!*chunk || all.size() >= kMaxOfANode) co_return all;
    if ((*chunk)->note && (*chunk)->note->has_terminal()) {
      all.push_back(std::move(*(*chunk)->note->mutable_terminal()));
    }
  }
}

/// What the agents of a cluster tell of their terminals.
struct Told {
  std::vector<Placed> terminals;
  json::array unasked;
};

base::Task<> ask(Services& services, clusters::Node node, Told& told) {
  wire::StreamOpen what;
  what.mutable_terminals();
  auto stream = services.links.open(node.machine, std::move(what), true);
  base::Result<std::vector<wire::TerminalState>> all;
  if (stream) {
    (*stream)->finish();
    all =
        co_await base::with_timeout(kAgentsAnswer, "the node's terminals", read_terminals(*stream));
  } else {
    all = base::fail(stream);
  }
  if (!all) {
    told.unasked.push_back(json::object{{"node", node.name}, {"why", all.error().message}});
    co_return;
  }
  for (auto& one : *all) told.terminals.push_back({node.name, std::move(one)});
}

/// All agents at once: a slow one costs its own terminals, not the others'.
base::Task<> ask_all(Services& services, const std::vector<clusters::Node>& nodes, Told& told) {
  std::size_t left = nodes.size();
  base::Wakeup answered(co_await boost::asio::this_coro::executor);
  const auto one = [&](clusters::Node node) -> base::Task<> {
    co_await ask(services, std::move(node), told);
    --left;
    answered.notify();
  };
  co_await base::in_scope([&](base::TaskScope& asking) -> base::Task<> {
    for (const auto& node : nodes) asking.spawn("terminals", one(node));
    while (left > 0) co_await answered.wait();
  });
}

/// One's own, in a namespace where one may still open one; an administrator's are all.
bool is_own(const Services& services, const Caller& caller, const base::ClusterId& cluster,
            const wire::TerminalState& terminal) {
  if (access::decide(caller.rights, Needs::kAdminister, false)) return true;
  const auto place = place_of(services, cluster, terminal.pod_namespace());
  return terminal.user() == caller.user.name &&
         access::decide(caller.rights, Needs::kExec, true, &place);
}

const ListColumns<Placed>& columns() {
  using Column = ListColumn<Placed>;
  static const ListColumns<Placed> all{
      {"user", [](const auto& one) { return one.terminal.user(); }, Column::kSearch},
      {"node", [](const auto& one) { return one.node; }, Column::kSearch},
      {"namespace", [](const auto& one) { return one.terminal.pod_namespace(); }, Column::kSearch},
      {"pod", [](const auto& one) { return one.terminal.pod(); }, Column::kSearch},
      {"started", [](const auto& one) {
         return sortable(base::from_unix_ms(one.terminal.started_utc_ms()));
       }}};
  return all;
}

base::Task<Answer> list(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  const auto name_space = query.text("namespace");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  const auto nodes = services.clusters.nodes(cluster->id.value);
  if (!nodes) co_return base::fail(nodes);
  Told told;
  co_await ask_all(services, *nodes, told);
  std::erase_if(told.terminals, [&](const Placed& one) {
    const bool elsewhere = !name_space.empty() && one.terminal.pod_namespace() != name_space;
    return elsewhere || !is_own(services, call.caller, cluster->id, one.terminal);
  });
  std::ranges::sort(told.terminals, {}, key_of);
  auto body = list_of(std::move(told.terminals), asked, columns(), key_of, view);
  if (!body) co_return base::fail(body);
  (*body)["unasked"] = std::move(told.unasked);
  co_return json_response(200, *body);
}

/// A terminal's stream whose agent agreed.
struct Agreed {
  link::StreamPtr stream;
  std::string node;
  std::optional<link::Chunk> first;  ///< none: the stream is over, and all was well
};

base::Result<wire::StreamOpen> read_open(const Call& call, wire::TerminalOpen::Use use) {
  QueryReader query(call.query);
  wire::StreamOpen what;
  auto& open = *what.mutable_terminal();
  open.set_id(call.argument("terminal"));
  open.set_use(use);
  open.set_user(call.caller.user.name);
  if (use == wire::TerminalOpen::TAKE_UP) {
    if (query.has("received")) {
      open.set_received(static_cast<std::uint64_t>(query.number("received", 0, 0)));
    }
    if (query.has("columns") || query.has("rows")) {
      open.mutable_size()->set_columns(
          static_cast<std::uint32_t>(query.number("columns", 80, 1, kMaxColumns)));
      open.mutable_size()->set_rows(
          static_cast<std::uint32_t>(query.number("rows", 24, 1, kMaxRows)));
    }
  }
  if (auto fault = query.fault()) return std::unexpected(*fault);
  return what;
}

/// The terminal's namespace, where it is the caller's to use; empty: an administrator may use all.
/// The agent knows its user's name and not what they may do now; to who has no part in it, it is
/// not there. While the agent does not say whose it is nobody knows: a page that comes back must
/// not take that for its terminal's end.
base::Task<base::Result<std::string>> check_owner(Services& services, const Call& call,
                                                  const clusters::Node& node) {
  if (access::decide(call.caller.rights, Needs::kAdminister, true)) co_return std::string{};
  Told told;
  co_await ask(services, node, told);
  for (const auto& one : told.terminals) {
    if (one.terminal.id() != call.argument("terminal")) continue;
    if (is_own(services, call.caller, node.cluster, one.terminal)) {
      co_return one.terminal.pod_namespace();
    }
  }
  if (!told.unasked.empty()) {
    co_return base::fail(base::ErrorCode::kUnavailable,
                         "the terminals of node " + node.name + " are not known now: " +
                             std::string(told.unasked[0].at("why").as_string()));
  }
  co_return base::fail(base::ErrorCode::kNotFound,
                       "none of your terminals on this node is " + call.argument("terminal"),
                       "terminal");
}

/// As long as the terminal's namespace is one where its user may open one; an administrator's own
/// use, and watching, need no more than the role.
CallerStreams::May may_use(Services& services, wire::TerminalOpen::Use use,
                           const std::string& name_space) {
  if (use == wire::TerminalOpen::WATCH) return may_do(services, Needs::kAdminister, false);
  if (name_space.empty()) return may_do(services, Needs::kAdminister, true);
  return [as_exec = may_do(services, Needs::kExec, true), name_space](Call call) {
    call.path["namespace"] = name_space;
    return as_exec(call);
  };
}

/// Waits for the agent's first word, so that what it refuses is a problem document.
base::Task<base::Result<Agreed>> agree(Services& services, const Call& call,
                                       wire::TerminalOpen::Use use) {
  auto what = read_open(call, use);
  if (!what) co_return base::fail(what);
  auto cluster = visible_cluster(services, call.caller, call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  auto node = services.clusters.node(cluster->id.value, call.argument("node"));
  if (!node) co_return base::fail(node);
  auto own = co_await check_owner(services, call, *node);
  if (!own) co_return base::fail(own);
  // Ending one is not to be refused to who has too many.
  auto stream = use == wire::TerminalOpen::END
                    ? services.links.open(node->machine, std::move(*what), true)
                    : services.streams.open(call, node->machine, std::move(*what), true,
                                            may_use(services, use, *own));
  if (!stream) co_return base::fail(stream);
  auto first = co_await base::with_timeout(kAgentsAnswer, "the node's agent", (*stream)->read());
  if (!first) co_return base::fail(first);
  co_return Agreed{.stream = *stream, .node = node->name, .first = std::move(*first)};
}

base::Task<Upgrade> open_socket(Services& services, Call call, wire::TerminalOpen::Use use,
                                std::string action) {
  auto agreed = co_await agree(services, call, use);
  audit_socket(services, call, action, agreed, "");
  if (!agreed) co_return base::fail(agreed);
  co_return net::HttpServer::Session{
      .run =
          [with = *agreed](std::unique_ptr<net::Transport> transport) {
            return bridge_live_terminal(std::move(transport), with.stream, with.node, with.first);
          },
      .protocol = kTerminalProtocol};
}

base::Task<Answer> end(Services& services, Call call) {
  auto agreed = co_await agree(services, call, wire::TerminalOpen::END);
  if (!agreed) co_return base::fail(agreed);
  co_return empty_response(204);
}

}  // namespace

Routes terminals_routes(Services& services) {
  const std::string one = "/api/v1/clusters/{cluster}/nodes/{node}/terminals/{terminal}";
  return {{.method = "GET",
           .pattern = "/api/v1/clusters/{cluster}/terminals",
           .needs = Needs::kLook,
           .action = "",
           .answer = [&services](Call call) { return list(services, std::move(call)); }},
          {.method = "GET",
           .pattern = one,
           .needs = Needs::kExec,
           .action = "terminal.resume",
           .answer = {},
           .upgrade =
               [&services](Call call) {
                 return open_socket(services, std::move(call), wire::TerminalOpen::TAKE_UP,
                                    "terminal.resume");
               }},
          {.method = "GET",
           .pattern = one + "/watch",
           .action = "terminal.watch",
           .answer = {},
           .upgrade =
               [&services](Call call) {
                 return open_socket(services, std::move(call), wire::TerminalOpen::WATCH,
                                    "terminal.watch");
               }},
          {.method = "DELETE",
           .pattern = one,
           .needs = Needs::kExec,
           .action = "terminal.end",
           .answer = [&services](Call call) { return end(services, std::move(call)); }}};
}

}  // namespace slipway::http
