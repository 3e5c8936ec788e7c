// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "controller/releases/agent_releases.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::fakes {

/// A release directory of its own, gone with the object. Its signatures are no signatures: only
/// agents look at them.
class ReleaseDirectory {
 public:
  ReleaseDirectory() { std::filesystem::create_directories(path()); }
  ~ReleaseDirectory() { std::filesystem::remove_all(path()); }
  ReleaseDirectory(const ReleaseDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Returns the program's SHA-256.
  std::string put(const std::string& directory, const std::string& version,
                  std::string_view program) {
    const std::string sha256 = pki::sha256_hex(program);
    std::filesystem::create_directories(path() / directory);
    write(directory, releases::kProgramFile, program);
    write(directory, releases::kStatementFile,
          release::statement_of({version, program.size(), sha256}));
    write(directory, releases::kSignatureFile, std::string(release::kSignatureBytes, 's'));
    return sha256;
  }
  void write(const std::string& directory, const char* file, std::string_view content) {
    (void)base::write_file(path() / directory / file, content);
  }

 private:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("releases-" + base::new_id());
};

}  // namespace slipway::fakes
