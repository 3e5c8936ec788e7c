// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "controller/http/routes.hpp"

namespace slipway::http {

/// Percent-decodes; nullopt for broken escapes and control characters.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

/// A request target taken apart.
struct Target {
  std::string path;  ///< as sent
  Fields query;
};
/// kInvalid: not a path, a fragment (`#`), or broken escapes.
base::Result<Target> parse_target(const std::string& target);

/// Why no name can be read from it: broken escapes, zero characters, what is not UTF-8; else empty.
std::string unreadable(const Target& target);

/// A route that fits, with the arguments of its pattern.
struct Match {
  const Route* route = nullptr;
  std::map<std::string, std::string> arguments;
};

/// Finds the route of a request: literal segments win over arguments.
class Router {
 public:
  explicit Router(Routes routes);

  std::optional<Match> find(std::string_view method, std::string_view path) const;
  /// The methods that the path has, for Allow; empty: no such path.
  std::string allowed(std::string_view path) const;
  const Routes& routes() const { return routes_; }

 private:
  Routes routes_;
};

}  // namespace slipway::http
