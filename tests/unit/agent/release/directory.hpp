// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "agent/release/slots.hpp"
#include "protocol/base/files.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::agent_release {

/// A state directory of a test, with the programs that it keeps.
class Directory {
 public:
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "slipway-release-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  SlotStore slots() const { return SlotStore(path_ / "agent"); }

  /// Stores a program; its SHA-256.
  std::string keep(const std::string& content) const {
    auto slots = this->slots();
    (void)slots.update([](Slots&) {});
    const auto sha256 = pki::sha256_hex(content);
    (void)base::write_file(slots.program(sha256), content, 0755);
    return sha256;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace slipway::agent_release
