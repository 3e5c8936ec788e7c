// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json.hpp>
#include <set>

#include "controller/http/input.hpp"
#include "controller/http/resources.hpp"

namespace slipway::http {

namespace {

constexpr char kEventsProtocol[] = "slipway.events.v1";
constexpr std::size_t kMaxTopics = 32;

/// Which changes a socket wants; empty: all.
struct Filter {
  std::set<std::string> topics;
  std::string cluster;

  bool wants(const clusters::Change& change) const {
    if (!topics.empty() && !topics.contains(change.topic)) return false;
    return cluster.empty() || change.cluster == cluster || change.id == cluster;
  }
};

using SharedSubscription = std::shared_ptr<clusters::Subscription>;  // both halves of a session

/// Nothing is expected of the client; reading finds out that it has gone.
base::Task<> watch_client(net::Transport& transport, SharedSubscription subscription) {
  while (co_await transport.read()) {
  }
  subscription->close();
}

base::Task<bool> send(net::Transport& transport, boost::json::object event,
                      const base::Clock& clock) {
  event["at"] = base::to_rfc3339(clock.utc());
  auto sent = co_await transport.write({.bytes = boost::json::serialize(event), .binary = false});
  co_return sent.has_value();
}

base::Task<> send_changes(net::Transport& transport, SharedSubscription subscription, Filter filter,
                          const base::Clock& clock) {
  bool open = true;
  while (open) {
    auto changes = co_await subscription->next();
    if (changes.empty()) break;
    if (subscription->take_lost()) open = co_await send(transport, {{"topic", "resync"}}, clock);
    for (const auto& change : changes) {
      if (!open || !filter.wants(change)) continue;
      boost::json::object event{{"topic", change.topic}, {"id", change.id}};
      if (!change.cluster.empty()) event["cluster"] = change.cluster;
      open = co_await send(transport, std::move(event), clock);
    }
  }
  transport.close();
}

base::Task<> run_events(Services& services, SharedSubscription subscription, Filter filter,
                        std::unique_ptr<net::Transport> transport) {
  using namespace boost::asio::experimental::awaitable_operators;
  co_await (watch_client(*transport, subscription) &&
            send_changes(*transport, subscription, std::move(filter), services.clock));
}

base::Task<Upgrade> open_events_socket(Services& services, Call call) {
  QueryReader query(call.query);
  auto topics = query.all("topic");
  auto cluster = query.text("cluster");
  if (topics.size() > kMaxTopics) query.refuse("topic", "is given more than 32 times");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  Filter filter{.topics = {topics.begin(), topics.end()}, .cluster = {}};
  if (!cluster.empty()) {
    auto found = services.clusters.get(cluster);
    if (!found) co_return base::fail(found);
    filter.cluster = found->id.value;
  }
  auto subscription = services.changes.subscribe();
  if (!subscription) co_return base::fail(subscription);
  co_return net::HttpServer::Session{
      .run =
          [&services, filter, subscription = SharedSubscription(std::move(*subscription))](
              std::unique_ptr<net::Transport> transport) {
            return run_events(services, subscription, filter, std::move(transport));
          },
      .protocol = kEventsProtocol};
}

}  // namespace

Routes events_routes(Services& services) {
  return {{.method = "GET",
           .pattern = "/api/v1/events",
           .action = "",
           .answer = {},
           .upgrade = [&services](Call call) {
             return open_events_socket(services, std::move(call));
           }}};
}

}  // namespace slipway::http
