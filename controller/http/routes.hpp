// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/access/users.hpp"
#include "protocol/base/task.hpp"
#include "protocol/net/http.hpp"
#include "protocol/net/http_server.hpp"

namespace slipway::http {

inline constexpr std::size_t kMaxJsonBytes = 64 << 10;
inline constexpr std::size_t kMaxManifestBytes = 700 << 10;  ///< fits an intent
inline constexpr std::size_t kMaxProxyBytes = 4 << 20;

/// What a route's caller must be allowed: access::decide() says who is, by the namespace, project
/// or department in the path. Where the path does not say it, the route's function asks again.
using Needs = access::Act;

/// How a caller proved who they are.
enum class Proof { kNone, kSession, kToken };

/// Who is asking.
struct Caller {
  access::User user;
  access::Rights rights;
  Proof proof = Proof::kNone;
  base::UtcTime expires;
  std::string session;  ///< its id, of Proof::kSession
  std::string token;    ///< its id, of Proof::kToken
  std::string address;
  std::string request_id;
};

using Arguments = std::map<std::string, std::string>;  ///< of a path, by name
using Fields = std::vector<std::pair<std::string, std::string>>;

/// A request whose route, arguments and caller are known.
struct Call {
  net::HttpRequest request;
  Arguments path;  ///< arguments of the pattern, decoded; "{rest...}" raw
  Fields query;    ///< decoded, in order
  Caller caller;

  const std::string& argument(const std::string& name) const { return path.at(name); }
};

using Answer = base::Result<net::HttpResponse>;
using Upgrade = base::Result<net::HttpServer::Decision>;

/// One line of the table that the router is made of. It outlives all calls.
struct Route {
  std::string method;   ///< "*": any
  std::string pattern;  ///< "/api/v1/clusters/{cluster}"; a last "{path...}" takes the rest
  Needs needs = Needs::kAdminister;
  std::string action;                              ///< audited under this name, empty: not audited
  std::function<base::Task<Answer>(Call)> answer;  ///< empty: WebSocket only
  /// Empty: the wish for another protocol is ignored.
  std::function<base::Task<Upgrade>(Call)> upgrade = {};
  std::size_t max_body_bytes = kMaxJsonBytes;
  bool no_body = false;      ///< one that says something is refused: it would be dropped in silence
  bool bearer_only = false;  ///< what programs use, and a page must never reach
  bool password_may_wait = false;  ///< open to who must change their password first
};
using Routes = std::vector<Route>;

}  // namespace slipway::http
