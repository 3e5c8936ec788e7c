// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/clock.hpp"
#include "protocol/base/process.hpp"
#include "protocol/net/tls.hpp"

namespace slipway::bootstrap {

/// One exchange with a server near by: etcd's health, the API server, etcd's discovery.
struct Call {
  std::string host;
  unsigned short port = 0;
  std::optional<net::TlsClient> tls = net::TlsClient{};  ///< none: HTTP in the clear
  std::string method = "GET";
  std::string path = "/";
  std::string bearer;  ///< token for Authorization, empty for none
  std::string content_type;
  std::string body;
};

struct Answer {
  int status = 0;
  std::string body;  ///< at most kAnswerLimitBytes
};

inline constexpr std::size_t kAnswerLimitBytes = 4 << 20;

/// Of a file system.
struct Space {
  std::uint64_t free_bytes = 0;  ///< that root may still write
  std::uint64_t total_bytes = 0;
};

/// The machine that the steps work on. What a step does to the world goes through here, so that
/// tests can hold a recording fake against it.
class Host {
 public:
  virtual ~Host() = default;

  /// As base::run: a non-zero exit is no error here.
  virtual base::Task<base::Result<base::Exit>> run(base::Command command) = 0;
  /// kUnavailable or kTimeout when there is no answer; any status is a success.
  virtual base::Task<base::Result<Answer>> call(Call call) = 0;
  virtual base::Task<> sleep(base::Duration duration) = 0;

  virtual base::Result<std::string> read(const std::filesystem::path& path) = 0;
  /// The first `bytes` of a device or file (fewer where it is shorter).
  virtual base::Result<std::string> read_head(const std::filesystem::path& path,
                                              std::size_t bytes) = 0;
  virtual bool exists(const std::filesystem::path& path) = 0;
  /// Of the file system that `path` lies on.
  virtual base::Result<Space> space(const std::filesystem::path& path) = 0;
  /// Names in a directory, sorted; empty when it is not there.
  virtual std::vector<std::string> list(const std::filesystem::path& directory) = 0;
  /// Whole or not at all, parents made; `owner` is a user (and its group), empty for root.
  virtual base::Result<> write(const std::filesystem::path& path, std::string content, int mode,
                               std::string owner = {}) = 0;
  /// A write into a file of the kernel (/proc/sys): in place.
  virtual base::Result<> set(const std::filesystem::path& path, std::string_view value) = 0;
  virtual base::Result<> make_directory(const std::filesystem::path& path, int mode,
                                        std::string owner = {}) = 0;
  /// Removes a file or a tree; not there is a success.
  virtual base::Result<> remove(const std::filesystem::path& path) = 0;
  /// kDenied where this machine may not.
  virtual base::Result<> set_clock(base::UtcTime time) = 0;

  virtual const base::Clock& clock() const = 0;
};

}  // namespace slipway::bootstrap
