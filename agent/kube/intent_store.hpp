// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "order.pb.h"
#include "protocol/base/result.hpp"
#include "report.pb.h"

namespace slipway::kube {

inline constexpr std::size_t kMaxIntents = 1024;  ///< held on this node, done or not

/// What this agent was told to do at the API server and what became of it, on disk: an intent that
/// comes twice is done once, and its outcome is told until somebody has written it down.
/// Blocking; each file is small.
class IntentStore {
 public:
  explicit IntentStore(std::filesystem::path directory, std::size_t limit = kMaxIntents)
      : directory_(std::move(directory)), limit_(limit) {}

  /// Reads the directory; files that cannot be read are left out and named in the error's place of
  /// the log. kInternal: no directory.
  base::Result<> load();

  enum class Taken {
    kNew,      ///< durable now: do it
    kPending,  ///< known, not yet done
    kDone,     ///< known, see outcome()
  };
  /// kInvalid: an id that is none; kExhausted: too many.
  base::Result<Taken> take(const wire::Intent& intent);
  base::Result<> complete(const wire::IntentOutcome& outcome);
  void forget(const std::string& id);  ///< its outcome was acknowledged
  void drop(const std::string& id);    ///< it is not done and is not to be done here

  std::optional<wire::IntentOutcome> outcome(const std::string& id) const;
  std::vector<wire::IntentOutcome> outcomes() const;
  std::vector<wire::Intent> pending() const;  ///< in the order in which they came

 private:
  struct Entry {
    std::uint64_t order = 0;
    wire::Intent intent;
    std::optional<wire::IntentOutcome> outcome;
  };
  std::filesystem::path file(const std::string& id, const char* suffix) const;
  void load_one(const std::filesystem::path& path);
  void erase(const std::string& id);

  std::filesystem::path directory_;
  std::size_t limit_;
  std::map<std::string, Entry> entries_;
  std::uint64_t next_order_ = 1;
};

}  // namespace slipway::kube
