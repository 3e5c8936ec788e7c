// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "controller/store/database.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::discovery {

inline constexpr unsigned kMaxClusterSize = 9;
inline constexpr std::size_t kMaxValueBytes = 1024;

/// Who asks; known from its certificate and the roster, never from the request.
struct Caller {
  base::ClusterId cluster;
  std::string address;  ///< its peer URL is https://<address>:2380
  bool master = false;
  bool forming = false;  ///< its cluster was never up
};

/// One request of etcd's v2 discovery protocol: `path` with query, below the registry.
struct Request {
  std::string method;
  std::string path;
  std::string body;  ///< form-encoded
};

struct Answer {
  int status = 200;
  std::uint64_t index = 0;  ///< X-Etcd-Index
  std::string body;         ///< JSON
};
/// Nothing to tell yet: ask again when the token's index has grown. The answer's head goes out now.
struct Wait {
  std::string token;
  std::uint64_t index = 0;  ///< X-Etcd-Index of the head
  std::uint64_t since = 0;  ///< the first index that answers it
};

/// Who is in an etcd cluster before there is one: etcd's v2 discovery protocol over durable rows,
/// without I/O. A token serves one cluster; a member is taken only for the caller's own peer URL.
/// The same member may register again while the cluster is forming: an etcd asks only until its
/// first record is on disk, and one that was killed between the two asks again. Later the same
/// question means that a member lost its data, and a rebirth under its old id would break Raft.
class Registry {
 public:
  explicit Registry(store::Database& database);

  /// The cluster's token, made at the first call; another size makes a new one.
  std::string token_of(const base::ClusterId& cluster, unsigned size);
  void forget(const base::ClusterId& cluster);  ///< its token and members: next time anew
  std::vector<std::string> members(const base::ClusterId& cluster) const;  ///< "name=url", in order

  /// `since` of an earlier Wait takes the place of a long poll's own waitIndex.
  std::variant<Answer, Wait> handle(const Request& request, const Caller& caller,
                                    std::optional<std::uint64_t> since = {});

  /// Called with the token after each change of it.
  std::function<void(const std::string& token)> on_change;

 private:
  store::Database& database_;
};

}  // namespace slipway::discovery
