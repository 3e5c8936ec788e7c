// SPDX-License-Identifier: Apache-2.0
#include "controller/http/input.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "controller/http/strict_json.hpp"

namespace slipway::http {

using base::ErrorCode;
namespace json = boost::json;

constexpr std::size_t kMaxParameterBytes = 4096;

std::string QueryReader::text(const std::string& name) {
  asked_.insert(name);
  const std::string* found = nullptr;
  for (const auto& [key, value] : fields_) {
    if (key != name) continue;
    if (found != nullptr) refuse(name, "is given twice");
    found = &value;
  }
  if (found == nullptr) return {};
  if (found->size() <= kMaxParameterBytes) return *found;
  refuse(name, "has more than " + std::to_string(kMaxParameterBytes) + " bytes");
  return {};
}

bool QueryReader::has(const std::string& name) const {
  return std::ranges::any_of(fields_, [&](const auto& field) { return field.first == name; });
}

bool QueryReader::flag(const std::string& name, bool otherwise) {
  auto value = text(name);
  if (!has(name)) return otherwise;
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  refuse(name, "is true or false");
  return otherwise;
}

std::int64_t QueryReader::number(const std::string& name, std::int64_t otherwise,
                                 std::int64_t least, std::int64_t most) {
  auto value = text(name);
  if (!has(name)) return otherwise;
  std::int64_t number = 0;
  const auto* end = value.data() + value.size();
  auto [at, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{} || at != end || number < least || number > most) {
    auto range = most == std::numeric_limits<std::int64_t>::max()
                     ? "from " + std::to_string(least)
                     : std::to_string(least) + " to " + std::to_string(most);
    refuse(name, "is a whole number, " + range);
    return otherwise;
  }
  return number;
}

std::vector<std::string> QueryReader::all(const std::string& name) {
  asked_.insert(name);
  std::vector<std::string> values;
  for (const auto& [key, value] : fields_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

void QueryReader::refuse(const std::string& name, std::string why) {
  if (!fault_) fault_ = base::Error{ErrorCode::kInvalid, name + " " + std::move(why), name};
}

std::optional<base::Error> QueryReader::fault() {
  for (const auto& [key, value] : fields_) {
    if (asked_.contains(key)) continue;
    std::string known;
    for (const auto& name : asked_) known += (known.empty() ? ", which takes " : ", ") + name;
    refuse(key.substr(0, 64), "is not a parameter of this path" + known);
  }
  return fault_;
}

base::Result<json::value> parse_json(const net::HttpRequest& request) {
  auto type = request.headers.get("Content-Type");
  type = type.substr(0, type.find(';'));
  if (type != "application/json") {
    return base::fail(ErrorCode::kInvalid, "the body must be application/json", "Content-Type");
  }
  boost::system::error_code error;
  json::stream_parser parser;
  const auto taken = parser.write_some(request.body, error);
  if (!error && taken == request.body.size()) parser.finish(error);
  const bool trailing =
      !error && request.body.find_first_not_of(" \t\r\n", taken) != std::string::npos;
  if (error || trailing) {
    return base::fail(ErrorCode::kInvalid,
                      "the body is not JSON: " + (error ? error.message() : "text after its end") +
                          ", near byte " + std::to_string(taken));
  }
  if (auto fault = ambiguity_in(request.body)) return std::unexpected(std::move(*fault));
  return parser.release();
}

PageRequest read_page(QueryReader& query) {
  return {.limit = static_cast<std::size_t>(query.number("limit", kDefaultPage, 1, kMaxPage)),
          .cursor = query.text("cursor")};
}

bool read_descending(QueryReader& query) {
  const auto order = query.text("order");
  if (query.has("order") && order != "asc" && order != "desc") {
    query.refuse("order", "is asc or desc");
  }
  return order == "desc";
}

}  // namespace slipway::http
