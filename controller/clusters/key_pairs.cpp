// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/key_pairs.hpp"

#include <algorithm>
#include <cctype>

#include "controller/clusters/cluster_rows.hpp"

namespace slipway::clusters {
namespace {

using base::ErrorCode;
using base::fail;

constexpr char kColumns[] =
    "SELECT name, public_key, fingerprint, created_ms, created_by FROM key_pairs ";

KeyPair pair_of(const store::Statement& row) {
  return {.name = row.text(0),
          .public_key = row.text(1),
          .fingerprint = row.text(2),
          .created = base::from_unix_ms(row.number(3)),
          .created_by = row.text(4)};
}

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= kMaxKeyPairNameBytes && std::isalnum(text.front()) != 0 &&
         std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

base::Result<> KeyPairs::check(const std::string& name) const {
  if (!is_name(name)) {
    return fail(ErrorCode::kInvalid,
                "name has 1 to 63 letters, digits, -, _ and . and begins with a letter or a digit",
                "name");
  }
  if (find(name)) {
    return fail(ErrorCode::kConflict, "a key pair named " + name + " exists already", "name");
  }
  if (list().size() >= kMaxKeyPairs) {
    return fail(ErrorCode::kExhausted, "500 key pairs are there; delete some");
  }
  return {};
}

base::Result<> KeyPairs::add(const KeyPair& pair) {
  if (auto good = check(pair.name); !good) return good;
  database_
      .prepare(
          "INSERT INTO key_pairs (name, public_key, fingerprint, created_ms, created_by)"
          " VALUES (?,?,?,?,?)")
      .bind(pair.name)
      .bind(pair.public_key)
      .bind(pair.fingerprint)
      .bind(base::to_unix_ms(pair.created))
      .bind(pair.created_by)
      .run();
  return {};
}

std::optional<KeyPair> KeyPairs::find(const std::string& name) const {
  auto row = database_.prepare(std::string{kColumns} + "WHERE name = ?");
  if (!row.bind(name).step()) return std::nullopt;
  return pair_of(row);
}

std::vector<KeyPair> KeyPairs::list() const {
  std::vector<KeyPair> pairs;
  auto row = database_.prepare(std::string{kColumns} + "ORDER BY name");
  while (row.step()) pairs.push_back(pair_of(row));
  return pairs;
}

base::Result<> KeyPairs::remove(const std::string& name) {
  for (const ClusterRow& cluster : Rows{database_}.clusters()) {
    if (cluster.spec.key_pair != name) continue;
    return fail(ErrorCode::kConflict,
                "cluster " + cluster.spec.name + " names this key pair; delete the cluster first",
                "name");
  }
  database_.prepare("DELETE FROM key_pairs WHERE name = ?").bind(name).run();
  if (database_.changes() == 0) return fail(ErrorCode::kNotFound, "no key pair " + name);
  return {};
}

}  // namespace slipway::clusters
