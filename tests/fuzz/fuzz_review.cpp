// SPDX-License-Identifier: Apache-2.0
// What somebody posts to the webhook: an answer is a review of the same uid that says why or why
// not, as JSON that an API server reads; anything else is refused.
#include <boost/json.hpp>

#include "protocol/base/json_text.hpp"
#include "protocol/policy/review.hpp"
#include "tests/fuzz/input.hpp"

namespace json = boost::json;
using slipway::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto said = slipway::policy::review(body);
  if (!said) {
    require(!said.error().message.empty(), "a refusal has a reason");
    return 0;
  }
  boost::system::error_code error;
  const auto answer = json::parse(*said, error);
  require(!error, "the answer is JSON");
  json::parse_options deep;
  deep.max_depth = slipway::base::kJsonDepth;
  const auto asked = json::parse(body, {}, deep);
  const auto& response = answer.at("response").as_object();
  require(response.at("uid") == asked.at("request").at("uid"), "it answers what was asked");
  const bool allowed = response.at("allowed").as_bool();
  require(allowed != response.contains("status"), "a refusal alone has a status");
  if (!allowed) {
    const auto& status = response.at("status").as_object();
    require(status.at("message").as_string().size() < 8192, "a bounded message");
    const auto& causes = status.at("details").at("causes").as_array();
    require(!causes.empty() && causes.size() <= 20, "bounded causes");
    require(said->size() < 64 << 10, "a bounded answer");
  }
  return 0;
}
