// SPDX-License-Identifier: Apache-2.0
#include "controller/http/responses.hpp"

#include <boost/json.hpp>

namespace slipway::http {

net::HttpResponse json_response(int status, const boost::json::value& body) {
  net::HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = boost::json::serialize(body);
  return response;
}

net::HttpResponse text_response(int status, std::string body, std::string type) {
  net::HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

net::HttpResponse empty_response(int status) {
  net::HttpResponse response;
  response.status = status;
  return response;
}

std::string cursor_at(std::size_t index, const std::string& key) {
  return std::to_string(index) + "." + key;
}

base::Result<std::size_t> first_after(const std::string& cursor, std::size_t count,
                                      const std::function<std::string(std::size_t)>& key_of) {
  if (cursor.empty()) return 0;
  std::size_t index = 0;
  const auto* end = cursor.data() + cursor.size();
  auto [at, error] = std::from_chars(cursor.data(), end, index);
  if (error != std::errc{} || at == end || *at != '.') {
    return base::fail(base::ErrorCode::kInvalid, "cursor is none of ours", "cursor");
  }
  const std::string key(at + 1, end);
  for (std::size_t i = 0; i < count; ++i) {
    if (key_of(i) == key) return i + 1;
  }
  return std::min(index, count);  // the item went; what stands at its place comes next
}

}  // namespace slipway::http
