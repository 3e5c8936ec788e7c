// SPDX-License-Identifier: Apache-2.0
#include "agent/dns/watch_lines.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace slipway::dns {
namespace {

base::Result<WatchEvent> parse_event(std::string_view line) {
  boost::system::error_code failed;
  auto value = boost::json::parse(line, failed);
  auto* event = failed ? nullptr : value.if_object();
  auto* type = event ? event->if_contains("type") : nullptr;
  auto* object = event ? event->if_contains("object") : nullptr;
  if (!type || !type->is_string() || !object || !object->is_object())
    return base::fail(base::ErrorCode::kInvalid, "a watch sent what is no event");
  return WatchEvent{std::string(type->get_string()), std::move(object->get_object())};
}

}  // namespace

base::Result<std::vector<WatchEvent>> WatchLines::add(std::string_view bytes) {
  rest_ += bytes;
  std::vector<WatchEvent> events;
  std::size_t start = 0;
  for (auto end = rest_.find('\n'); end != rest_.npos; end = rest_.find('\n', start)) {
    const auto line = std::string_view(rest_).substr(start, end - start);
    start = end + 1;
    if (line.empty()) continue;
    auto event = parse_event(line);
    if (!event) return base::fail(event);
    events.push_back(*std::move(event));
  }
  rest_.erase(0, start);
  if (rest_.size() > kMaxEventBytes)
    return base::fail(base::ErrorCode::kExhausted, "a watch sent an event of over 4 MiB");
  return events;
}

}  // namespace slipway::dns
