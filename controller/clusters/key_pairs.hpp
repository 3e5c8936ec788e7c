// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/clusters/ssh_keys.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::clusters {

inline constexpr std::size_t kMaxKeyPairs = 500;
inline constexpr std::size_t kMaxKeyPairNameBytes = 63;

/// A public key under a name; a cluster that names it lets its owner log in to its nodes.
struct KeyPair {
  std::string name;
  std::string public_key;   ///< one line, as in authorized_keys
  std::string fingerprint;  ///< "SHA256:…"
  base::UtcTime created;
  std::string created_by;
};

/// The key pairs of this controller, whatever the cloud: the agent lets the keys in.
class KeyPairs {
 public:
  explicit KeyPairs(store::Database& database) : database_(database) {}

  /// Whether a pair of this name can be added: kInvalid (the name), kConflict (there is one of that
  /// name), kExhausted.
  base::Result<> check(const std::string& name) const;
  base::Result<> add(const KeyPair& pair);  ///< errors as check
  std::optional<KeyPair> find(const std::string& name) const;
  std::vector<KeyPair> list() const;  ///< by name
  /// kNotFound; kConflict while a cluster names it.
  base::Result<> remove(const std::string& name);

 private:
  store::Database& database_;
};

}  // namespace slipway::clusters
