// SPDX-License-Identifier: Apache-2.0
#include "agent/dns/cluster_dns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <utility>

#include "agent/dns/kubeconfig.hpp"
#include "agent/dns/names.hpp"
#include "agent/dns/watch_lines.hpp"
#include "protocol/base/backoff.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::dns {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kCredentialPoll{500};
constexpr std::chrono::milliseconds kSettle{30};  // a rollout changes many at once
constexpr base::Backoff::Limits kRetry{std::chrono::milliseconds(500), std::chrono::seconds(10)};
constexpr auto kQuiet = base::asio::as_tuple(base::asio::use_awaitable);
constexpr auto kFile = "cluster";

/// A kind that is watched, and what its objects do to the names.
struct Kind {
  const char* plural;
  void (Names::*put)(const json::object&);
  void (Names::*drop)(const json::object&);
  void (Names::*clear)();
};
constexpr Kind kServices{"services", &Names::put_service, &Names::drop_service,
                         &Names::clear_services};
constexpr Kind kEndpoints{"endpoints", &Names::put_endpoints, &Names::drop_endpoints,
                          &Names::clear_endpoints};

std::string resource_version(const json::object& object) {
  const auto* metadata = object.if_contains("metadata");
  const auto* fields = metadata ? metadata->if_object() : nullptr;
  const auto* version = fields ? fields->if_contains("resourceVersion") : nullptr;
  return version && version->is_string() ? std::string(version->get_string()) : std::string{};
}

}  // namespace

struct ClusterDns::State {
  State(boost::asio::any_io_executor executor, ClusterDnsOptions options)
      : executor(executor), options(std::move(options)), change(executor) {}

  base::Task<> follow(Kind kind);
  base::Task<base::Result<>> watch_once(Kind kind);
  base::Task<base::Result<std::string>> list(net::HttpClient& client, Kind kind);
  base::Task<base::Result<>> watch(net::HttpClient& client, Kind kind, std::string version);
  base::Task<> write_changes();
  void changed() {
    dirty = true;
    change.cancel();
  }

  boost::asio::any_io_executor executor;
  ClusterDnsOptions options;
  std::string domain;
  Names names;
  std::string written;
  int lists = 0;  // kinds listed so far: a file with half of the names would drop the other half
  bool dirty = false;
  boost::asio::steady_timer change;
};

base::Task<base::Result<std::string>> ClusterDns::State::list(net::HttpClient& client, Kind kind) {
  net::HttpRequest request;
  request.target = std::string("/api/v1/") + kind.plural + "?resourceVersion=0";
  request.headers.set("Accept", "application/json");
  auto response = co_await client.fetch(std::move(request), 64 << 20);
  if (!response) co_return base::fail(response);
  if (response->status != 200)
    co_return base::fail(base::ErrorCode::kUnavailable,
                         "status " + std::to_string(response->status));
  boost::system::error_code failed;
  const auto value = json::parse(response->text(), failed);
  const auto* whole = failed ? nullptr : value.if_object();
  const auto* items = whole ? whole->if_contains("items") : nullptr;
  if (!items || !items->is_array())
    co_return base::fail(base::ErrorCode::kInvalid, "the list has no items");
  (names.*kind.clear)();
  for (const auto& item : items->get_array())
    if (const auto* object = item.if_object()) (names.*kind.put)(*object);
  co_return resource_version(*whole);
}

base::Task<base::Result<>> ClusterDns::State::watch(net::HttpClient& client, Kind kind,
                                                    std::string version) {
  net::HttpRequest request;
  request.target =
      std::string("/api/v1/") + kind.plural +
      "?watch=1&allowWatchBookmarks=true&timeoutSeconds=600&resourceVersion=" + version;
  request.headers.set("Accept", "application/json");
  auto response = co_await client.send(std::move(request));
  if (!response) co_return base::fail(response);
  if (response->status != 200 || !response->streams())
    co_return base::fail(base::ErrorCode::kUnavailable,
                         "status " + std::to_string(response->status));
  auto& body = *std::get<std::unique_ptr<net::BodySource>>(response->body);
  WatchLines lines;
  for (;;) {
    auto piece = co_await body.next();
    if (!piece) co_return base::fail(piece);
    if (!*piece) co_return base::Result<>{};
    auto events = lines.add(**piece);
    if (!events) co_return base::fail(events);
    for (const auto& event : *events) {
      if (event.type == "ERROR")
        co_return base::fail(base::ErrorCode::kConflict, "the watch must begin anew");
      if (event.type == "DELETED")
        (names.*kind.drop)(event.object);
      else if (event.type != "BOOKMARK")
        (names.*kind.put)(event.object);
      else
        continue;
      changed();
    }
  }
}

/// List and watch once; also a watch that ends well is followed by a new list: it is cheap, and
/// nothing that was missed stays missed.
base::Task<base::Result<>> ClusterDns::State::watch_once(Kind kind) {
  const auto yaml = base::read_file(options.kubeconfig);
  if (!yaml) co_return base::fail(yaml);
  auto access =
      parse_kubeconfig(*yaml, [](const std::string& path) { return base::read_file(path); });
  if (!access) co_return base::fail(access);
  net::HttpClientOptions client_options;
  client_options.endpoint = access->server;
  client_options.tls = access->tls;
  net::HttpClient client(executor, std::move(client_options));
  auto version = co_await list(client, kind);
  if (!version) co_return base::fail(version);
  lists |= kind.plural == kServices.plural ? 1 : 2;
  changed();
  co_return co_await watch(client, kind, *version);
}

base::Task<> ClusterDns::State::follow(Kind kind) {
  base::Backoff backoff(kRetry, 1);
  std::string last;  // why it ended, said once
  for (;;) {
    std::error_code ignored;
    if (domain.empty() || !std::filesystem::exists(options.kubeconfig, ignored)) {
      co_await base::sleep_for(kCredentialPoll);
      continue;
    }
    const auto started = std::chrono::steady_clock::now();
    auto ended = co_await watch_once(kind);
    backoff.lasted(std::chrono::steady_clock::now() - started);
    const auto why = ended ? std::string{} : ended.error().message;
    if (!why.empty() && why != last)
      spdlog::info("cluster DNS: {} not followed: {}", kind.plural, why);
    last = why;
    co_await base::sleep_for(backoff.next());
  }
}

base::Task<> ClusterDns::State::write_changes() {
  for (;;) {
    if (!dirty || lists != 3 || domain.empty()) {
      dirty = false;
      change.expires_at(std::chrono::steady_clock::time_point::max());
      co_await change.async_wait(kQuiet);
      continue;
    }
    co_await base::sleep_for(kSettle);
    dirty = false;
    auto text = names.hosts_file(domain);
    if (text == written) continue;
    // made beside the folder and moved in: the server reads each new file that it sees there
    const auto fresh = options.hosts_dir.parent_path() / "dns-names";
    auto kept = base::write_file(fresh, text, 0644);
    std::error_code failed;
    if (kept) std::filesystem::rename(fresh, options.hosts_dir / kFile, failed);
    if (!kept || failed) {
      spdlog::warn("cluster DNS: cannot write the names: {}",
                   kept ? failed.message() : kept.error().message);
      dirty = true;
      co_await base::sleep_for(kCredentialPoll);
      continue;
    }
    written = std::move(text);
  }
}

ClusterDns::ClusterDns(boost::asio::any_io_executor executor, ClusterDnsOptions options)
    : state_(std::make_unique<State>(executor, std::move(options))) {}

ClusterDns::~ClusterDns() = default;

void ClusterDns::domain(std::string cluster_domain) {
  if (state_->domain == cluster_domain) return;
  state_->domain = std::move(cluster_domain);
  state_->changed();
}

base::Task<> ClusterDns::run() {
  using namespace base::asio::experimental::awaitable_operators;
  co_await (state_->follow(kServices) && state_->follow(kEndpoints) && state_->write_changes());
}

}  // namespace slipway::dns
