// SPDX-License-Identifier: Apache-2.0
#include "agent/release/fetch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "protocol/base/descriptor.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/process.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::agent_release {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr mode_t kPartialMode = 0600;
constexpr std::chrono::seconds kVersionLimit{20};
constexpr std::chrono::seconds kPieceLimit{60};

Result<> append(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return fail(ErrorCode::kInternal,
                  "cannot write the release: " + std::generic_category().message(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::filesystem::perms executable() {
  using std::filesystem::perms;
  return perms::owner_all | perms::group_read | perms::group_exec | perms::others_read |
         perms::others_exec;
}

}  // namespace

std::uint64_t bytes_of(const std::filesystem::path& partial) {
  std::error_code error;
  const auto size = std::filesystem::file_size(partial, error);
  return error ? 0 : size;
}

Task<Result<>> fetch(link::StreamPtr stream, boost::asio::thread_pool& pool,
                     std::filesystem::path partial, release::Release release) {
  const base::Descriptor file(
      ::open(partial.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kPartialMode));
  if (!file) {
    co_return fail(ErrorCode::kInternal, "cannot write " + partial.string() + ": " +
                                             std::generic_category().message(errno));
  }
  auto have = bytes_of(partial);
  while (have < release.size_bytes) {
    auto chunk = co_await base::with_timeout(kPieceLimit, "a piece of the release", stream->read());
    if (!chunk) co_return fail(chunk);
    if (!*chunk) co_return fail(ErrorCode::kInvalid, "the release ended early");
    have += (*chunk)->bytes.size();
    if (have > release.size_bytes) {
      co_return fail(ErrorCode::kInvalid, "the release is longer than its statement says");
    }
    auto written =
        co_await base::offload(pool, [&] { return append(file.get(), (*chunk)->bytes); });
    if (!written) co_return written;
  }
  co_return Result<>{};
}

Task<Result<>> accept(boost::asio::thread_pool& pool, std::filesystem::path partial,
                      std::filesystem::path program, release::Release release) {
  auto found = co_await base::offload(pool, [&] { return pki::sha256_of_file(partial); });
  std::error_code error;
  if (!found || *found != release.sha256) {
    std::filesystem::remove(partial, error);
    co_return fail(ErrorCode::kInvalid, "what arrived is not the program of the statement");
  }
  std::filesystem::permissions(partial, executable(), error);
  auto said = co_await base::run_ok({.argv = {partial.string(), "version"},
                                     .input = {},
                                     .environment = {},
                                     .timeout = kVersionLimit,
                                     .on_line = {}});
  if (said && said->starts_with("slipway-agent " + release.version + " (")) {
    std::filesystem::rename(partial, program, error);
    if (!error) co_return Result<>{};
    co_return fail(ErrorCode::kInternal, "cannot keep the release: " + error.message());
  }
  std::filesystem::remove(partial, error);
  co_return fail(ErrorCode::kInvalid, "the program does not say that it is slipway-agent " +
                                          release.version + " on this machine" +
                                          (said ? "" : ": " + said.error().message));
}

}  // namespace slipway::agent_release
