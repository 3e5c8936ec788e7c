// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/release/release.hpp"

namespace slipway::releases {

inline constexpr std::size_t kMaxReleases = 64;  ///< directories that are looked into, by name
inline constexpr char kProgramFile[] = "slipway-agent";
inline constexpr char kStatementFile[] = "release.txt";
inline constexpr char kSignatureFile[] = "release.sig";

/// A directory of the release directory.
struct Entry {
  std::string directory;     ///< its name there
  release::Release release;  ///< as its statement says; empty where that cannot be read
  std::string statement;     ///< the bytes that were signed
  std::string signature;
  std::filesystem::path program;
  std::string problem;  ///< why it cannot be handed out; empty: it can
};

/// The releases in a directory, read anew at each call: people put them there while the controller
/// runs. May be asked from any thread.
class AgentReleases {
 public:
  explicit AgentReleases(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Newest version first; broken ones too. None where the directory is missing.
  std::vector<Entry> list() const;
  /// The good one of this version or SHA-256. kNotFound, field "release": with what there is;
  /// kConflict, field "release": it is broken, and how.
  base::Result<Entry> find(std::string_view version_or_sha256) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace slipway::releases
