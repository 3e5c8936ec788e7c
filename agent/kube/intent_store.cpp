// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/intent_store.hpp"

#include <algorithm>
#include <charconv>

#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"

namespace slipway::kube {
namespace {

using base::ErrorCode;
using base::Result;

constexpr auto kIntentSuffix = ".intent";
constexpr auto kOutcomeSuffix = ".outcome";
constexpr std::size_t kFileLimit = 8 << 20;
constexpr std::size_t kIdLength = 64;

/// Ids become file names.
bool is_id(const std::string& id) {
  return !id.empty() && id.size() <= kIdLength && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

std::filesystem::path IntentStore::file(const std::string& id, const char* suffix) const {
  return directory_ / (id + suffix);
}

/// An intent's file begins with its place in line, so that a restart keeps the order.
void IntentStore::load_one(const std::filesystem::path& path) {
  const auto id = path.stem().string();
  auto bytes = base::read_file(path, kFileLimit);
  const auto newline = bytes ? bytes->find('\n') : std::string::npos;
  Entry entry;
  if (!is_id(id) || newline == std::string::npos ||
      std::from_chars(bytes->data(), bytes->data() + newline, entry.order).ec != std::errc{} ||
      !entry.intent.ParseFromString(bytes->substr(newline + 1)) || entry.intent.id() != id) {
    spdlog::warn("intents: {} cannot be read and is left out", path.string());
    return;
  }
  if (auto outcome = base::read_file(file(id, kOutcomeSuffix), kFileLimit)) {
    wire::IntentOutcome parsed;
    if (parsed.ParseFromString(*outcome) && parsed.intent_id() == id) entry.outcome = parsed;
  }
  next_order_ = std::max(next_order_, entry.order + 1);
  entries_[id] = std::move(entry);
}

Result<> IntentStore::load() {
  std::error_code failure;
  std::filesystem::create_directories(directory_, failure);
  std::filesystem::permissions(directory_, std::filesystem::perms::owner_all, failure);
  std::filesystem::directory_iterator entries(directory_, failure);
  if (failure) {
    return base::fail(ErrorCode::kInternal, directory_.string() + ": " + failure.message());
  }
  for (const auto& entry : entries) {
    if (entry.path().extension() == kIntentSuffix) load_one(entry.path());
  }
  return {};
}

Result<IntentStore::Taken> IntentStore::take(const wire::Intent& intent) {
  if (!is_id(intent.id())) return base::fail(ErrorCode::kInvalid, "not an intent's id", "id");
  if (const auto known = entries_.find(intent.id()); known != entries_.end()) {
    return known->second.outcome ? Taken::kDone : Taken::kPending;
  }
  if (entries_.size() >= limit_) {
    return base::fail(ErrorCode::kExhausted, "this node holds too many intents");
  }
  const auto order = next_order_++;
  auto written = base::write_file(file(intent.id(), kIntentSuffix),
                                  std::to_string(order) + "\n" + intent.SerializeAsString(), 0600);
  if (!written) return base::fail(written);
  entries_[intent.id()] = Entry{order, intent, std::nullopt};
  return Taken::kNew;
}

Result<> IntentStore::complete(const wire::IntentOutcome& outcome) {
  const auto known = entries_.find(outcome.intent_id());
  if (known == entries_.end()) return {};  // acknowledged meanwhile
  known->second.outcome = outcome;
  return base::write_file(file(outcome.intent_id(), kOutcomeSuffix), outcome.SerializeAsString(),
                          0600);
}

void IntentStore::forget(const std::string& id) {
  const auto known = entries_.find(id);
  if (known != entries_.end() && known->second.outcome) erase(id);
}

void IntentStore::drop(const std::string& id) {
  const auto known = entries_.find(id);
  if (known != entries_.end() && !known->second.outcome) erase(id);
}

void IntentStore::erase(const std::string& id) {
  entries_.erase(id);
  // The intent goes first: an outcome alone is no intent, but an intent alone would run again.
  std::error_code ignored;
  std::filesystem::remove(file(id, kIntentSuffix), ignored);
  std::filesystem::remove(file(id, kOutcomeSuffix), ignored);
}

std::optional<wire::IntentOutcome> IntentStore::outcome(const std::string& id) const {
  const auto known = entries_.find(id);
  return known == entries_.end() ? std::nullopt : known->second.outcome;
}

std::vector<wire::IntentOutcome> IntentStore::outcomes() const {
  std::vector<wire::IntentOutcome> all;
  for (const auto& [id, entry] : entries_) {
    if (entry.outcome) all.push_back(*entry.outcome);
  }
  return all;
}

std::vector<wire::Intent> IntentStore::pending() const {
  std::vector<const Entry*> waiting;
  for (const auto& [id, entry] : entries_) {
    if (!entry.outcome) waiting.push_back(&entry);
  }
  std::ranges::sort(waiting, {}, [](const Entry* entry) { return entry->order; });
  std::vector<wire::Intent> all;
  for (const auto* entry : waiting) all.push_back(entry->intent);
  return all;
}

}  // namespace slipway::kube
