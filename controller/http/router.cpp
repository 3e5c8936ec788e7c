// SPDX-License-Identifier: Apache-2.0
#include "controller/http/router.hpp"

#include <algorithm>

#include "protocol/wire/text.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxArgumentBytes = 512;  ///< no name in a path is longer

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Takes the text up to the next `separator` off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  auto part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

bool is_argument(std::string_view segment) {
  return segment.starts_with('{');
}
bool takes_rest(std::string_view segment) {
  return segment.ends_with("...}");
}

bool is_utf8(std::string_view text) {
  return wire::clean_text(text) == text;
}

using PathArguments = decltype(Match::arguments);

/// Whether the path fits; `literals` counts the segments that are equal. Without `arguments` it
/// looks at those segments alone, which is quick and rules out nearly all patterns.
bool fits(std::string_view pattern, std::string_view path, int& literals,
          PathArguments* arguments) {
  literals = 0;
  pattern.remove_prefix(1);
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  for (;;) {
    auto want = take_until(pattern, '/');
    if (takes_rest(want)) {
      if (arguments) (*arguments)[std::string(want.substr(1, want.size() - 5))] = path;
      return true;
    }
    const bool more = path.find('/') != std::string_view::npos;
    auto have = take_until(path, '/');
    if (!is_argument(want)) {
      if (want != have) return false;
      ++literals;
    } else if (arguments) {
      auto decoded = percent_decode(have);
      if (!decoded || decoded->empty() || decoded->size() > kMaxArgumentBytes) return false;
      if (!is_utf8(*decoded)) return false;
      (*arguments)[std::string(want.substr(1, want.size() - 2))] = std::move(*decoded);
    }
    if (pattern.empty()) return !more;
    if (!more) return false;
  }
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  return out;
}

base::Result<Target> parse_target(const std::string& target) {
  std::string_view rest = target;
  if (!rest.starts_with('/'))
    return base::fail(base::ErrorCode::kInvalid, "no path in the request");
  // RFC 9112, section 3.2. To cut it off would hide it from here, and not from whom it goes on to.
  if (rest.find('#') != std::string_view::npos)
    return base::fail(base::ErrorCode::kInvalid, "a # in the request's target, which has none");
  Target parsed;
  parsed.path = take_until(rest, '?');
  while (!rest.empty()) {
    auto pair = take_until(rest, '&');
    if (pair.empty()) continue;
    auto name = percent_decode(take_until(pair, '='), true);
    auto value = percent_decode(pair, true);
    if (!name || !value) {
      return base::fail(base::ErrorCode::kInvalid,
                        "broken percent escape, or a zero character, in the query");
    }
    parsed.query.emplace_back(*name, *value);
  }
  return parsed;
}

std::string unreadable(const Target& target) {
  const auto path = percent_decode(target.path);
  if (!path) return "broken percent escape, or a zero character, in the path";
  if (!is_utf8(*path)) return "the path is not UTF-8";
  for (const auto& [name, value] : target.query) {
    if (!is_utf8(name) || !is_utf8(value)) return "the query is not UTF-8";
  }
  return {};
}

Router::Router(Routes routes) : routes_(std::move(routes)) {}

std::optional<Match> Router::find(std::string_view method, std::string_view path) const {
  std::optional<Match> best;
  int best_literals = -1;
  for (const auto& route : routes_) {
    if (route.method != method && route.method != "*") continue;
    int literals = 0;
    if (!fits(route.pattern, path, literals, nullptr) || literals <= best_literals) continue;
    PathArguments arguments;
    if (!fits(route.pattern, path, literals, &arguments)) continue;
    best = Match{.route = &route, .arguments = std::move(arguments)};
    best_literals = literals;
  }
  return best;
}

std::string Router::allowed(std::string_view path) const {
  std::string methods;
  for (const auto& route : routes_) {
    int literals = 0;
    PathArguments arguments;
    if (!fits(route.pattern, path, literals, &arguments)) continue;
    methods += (methods.empty() ? "" : ", ") + route.method;
  }
  return methods;
}

}  // namespace slipway::http
