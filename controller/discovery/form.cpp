// SPDX-License-Identifier: Apache-2.0
#include "controller/discovery/form.hpp"

#include <algorithm>
#include <charconv>

namespace slipway::discovery {

std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* digits = text.data() + i + 1;
      const auto read = std::from_chars(digits, digits + 2, byte, 16);
      if (read.ec == std::errc{} && read.ptr == digits + 2) {
        out += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    out += text[i] == '+' ? ' ' : text[i];
  }
  return out;
}

std::map<std::string, std::string> parse_form(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    const auto equals = field.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : field.substr(equals + 1);
    if (!field.empty()) fields[unescape(field.substr(0, equals))] = unescape(value);
  }
  return fields;
}

bool Target::is_set(const std::string& name) const {
  const auto found = query.find(name);
  return found != query.end() && found->second == "true";
}

std::optional<std::uint64_t> Target::number(const std::string& name, std::uint64_t absent) const {
  const auto found = query.find(name);
  if (found == query.end()) return absent;
  std::uint64_t value = 0;
  const char* end = found->second.data() + found->second.size();
  const auto read = std::from_chars(found->second.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

Target target_of(std::string_view path_and_query) {
  Target target;
  const auto question = path_and_query.find('?');
  std::string_view path = path_and_query.substr(0, question);
  target.path = path;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
    if (!segment.empty()) target.segments.push_back(unescape(segment));
  }
  if (question != std::string_view::npos) {
    target.query = parse_form(path_and_query.substr(question + 1));
  }
  return target;
}

}  // namespace slipway::discovery
