// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::secrets {

inline constexpr std::size_t kMaxSecretBytes = 1 << 20;

/// The key that seals all secrets, from a file outside the database; wiped from memory at the end.
class MasterKey {
 public:
  /// Reads the file, or makes it (0600 from its first byte) where there is none. kDenied: others
  /// may read it; kInvalid: it is no key.
  static base::Result<MasterKey> load(const std::filesystem::path& file);
  static base::Result<MasterKey> load_existing(const std::filesystem::path& file);
  static MasterKey random();
  ~MasterKey();
  MasterKey(MasterKey&& other) noexcept;
  MasterKey& operator=(MasterKey&& other) noexcept;

  /// XChaCha20-Poly1305; `label` is authenticated with it: a sealed text opens under its own label
  /// only.
  std::string seal(std::string_view plain, std::string_view label) const;
  base::Result<std::string> open(std::string_view sealed, std::string_view label) const;

 private:
  explicit MasterKey(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

/// A new CA for the controller's own certificates; each has a name of its own.
pki::KeyPair make_controller_ca(const base::Clock& clock);

/// Named secrets, sealed in the database: keys, tokens, credentials. A copy of the database without
/// the master key gives none of them away.
class Secrets {
 public:
  /// kDenied: the database's secrets were sealed by another key, or its key file is lost (then no
  /// new one is made). Call before anything is sealed.
  static base::Result<std::unique_ptr<Secrets>> open(store::Database& database,
                                                     const std::filesystem::path& key_file);
  Secrets(store::Database& database, MasterKey key);

  void put(const std::string& name, std::string_view value);
  /// kNotFound; kInternal when it does not open.
  base::Result<std::string> get(const std::string& name) const;
  bool has(const std::string& name) const;
  void remove(const std::string& name);
  void remove_below(const std::string& prefix);  ///< "cluster/<id>/"

  /// A certificate with its key, under one name.
  void put_pair(const std::string& name, const pki::KeyPair& pair);
  base::Result<pki::KeyPair> pair(const std::string& name) const;
  void remove_pair(const std::string& name);

  /// The CA of the controller's own certificates (agents, listeners), made at the first call.
  base::Result<pki::KeyPair> controller_ca(const base::Clock& clock);
  void put_controller_ca(const pki::KeyPair& ca);  ///< in its place

 private:
  store::Database& database_;
  MasterKey key_;
};

}  // namespace slipway::secrets
