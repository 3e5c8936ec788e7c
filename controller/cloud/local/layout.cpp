// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/layout.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>

#include "protocol/base/with_timeout.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;

namespace {
constexpr std::size_t kIdLimit = 40;
constexpr std::chrono::milliseconds kLockLook{100};
constexpr std::chrono::seconds kLockPatience{5};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}
}  // namespace

base::Result<> Layout::check() const {
  if (installation_.empty() || installation_.size() > 16 ||
      !std::ranges::all_of(installation_, is_name_character)) {
    return fail(ErrorCode::kInvalid, "installation id is not of a-z, 0-9, -: " + installation_);
  }
  std::string path = directory_.string();
  if (!directory_.is_absolute() || path.find_first_of(":,\\\n \t") != std::string::npos) {
    return fail(ErrorCode::kInvalid,
                "the state directory must be an absolute path without colon, comma, backslash "
                "and space (it becomes a mount option): " +
                    path);
  }
  return {};
}

base::Result<> Layout::check_id(std::string_view id) {
  if (id.empty() || id.size() > kIdLimit || id.front() == '-' ||
      !std::ranges::all_of(id, is_name_character)) {
    return fail(ErrorCode::kInvalid, "not a resource id: " + std::string(id.substr(0, kIdLimit)),
                "id");
  }
  return {};
}

std::filesystem::path Layout::netns_path(std::string_view name) {
  return std::filesystem::path("/run/netns") / name;
}

base::Task<base::Result<Fd>> lock_directory(Layout layout) {
  Fd directory(open(layout.directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory && errno == ENOENT) {
    co_return fail(ErrorCode::kNotFound, "no directory " + layout.directory().string());
  }
  if (!directory) co_return system_failure(layout.directory().string());
  for (base::Duration waited{}; flock(directory.get(), LOCK_EX | LOCK_NB) != 0;
       waited += kLockLook) {
    if (waited >= kLockPatience) {
      co_return fail(ErrorCode::kConflict, "another controller works on " +
                                               layout.directory().string() + ": stop it first");
    }
    co_await base::sleep_for(kLockLook);
  }
  co_return directory;
}

}  // namespace slipway::cloud::local
