// SPDX-License-Identifier: Apache-2.0
#include "controller/secrets/secrets.hpp"

#include <stdexcept>

namespace slipway::secrets {
namespace {

using base::ErrorCode;
using base::fail;

constexpr char kCheckName[] = "master-key-check";
constexpr char kCheckValue[] = "opens";
constexpr char kCa[] = "controller/ca";
constexpr std::size_t kCaNameBytes = 4;
constexpr std::chrono::hours kCaLife{24 * 3650};
constexpr std::chrono::hours kCaBackdate{24};  ///< nodes whose clock is behind still accept it

bool holds_secrets(store::Database& database) {
  return database.prepare("SELECT 1 FROM secrets LIMIT 1").step();
}

}  // namespace

base::Result<std::unique_ptr<Secrets>> Secrets::open(store::Database& database,
                                                     const std::filesystem::path& key_file) {
  const bool used = holds_secrets(database);
  auto key = used ? MasterKey::load_existing(key_file) : MasterKey::load(key_file);
  if (!key) {
    if (used && key.error().code == ErrorCode::kNotFound) {
      return fail(ErrorCode::kDenied, "the master key " + key_file.string() +
                                          " is lost: without it this database's secrets cannot be "
                                          "opened. Put it back from its backup");
    }
    return fail(key);
  }
  auto secrets = std::make_unique<Secrets>(database, std::move(*key));
  if (!used) {
    secrets->put(kCheckName, kCheckValue);
  } else if (auto check = secrets->get(kCheckName); !check || *check != kCheckValue) {
    return fail(ErrorCode::kDenied, "the master key " + key_file.string() +
                                        " is not the one that sealed this database");
  }
  return secrets;
}

Secrets::Secrets(store::Database& database, MasterKey key)
    : database_(database), key_(std::move(key)) {}

void Secrets::put(const std::string& name, std::string_view value) {
  if (value.size() > kMaxSecretBytes) throw std::length_error("secret " + name + " is too long");
  database_.prepare("INSERT OR REPLACE INTO secrets (name, sealed) VALUES (?,?)")
      .bind(name)
      .bind_blob(key_.seal(value, name))
      .run();
}

base::Result<std::string> Secrets::get(const std::string& name) const {
  auto row = database_.prepare("SELECT sealed FROM secrets WHERE name=?");
  if (!row.bind(name).step()) return fail(ErrorCode::kNotFound, "no secret " + name);
  auto plain = key_.open(row.text(0), name);
  if (!plain) return fail(plain.error().code, name + ": " + plain.error().message);
  return plain;
}

bool Secrets::has(const std::string& name) const {
  return database_.prepare("SELECT 1 FROM secrets WHERE name=?").bind(name).step();
}

void Secrets::remove(const std::string& name) {
  database_.prepare("DELETE FROM secrets WHERE name=?").bind(name).run();
}

void Secrets::remove_below(const std::string& prefix) {
  database_.prepare("DELETE FROM secrets WHERE substr(name, 1, length(?))=?")
      .bind(prefix)
      .bind(prefix)
      .run();
}

void Secrets::put_pair(const std::string& name, const pki::KeyPair& pair) {
  put(name + ".key", pair.key_pem);
  put(name + ".crt", pair.certificate_pem);
}

base::Result<pki::KeyPair> Secrets::pair(const std::string& name) const {
  auto certificate = get(name + ".crt");
  auto key = get(name + ".key");
  if (!certificate) return fail(certificate);
  if (!key) return fail(key);
  return pki::KeyPair{std::move(*certificate), std::move(*key)};
}

void Secrets::remove_pair(const std::string& name) {
  remove(name + ".key");
  remove(name + ".crt");
}

base::Result<pki::KeyPair> Secrets::controller_ca(const base::Clock& clock) {
  if (!has(std::string(kCa) + ".crt")) {
    const pki::KeyPair made = make_controller_ca(clock);
    auto stored = database_.transaction([&]() -> base::Result<> {
      put_pair(kCa, made);
      return {};
    });
    if (!stored) return fail(stored);
  }
  return pair(kCa);
}

void Secrets::put_controller_ca(const pki::KeyPair& ca) {
  put_pair(kCa, ca);
}

pki::KeyPair make_controller_ca(const base::Clock& clock) {
  const auto now = clock.utc();
  // Verifiers look for an issuer by its name first.
  return pki::make_ca("slipway controller " + pki::random_hex(kCaNameBytes), now - kCaBackdate,
                      now + kCaLife);
}

}  // namespace slipway::secrets
