// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "controller/store/database.hpp"
#include "order.pb.h"
#include "protocol/base/clock.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::links {

enum class TokenState {
  kOpen,       ///< good for the key that shows it first
  kSpent,      ///< its machine's link was open once
  kVoid,       ///< a newer token of the machine replaced it
  kForgotten,  ///< its machine was deleted
};

/// One token, whom it is for and which key it was bound to.
struct EnrolmentRow {
  std::string token_sha256;
  base::MachineId machine;
  base::ClusterId cluster;
  base::ResourceId resource;
  wire::Role role = wire::ROLE_UNSPECIFIED;
  TokenState state = TokenState::kOpen;
  std::optional<base::UtcTime> running;
  std::string key_sha256;  ///< empty: none showed it yet
  std::string address;
  std::optional<base::UtcTime> flagged;
  std::string other_key;
  std::string other_from;
};

/// The table of enrolments; says what is stored, decides nothing.
class EnrolmentRows {
 public:
  explicit EnrolmentRows(store::Database& database) : database_(database) {}

  /// Stores a new open token; the machine's older ones become void.
  void add(const EnrolmentRow& row, base::UtcTime issued);
  /// The whole hash is compared in constant time.
  std::optional<EnrolmentRow> by_token(const std::string& token_sha256) const;
  std::optional<EnrolmentRow> by_key(const std::string& key_sha256) const;
  /// The machine's present one: open or spent.
  std::optional<EnrolmentRow> of(const base::MachineId& machine) const;
  std::size_t count_bound() const;  ///< machines whose present token a key has shown

  void set_running(const base::MachineId& machine, base::UtcTime since);  ///< only where unset
  /// False: another key was there first.
  bool bind(const EnrolmentRow& row, const std::string& key_sha256, base::UtcTime now);
  void set_address(const EnrolmentRow& row, const std::string& address);
  void spend(const base::MachineId& machine);
  void forget(const base::MachineId& machine);
  void flag(const EnrolmentRow& row, const std::string& key, const std::string& from,
            base::UtcTime now);

 private:
  std::optional<EnrolmentRow> one(store::Statement statement) const;

  store::Database& database_;
};

}  // namespace slipway::links
