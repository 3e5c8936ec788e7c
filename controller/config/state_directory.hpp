// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "protocol/base/result.hpp"

namespace slipway::config {

/// A controller's directory, where all lies that outlives it. One process at a time holds it.
class StateDirectory {
 public:
  /// Makes it (0700) where it is missing, locks it, reads or makes the installation id.
  /// kDenied: not writable; kConflict: another controller holds it; kExhausted: the disk is full.
  static base::Result<StateDirectory> open(const std::filesystem::path& path);
  /// Without the lock, for tools beside a running controller. kNotFound: no installation there.
  static base::Result<StateDirectory> look(const std::filesystem::path& path);
  ~StateDirectory();
  StateDirectory(StateDirectory&& other) noexcept;
  StateDirectory& operator=(StateDirectory&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  const std::string& installation() const { return installation_; }  ///< 6 hex characters
  std::filesystem::path database() const { return path_ / "slipway.db"; }
  std::filesystem::path master_key() const { return path_ / "master.key"; }
  std::filesystem::path agent_releases() const { return path_ / "agent-releases"; }
  std::filesystem::path recordings() const { return path_ / "shell-recordings"; }
  std::filesystem::path cloud() const { return path_ / "cloud"; }
  std::filesystem::path ca() const { return path_ / "ca.crt"; }
  std::filesystem::path audit_heads() const { return path_ / "audit-heads"; }
  std::filesystem::path first_password() const { return path_ / "first-password"; }

 private:
  StateDirectory(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  std::string installation_;
  int lock_ = -1;  ///< held open; the kernel drops the lock with the process
};

}  // namespace slipway::config
