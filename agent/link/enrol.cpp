// SPDX-License-Identifier: Apache-2.0
#include "agent/link/enrol.hpp"

#include <boost/json.hpp>

#include "protocol/net/http_status.hpp"

namespace slipway::agent_link {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr std::size_t kAnswerLimitBytes = 64 << 10;
constexpr std::size_t kWordsLimitBytes = 500;
constexpr std::chrono::seconds kAnswerLimit{20};  // the controller asks its cloud meanwhile

std::string member_of(const boost::json::value& problem, std::string_view name) {
  const auto* object = problem.if_object();
  const auto* value = object ? object->if_contains(name) : nullptr;
  if (!value || !value->is_string()) return {};
  return std::string(value->get_string()).substr(0, kWordsLimitBytes);
}

/// A refusal in the controller's own words (RFC 9457).
std::unexpected<base::Error> refusal_of(const net::HttpResponse& response) {
  boost::system::error_code error;
  const boost::json::value problem = boost::json::parse(response.text(), error);
  std::string words = error ? std::string() : member_of(problem, "detail");
  if (words.empty()) words = "no reason given";
  return fail(net::code_of_status(response.status),
              "the controller refuses (" + std::to_string(response.status) + "): " + words,
              error ? std::string() : member_of(problem, "field"));
}

}  // namespace

Task<Result<wire::EnrolResponse>> ask_certificate(boost::asio::any_io_executor executor,
                                                  Controller controller,
                                                  wire::EnrolRequest request) {
  net::HttpClientOptions options{.endpoint = controller.endpoint};
  options.response_timeout = kAnswerLimit;
  options.tls = net::TlsClient{.ca_sha256 = controller.ca_sha256};
  net::HttpClient client(executor, std::move(options));
  net::HttpRequest post{.method = "POST"};
  post.target = request.token().empty() ? "/renew" : "/enrol";
  post.headers.set("Content-Type", "application/x-protobuf");
  post.body = request.SerializeAsString();
  auto response = co_await client.fetch(std::move(post), kAnswerLimitBytes);
  if (!response) co_return fail(response);
  if (response->status != 200) co_return refusal_of(*response);
  wire::EnrolResponse answer;
  if (!answer.ParseFromString(response->text())) {
    co_return fail(ErrorCode::kUnavailable, "the controller's answer is malformed");
  }
  co_return answer;
}

}  // namespace slipway::agent_link
