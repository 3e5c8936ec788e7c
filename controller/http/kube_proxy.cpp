// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_proxy.hpp"

#include <algorithm>
#include <array>

#include "controller/http/problem.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "controller/http/router.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

using base::ErrorCode;

constexpr std::chrono::seconds kHeadWait{75};  ///< the API server's own limit is 60 s
constexpr std::chrono::seconds kBodyWait{60};
constexpr char kAdministrators[] = "slipway:administrators";

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

bool is_hop_by_hop(const std::string& name) {
  static constexpr std::array<std::string_view, 10> kNames{
      "connection", "keep-alive", "te",   "trailer",        "transfer-encoding",
      "upgrade",    "host",       "date", "content-length", "server"};
  return std::ranges::find(kNames, name) != kNames.end() || name.starts_with("proxy-");
}

bool is_identity(const std::string& name) {
  return name == "authorization" || name == "cookie" || name.starts_with("impersonate-") ||
         name.starts_with("x-remote-") || name.starts_with("x-forwarded-") || name == "forwarded";
}

base::Error bad_path(const std::string& why) {
  return {ErrorCode::kInvalid, "the path is refused: " + why, {}};
}

/// An answer's body as it comes over the link.
class ProxyBody : public net::BodySource {
 public:
  ProxyBody(link::StreamPtr stream, std::string first)
      : stream_(std::move(stream)), first_(std::move(first)) {}

  base::Task<base::Result<std::optional<std::string>>> next() override {
    if (!first_.empty()) co_return std::exchange(first_, {});
    for (;;) {
      auto chunk = co_await stream_->read();
      if (!chunk) co_return base::fail(chunk);
      if (!*chunk) co_return std::nullopt;
      if (!(*chunk)->bytes.empty()) co_return std::move((*chunk)->bytes);
    }
  }

 private:
  link::StreamPtr stream_;
  std::string first_;
};

base::Result<wire::HttpOpen> make_open(const Call& call) {
  auto path = api_path(call.argument("path"));
  if (!path) return base::fail(path);
  wire::HttpOpen open;
  open.set_target(wire::HttpOpen::KUBE_API);
  open.set_method(call.request.method);
  const auto question = call.request.target.find('?');
  if (question != std::string::npos) *path += call.request.target.substr(question);
  open.set_path(std::move(*path));
  put_headers(call.request.headers, call.caller.user, open);
  return open;
}

/// Reads until the head of the answer; bytes that came with it go to the body.
base::Task<base::Result<net::HttpResponse>> read_head(link::StreamPtr stream) {
  for (;;) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return base::fail(chunk);
    if (!*chunk) {
      co_return base::fail(ErrorCode::kUnavailable, "the gateway ended without an answer");
    }
    auto& got = **chunk;
    if (!got.note || !got.note->has_head()) continue;
    net::HttpResponse response;
    response.status = static_cast<int>(got.note->head().status());
    response.headers = answer_headers(got.note->head());
    response.body = std::make_unique<ProxyBody>(stream, std::move(got.bytes));
    if (response.status < 200 || response.status > 599) {
      co_return base::fail(ErrorCode::kInternal, "the gateway answered with no status");
    }
    co_return response;
  }
}

base::Task<base::Result<>> send_body(link::StreamPtr stream, std::string body) {
  if (!body.empty()) {
    auto sent = co_await stream->write(std::move(body));
    if (!sent) co_return sent;
  }
  stream->finish();
  co_return base::Result<>{};
}

void audit_write(Services& services, const Call& call, const std::string& outcome) {
  const auto& method = call.request.method;
  if (method == "GET" || method == "HEAD" || method == "OPTIONS") return;
  services.audit.record(
      {.actor = call.caller.user.name,
       .role = std::string(access::name_of(call.caller.user.role)),
       .from = call.caller.address,
       .action = "proxy." + lower(method),
       .object = "clusters/" + call.argument("cluster") + "/" + call.argument("path"),
       .outcome = outcome,
       .detail = "",
       .request_id = call.caller.request_id});
}

base::Task<base::Result<net::HttpResponse>> exchange(Services& services, const Call& call) {
  auto open = make_open(call);
  if (!open) co_return base::fail(open);
  auto gateway = services.clusters.connected_gateway(call.argument("cluster"));
  if (!gateway) co_return base::fail(gateway);
  wire::StreamOpen what;
  *what.mutable_http() = std::move(*open);
  auto stream = services.links.open(*gateway, std::move(what), false);
  if (!stream) co_return base::fail(stream);
  auto sent = co_await base::with_timeout(kBodyWait, "the cluster's gateway",
                                          send_body(*stream, call.request.body));
  if (!sent) co_return base::fail(sent);
  co_return co_await base::with_timeout(kHeadWait, "the cluster's API server", read_head(*stream));
}

base::Task<Answer> proxy(Services& services, Call call) {
  if (wants_upgrade(call.argument("path"))) {
    co_return to_response(
        {.status = 501,
         .code = "not_implemented",
         .detail = "exec, attach and port-forward do not pass the proxy; use the terminal socket: "
                   "/api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/exec"},
        call.caller.request_id);
  }
  auto response = co_await exchange(services, call);
  audit_write(services, call,
              !response                 ? std::string(base::name_of(response.error().code))
              : response->status >= 400 ? "status " + std::to_string(response->status)
                                        : "ok");
  if (!response) co_return base::fail(response);
  if (call.request.method == "HEAD" || response->status == 204 || response->status == 304) {
    response->body = std::string{};
  }
  co_return response;
}

}  // namespace

base::Result<std::string> api_path(std::string_view rest) {
  const auto coded = lower(rest);
  for (const auto* bad : {"%2f", "%5c", "%00", "%25"}) {
    if (coded.find(bad) != std::string::npos) {
      return std::unexpected(bad_path(std::string(bad) + " in it"));
    }
  }
  auto decoded = percent_decode(rest);
  if (!decoded) return std::unexpected(bad_path("broken percent escape"));
  const auto path = "/" + *decoded;
  if (path.find("//") != std::string::npos) return std::unexpected(bad_path("// in it"));
  if (path.find('\\') != std::string::npos || path.find(';') != std::string::npos) {
    return std::unexpected(bad_path("\\ or ; in it"));
  }
  if (std::ranges::any_of(path, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return std::unexpected(bad_path("a control character in it"));
  }
  const auto bounded = path + "/";
  if (bounded.find("/./") != std::string::npos || bounded.find("/../") != std::string::npos) {
    return std::unexpected(bad_path(". or .. in it"));
  }
  return "/" + std::string(rest);
}

bool wants_upgrade(std::string_view rest) {
  auto decoded = percent_decode(rest);
  if (!decoded) return false;
  const auto path = lower(*decoded) + "/";
  return std::ranges::any_of(
      std::array{"/exec/", "/attach/", "/portforward/"}, [&](const char* part) {
        const auto pods = path.find("/pods/");
        return pods != std::string::npos && path.find(part, pods + 6) != std::string::npos;
      });
}

void put_headers(const net::Headers& from, const access::User& user, wire::HttpOpen& to) {
  for (const auto& [name, value] : from.all()) {
    const auto key = lower(name);
    if (is_hop_by_hop(key) || is_identity(key)) continue;
    auto* header = to.add_headers();
    header->set_name(name);
    header->set_value(value);
  }
  auto add = [&](const char* name, const std::string& value) {
    auto* header = to.add_headers();
    header->set_name(name);
    header->set_value(value);
  };
  add("Impersonate-User", "slipway:" + user.id.value);
  if (user.role == access::Role::kAdministrator) add("Impersonate-Group", kAdministrators);
}

net::Headers answer_headers(const wire::HttpHead& head) {
  net::Headers headers;
  for (const auto& header : head.headers()) {
    const auto key = lower(header.name());
    if (is_hop_by_hop(key) || key == "set-cookie" || key.starts_with("access-control-")) continue;
    headers.add(header.name(), header.value());
  }
  headers.set("Content-Security-Policy", "sandbox");
  headers.set("X-Content-Type-Options", "nosniff");
  return headers;
}

Routes kube_proxy_routes(Services& services) {
  Routes routes;
  for (const auto* method : {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}) {
    routes.push_back({.method = method,
                      .pattern = "/api/v1/clusters/{cluster}/proxy/{path...}",
                      .needs = Needs::kAdministratorToken,
                      .action = "",
                      .answer = [&services](Call call) { return proxy(services, std::move(call)); },
                      .max_body_bytes = kMaxProxyBytes});
  }
  return routes;
}

}  // namespace slipway::http
