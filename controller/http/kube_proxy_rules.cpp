// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_proxy_rules.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "controller/http/router.hpp"
#include "protocol/base/letter_case.hpp"
#include "protocol/net/http_parser.hpp"

namespace slipway::http {

namespace {

using base::ErrorCode;

constexpr std::size_t kMaxCommandBytes = 1 << 10;  // of a command, as the audit log keeps it

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

/// As the API server reads a flag: all but "false" and "0" is yes.
bool has_flag(const Fields& query, std::string_view name) {
  return std::ranges::any_of(query, [&](const auto& field) {
    return field.first == name && base::lower_case(field.second) != "false" && field.second != "0";
  });
}

base::Error bad_path(const std::string& why) {
  return {ErrorCode::kInvalid, "the path is refused: " + why, {}};
}

}  // namespace

base::Result<std::string> api_path(std::string_view rest) {
  const auto coded = base::lower_case(rest);
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

base::Result<std::string> api_query(std::string_view target) {
  const auto question = target.find('?');
  if (question == std::string_view::npos) return std::string{};
  const auto query = target.substr(question);
  if (query.find_first_of(";#") != std::string_view::npos) {
    return std::unexpected(bad_path("; or # in its query"));
  }
  return std::string(query);
}

wire::Identity identity_of(const Caller& caller, const std::string& cluster) {
  wire::Identity who;
  who.set_user("slipway:" + caller.user.id.value);
  for (auto& group : access::groups_of(caller.rights, cluster)) who.add_groups(std::move(group));
  return who;
}

net::HttpResponse status_of(const base::Error& refused) {
  const bool full = refused.code == base::ErrorCode::kExhausted;
  net::HttpResponse response;
  response.status = full ? 429 : 403;
  response.headers.set("Content-Type", "application/json");
  response.body =
      boost::json::serialize(boost::json::object{{"kind", "Status"},
                                                 {"apiVersion", "v1"},
                                                 {"metadata", boost::json::object{}},
                                                 {"status", "Failure"},
                                                 {"message", refused.message},
                                                 {"reason", full ? "TooManyRequests" : "Forbidden"},
                                                 {"code", response.status}});
  return response;
}

void put_headers(const net::Headers& from, const wire::Identity& who, wire::HttpOpen& to) {
  std::string of_connection;  // what the client names there ends with its own connection
  for (const auto& [name, value] : from.all()) {
    if (base::lower_case(name) == "connection") of_connection += "," + value;
  }
  for (const auto& [name, value] : from.all()) {
    const auto key = base::lower_case(name);
    if (is_hop_by_hop(key) || is_identity(key)) continue;
    if (net::has_token(of_connection, key)) continue;
    auto* header = to.add_headers();
    header->set_name(name);
    header->set_value(value);
  }
  auto add = [&](const char* name, const std::string& value) {
    auto* header = to.add_headers();
    header->set_name(name);
    header->set_value(value);
  };
  add("Impersonate-User", who.user());
  for (const auto& group : who.groups()) add("Impersonate-Group", group);
}

net::Headers answer_headers(const wire::HttpHead& head) {
  net::Headers headers;
  for (const auto& header : head.headers()) {
    const auto key = base::lower_case(header.name());
    if (is_hop_by_hop(key) || key == "set-cookie" || key.starts_with("access-control-")) continue;
    headers.add(header.name(), header.value());
  }
  headers.set("Content-Security-Policy", "sandbox");
  headers.set("X-Content-Type-Options", "nosniff");
  return headers;
}

access::KubeRequestPath use_of(const std::string& method, std::string_view rest, bool upgraded) {
  // What cannot be decoded is refused by api_path(), before anybody asks what it is.
  const auto decoded = percent_decode(rest);
  return access::read_kube_path(method, "/" + decoded.value_or(""), upgraded);
}

bool may_stay_silent(const Call& call) {
  const auto& method = call.request.method;
  if (method != "GET" && method != "HEAD") return false;
  const auto asked = use_of(method, call.argument("path"), false);
  return asked.use == access::KubeUse::kProxy || has_flag(call.query, "watch") ||
         (asked.of_log && has_flag(call.query, "follow"));
}

std::string audit_action(const std::string& method, const access::KubeRequestPath& asked,
                         bool upgraded) {
  const auto use = asked.use;
  switch (use) {
    case access::KubeUse::kExec:
    case access::KubeUse::kAttach:
    case access::KubeUse::kPortForward:
      return "proxy." + std::string(access::name_of(use));
    case access::KubeUse::kRead:
      if (asked.of_secrets) return "proxy.secrets";
      break;
    default:
      break;
  }
  if (upgraded) return use == access::KubeUse::kRead ? "" : "proxy.connect";
  if (method == "GET" || method == "HEAD" || method == "OPTIONS") return "";
  return "proxy." + base::lower_case(method);
}

bool is_handshake_refusal(const std::string& protocol, const net::HttpResponse& response) {
  if (protocol != "websocket" || response.status < 400 || response.status > 499) return false;
  const bool denied = response.status == 401 || response.status == 403;
  return !denied || !response.headers.get("Content-Type").starts_with("application/json");
}

std::string describe_session(const Fields& query) {
  std::string command;
  std::string detail;
  for (const auto& [name, value] : query) {
    if (name == "command") command += (command.empty() ? "" : " ") + value;
    if (name == "container") detail = "container " + value + " " + detail;
    if (name == "ports") detail += "port " + value + " ";
  }
  if (command.size() > kMaxCommandBytes) command = command.substr(0, kMaxCommandBytes) + "…";
  if (!command.empty()) detail += "command: " + command + " ";
  if (!detail.empty()) detail.pop_back();
  return detail.substr(0, 2 * kMaxCommandBytes);
}

std::string describe_end(const link::Spliced& told, std::chrono::milliseconds took,
                         bool right_ended) {
  const char* end = "cut off before its end";
  switch (told.end) {
    case link::Spliced::End::kCut:
      break;
    case link::Spliced::End::kConnection:
      end = "the client ended it";
      break;
    case link::Spliced::End::kStream:
      end = "the cluster ended it";
      break;
    case link::Spliced::End::kBroken:
      end = right_ended ? "the right to it ended" : "the way to the cluster broke";
      break;
    case link::Spliced::End::kIdle:
      end = "nothing moved for 4 hours";
      break;
  }
  return std::to_string(took.count()) + " ms, " + std::to_string(told.up_bytes) + " bytes in, " +
         std::to_string(told.down_bytes) + " bytes out, " + end;
}

}  // namespace slipway::http
