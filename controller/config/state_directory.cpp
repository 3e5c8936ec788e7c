// SPDX-License-Identifier: Apache-2.0
#include "controller/config/state_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "protocol/base/files.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::config {

namespace {

using base::ErrorCode;
namespace fs = std::filesystem;

constexpr std::size_t kInstallationDigits = 6;
constexpr std::chrono::milliseconds kLockLook{50};
constexpr std::chrono::seconds kLockPatience{5};  ///< a killed controller may take that long to die

/// Start-up only: blocks. A predecessor killed while a thread of it waits for the disk, or while it
/// was starting a child, holds the lock for a moment longer.
bool lock_with_patience(int lock) {
  for (std::chrono::milliseconds waited{0}; ::flock(lock, LOCK_EX | LOCK_NB) != 0;
       waited += kLockLook) {
    if (waited >= kLockPatience) return false;
    std::this_thread::sleep_for(kLockLook);
  }
  return true;
}

bool is_installation(const std::string& text) {
  return text.size() == kInstallationDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

base::Result<std::string> read_installation(const fs::path& file) {
  auto text = base::read_file(file, 64);
  if (!text) return base::fail(text);
  while (text->ends_with('\n')) text->pop_back();
  if (!is_installation(*text)) {
    return base::fail(ErrorCode::kInvalid,
                      file.string() + " does not hold an installation id (6 hex characters)");
  }
  return *text;
}

base::Result<std::string> ensure_installation(const fs::path& file) {
  auto known = read_installation(file);
  if (known || known.error().code != ErrorCode::kNotFound) return known;
  auto made = pki::random_hex(kInstallationDigits / 2);
  if (auto written = base::write_file(file, made + "\n"); !written) return base::fail(written);
  return made;
}

}  // namespace

base::Result<StateDirectory> StateDirectory::open(const fs::path& path) {
  std::error_code error;
  const auto absolute = fs::absolute(path, error);
  if (fs::create_directories(absolute, error)) {
    fs::permissions(absolute, fs::perms::owner_all, error);
  }
  const auto file = absolute / "lock";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    return base::fail(
        errno == ENOSPC ? ErrorCode::kExhausted : ErrorCode::kDenied,
        "the state directory " + absolute.string() + " cannot be written: " + std::strerror(errno));
  }
  StateDirectory state(absolute, lock);
  if (!lock_with_patience(lock)) {
    return base::fail(ErrorCode::kConflict, "another controller runs on " + absolute.string());
  }
  auto installation = ensure_installation(absolute / "installation");
  if (!installation) return base::fail(installation);
  state.installation_ = *installation;
  return state;
}

base::Result<StateDirectory> StateDirectory::look(const fs::path& path) {
  std::error_code error;
  StateDirectory state(fs::absolute(path, error), -1);
  auto installation = read_installation(state.path_ / "installation");
  if (!installation) {
    return base::fail(installation.error().code, "no controller's state in " + path.string() +
                                                     ": " + installation.error().message);
  }
  state.installation_ = *installation;
  return state;
}

StateDirectory::~StateDirectory() {
  if (lock_ >= 0) ::close(lock_);
}

StateDirectory::StateDirectory(StateDirectory&& other) noexcept
    : path_(std::move(other.path_)),
      installation_(std::move(other.installation_)),
      lock_(std::exchange(other.lock_, -1)) {}

}  // namespace slipway::config
