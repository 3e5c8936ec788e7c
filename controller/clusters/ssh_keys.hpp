// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/task.hpp"

namespace slipway::clusters {

inline constexpr std::size_t kMaxPublicKeyBytes = 8 << 10;

/// A public key of SSH, checked by OpenSSH itself.
struct SshPublicKey {
  std::string line;         ///< "ssh-ed25519 AAAA… comment", as in authorized_keys
  std::string fingerprint;  ///< "SHA256:…"
};
struct SshKeyPair {
  SshPublicKey public_key;
  std::string private_key;  ///< OpenSSH's own format
};

/// kInvalid, field "publicKey": not one public key in a line of its own.
base::Task<base::Result<SshPublicKey>> read_ssh_public_key(std::string text);
/// A new Ed25519 pair. ssh-keygen writes it to a folder of ours alone (0700, below TMPDIR), which
/// is removed before this returns; a kill in between leaves it there.
base::Task<base::Result<SshKeyPair>> make_ssh_key(std::string comment);

}  // namespace slipway::clusters
