// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/etcd_members.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "agent/kube/kube_api.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

constexpr unsigned short kEtcdPort = 2379;
constexpr std::size_t kAnswerBytes = 1 << 20;
/// etcd drops a change that meets an election, and never says so.
constexpr std::chrono::seconds kPatience{10};
constexpr std::size_t kFileBytes = 1 << 16;
constexpr std::uint32_t kDoneStatus = 200;
constexpr std::uint32_t kRefusedStatus = 409;

bool has_url(const EtcdMemberFact& member, const std::string& url) {
  return std::ranges::find(member.peer_urls, url) != member.peer_urls.end();
}

wire::IntentOutcome said(bool ok, std::string message) {
  wire::IntentOutcome outcome;
  outcome.set_ok(ok);
  outcome.set_http_status(ok ? kDoneStatus : kRefusedStatus);
  outcome.set_message(std::move(message));
  return outcome;
}

}  // namespace

Result<std::vector<EtcdMemberFact>> parse_members(const std::string& text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  const auto* root = error ? nullptr : value.if_object();
  const auto* list = root ? root->if_contains("members") : nullptr;
  if (!list || !list->is_array()) return fail(ErrorCode::kInternal, "etcd names no members");
  std::vector<EtcdMemberFact> members;
  for (const auto& each : list->get_array()) {
    EtcdMemberFact member{text_at(each, "ID"), text_at(each, "name"), {}};
    for (const auto& url : array_at(each, "peerURLs")) {
      if (url.is_string()) member.peer_urls.emplace_back(url.get_string());
    }
    if (member.id.empty()) return fail(ErrorCode::kInternal, "etcd names a member without an id");
    members.push_back(std::move(member));
  }
  return members;
}

Task<Result<std::string>> EtcdMembers::call(std::string path, std::string body) {
  auto answer = co_await post_("/v3/cluster/member/" + path, std::move(body));
  if (!answer) co_return fail(answer);
  if (answer->status == static_cast<int>(kDoneStatus)) co_return answer->text();
  co_return fail(ErrorCode::kConflict, "etcd: " + message_of(answer->text()));
}

Task<Result<wire::IntentOutcome>> EtcdMembers::run(wire::EtcdMember wanted) {
  const auto refused = [](const base::Error& error) -> Result<wire::IntentOutcome> {
    if (error.code == ErrorCode::kConflict) return said(false, error.message);
    return std::unexpected(error);
  };
  auto listed = co_await call("list", "{}");
  if (!listed) co_return refused(listed.error());
  auto members = parse_members(*listed);
  if (!members) co_return fail(members);
  bool is_in = false;
  std::string done;
  for (const EtcdMemberFact& member : *members) {
    const bool is_wanted = has_url(member, wanted.peer_url());
    is_in |= is_wanted;
    if (is_wanted || member.name != wanted.name()) continue;
    auto removed = co_await call("remove", json::serialize(json::object{{"ID", member.id}}));
    if (!removed) co_return refused(removed.error());
    done += "removed member " + member.id + "; ";
    spdlog::info("etcd: member {} ({}) removed", member.id, member.name);
  }
  if (wanted.peer_url().empty()) {
    const auto who = wanted.name().empty() ? "who has no name" : wanted.name();
    co_return said(true, done + who + " is no member");
  }
  if (is_in) co_return said(true, done + wanted.peer_url() + " is a member");
  auto added = co_await call(
      "add", json::serialize(json::object{{"peerURLs", json::array{wanted.peer_url()}}}));
  if (!added) co_return refused(added.error());
  spdlog::info("etcd: {} let in", wanted.peer_url());
  co_return said(true, done + "let in " + wanted.peer_url());
}

EtcdMembers::Post local_etcd(base::asio::any_io_executor executor, std::filesystem::path pki) {
  return [executor = std::move(executor), pki = std::move(pki)](
             std::string path, std::string body) -> Task<Result<net::HttpResponse>> {
    net::TlsClient tls;
    const std::pair<const char*, std::string*> files[] = {
        {"etcd/ca.crt", &tls.ca_pem},
        {"apiserver-etcd-client.crt", &tls.certificate_pem},
        {"apiserver-etcd-client.key", &tls.key_pem}};
    for (const auto& [name, into] : files) {
      auto text = base::read_file(pki / name, kFileBytes);
      if (!text) co_return fail(ErrorCode::kUnavailable, "etcd's keys are not here yet");
      *into = std::move(*text);
    }
    net::HttpClientOptions options;
    options.endpoint = {"127.0.0.1", kEtcdPort};
    options.tls = std::move(tls);
    options.response_timeout = kPatience;
    net::HttpClient client(executor, std::move(options));
    net::HttpRequest request;
    request.method = "POST";
    request.target = std::move(path);
    request.headers.set("Content-Type", "application/json");
    request.body = std::move(body);
    co_return co_await client.fetch(std::move(request), kAnswerBytes);
  };
}

}  // namespace slipway::kube
