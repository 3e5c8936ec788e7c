// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "protocol/base/clock.hpp"

namespace slipway::http {

// Small pieces of text that several answers are made of.

/// A field that is absent rather than empty.
inline void put_text(boost::json::object& out, const char* name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

inline void put_time(boost::json::object& out, const char* name, std::int64_t ms) {
  if (ms > 0) out[name] = base::to_rfc3339(base::from_unix_ms(ms));
}

template <class Texts>
boost::json::array list_view(const Texts& texts) {
  boost::json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

template <class Map>
boost::json::object map_view(const Map& map) {
  boost::json::object out;
  for (const auto& [key, value] : map) out[key] = value;
  return out;
}

}  // namespace slipway::http
