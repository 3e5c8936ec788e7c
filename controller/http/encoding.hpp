// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sodium.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "protocol/base/clock.hpp"

namespace slipway::http {

// Small pieces of text that several answers are made of.
inline std::string base64(const std::string& bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.size() - 1);  // it writes a terminating zero
  return out;
}

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
