// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/recordings/recording.hpp"

namespace slipway::recordings {

/// What recordings may take.
struct Limits {
  std::uint64_t session_bytes = 64 << 20;  ///< then the session ends
  std::size_t sessions = 4096;             ///< then none begins
  std::uint64_t total_bytes = 8ULL << 30;  ///< then none begins
};

/// A recorded session.
struct Entry {
  std::string id;
  Subject subject;
  std::string started_at;  ///< RFC 3339
  base::UtcTime changed;   ///< when the last of it was shown
  std::uint64_t bytes = 0;
  bool running = false;
  std::filesystem::path file;
};

/// The recorded sessions in a directory. Used on one thread.
class Recordings {
 public:
  /// `keep`: how long after its last output a session is dropped.
  Recordings(std::filesystem::path directory, std::chrono::seconds keep, const base::Clock& clock,
             Limits limits = {});

  /// kExhausted at the limits; kUnavailable where nothing can be written. The recording may outlive
  /// this object.
  base::Result<std::unique_ptr<Recording>> begin(const Subject& subject, TerminalExtent extent);
  std::vector<Entry> list() const;  ///< newest first
  base::Result<Entry> find(const std::string& id) const;
  /// Drops what was kept long enough; call it now and then.
  void expire();

 private:
  std::vector<std::filesystem::path> files() const;

  std::filesystem::path directory_;
  std::chrono::seconds keep_;
  const base::Clock& clock_;
  Limits limits_;
  std::shared_ptr<std::set<std::string>> running_ = std::make_shared<std::set<std::string>>();
};

}  // namespace slipway::recordings
