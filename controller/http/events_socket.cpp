// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <utility>

#include "controller/http/input.hpp"
#include "controller/http/places.hpp"
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

/// What of the changes is the reader's to know: an administrator's all, others' those of what lies
/// in their namespaces, and how fresh a cluster's kinds are where they have any. Asked anew for
/// each batch, so that a right that ends, ends here too.
class Horizon {
 public:
  Horizon(const Services& services, const Caller& caller)
      : services_(services), reader_(known_of(caller)) {}

  /// False: there is no such user any more, or their login or token has ended.
  bool renew() {
    auto rights = services_.accounts.rights_again(reader_);
    if (!rights) return false;
    rights_ = std::move(*rights);
    before_ = std::exchange(now_, {});
    return true;
  }

  bool sees(const clusters::Change& change) {
    if (access::decide(rights_, Needs::kAdminister, false)) return true;
    if (change.cluster.empty()) return false;
    if (change.topic == "freshness") return sees_any({change.cluster, Needs::kRead});
    const auto slash = change.id.find('/');
    if (slash == std::string::npos && change.topic != "namespace") return false;
    const auto name_space = change.id.substr(0, slash);
    const auto act = change.topic == "secret" ? Needs::kWrite : Needs::kRead;  // as its list
    const Key key{change.cluster, act};
    if (is_visible(visible(key), name_space)) return true;
    // One that has gone since: that it went is news to who saw it.
    const auto was = before_.find(key);
    return was != before_.end() && is_visible(was->second, name_space) &&
           !services_.mirror.find({change.cluster}, "namespaces", "", name_space);
  }

 private:
  using Key = std::pair<std::string, Needs>;  ///< of which cluster, and to do what

  const Visible& visible(const Key& key) {
    auto [found, fresh] = now_.try_emplace(key);
    if (fresh) found->second = visible_namespaces(services_, rights_, {key.first}, key.second);
    return found->second;
  }
  /// Whose lists are of that cluster too, and say how old they are.
  bool sees_any(const Key& key) {
    const auto& names = visible(key);
    return !names || !names->empty();
  }

  const Services& services_;
  access::Known reader_;
  access::Rights rights_;
  std::map<Key, Visible> now_;
  std::map<Key, Visible> before_;  ///< at the batch before
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
                          Horizon horizon, const base::Clock& clock) {
  bool open = true;
  while (open) {
    auto changes = co_await subscription->next();
    if (changes.empty() || !horizon.renew()) break;
    if (subscription->take_lost()) open = co_await send(transport, {{"topic", "resync"}}, clock);
    for (const auto& change : changes) {
      if (!open || !filter.wants(change) || !horizon.sees(change)) continue;
      boost::json::object event{{"topic", change.topic}, {"id", change.id}};
      if (!change.cluster.empty()) event["cluster"] = change.cluster;
      open = co_await send(transport, std::move(event), clock);
    }
  }
  transport.close();
}

base::Task<> run_events(Services& services, SharedSubscription subscription, Filter filter,
                        Horizon horizon, std::unique_ptr<net::Transport> transport) {
  using namespace boost::asio::experimental::awaitable_operators;
  co_await (watch_client(*transport, subscription) &&
            send_changes(*transport, subscription, std::move(filter), std::move(horizon),
                         services.clock));
}

base::Task<Upgrade> open_events_socket(Services& services, Call call) {
  QueryReader query(call.query);
  auto topics = query.all("topic");
  auto cluster = query.text("cluster");
  if (topics.size() > kMaxTopics) query.refuse("topic", "is given more than 32 times");
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  Filter filter{.topics = {topics.begin(), topics.end()}, .cluster = {}};
  if (!cluster.empty()) {
    auto found = visible_cluster(services, call.caller, cluster);
    if (!found) co_return base::fail(found);
    filter.cluster = found->id.value;
  }
  auto subscription = services.changes.subscribe();
  if (!subscription) co_return base::fail(subscription);
  co_return net::HttpServer::Session{
      .run =
          [&services, filter, horizon = Horizon(services, call.caller),
           subscription = SharedSubscription(std::move(*subscription))](
              std::unique_ptr<net::Transport> transport) {
            return run_events(services, subscription, filter, horizon, std::move(transport));
          },
      .protocol = kEventsProtocol};
}

}  // namespace

Routes events_routes(Services& services) {
  return {{.method = "GET",
           .pattern = "/api/v1/events",
           .needs = Needs::kLook,
           .action = "",
           .answer = {},
           .upgrade = [&services](Call call) {
             return open_events_socket(services, std::move(call));
           }}};
}

}  // namespace slipway::http
