// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "protocol/base/descriptor.hpp"
#include "protocol/base/ids.hpp"

namespace slipway::base {
namespace {

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kDenied;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kExhausted;
    case EISDIR:
    case ENAMETOOLONG:
      return ErrorCode::kInvalid;
    default:
      return ErrorCode::kInternal;
  }
}

std::unexpected<Error> failed(std::string_view what, const std::filesystem::path& path) {
  const int number = errno;
  return fail(code_of(number), std::string(what) + " " + path.string() + ": " +
                                   std::generic_category().message(number));
}

Result<> fill(const std::filesystem::path& path, std::string_view content, int mode) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.get() < 0) return failed("cannot create", path);
  // The umask may have taken bits that were asked for.
  if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0) return failed("cannot chmod", path);
  if (auto written = write_all(file.get(), content, path); !written) return written;
  if (::fsync(file.get()) != 0) return failed("cannot sync", path);
  return {};
}

}  // namespace

Result<> write_all(int fd, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("cannot write", path);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) return failed("cannot open", path);
  std::string content;
  std::size_t used = 0;
  for (;;) {
    // Files of /proc tell no size: read until the end, whatever it is.
    content.resize(std::min(limit_bytes + 1, std::max<std::size_t>(used * 2, 16 << 10)));
    const ssize_t n = ::read(file.get(), content.data() + used, content.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("cannot read", path);
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
    if (used > limit_bytes) {
      return fail(ErrorCode::kExhausted,
                  "larger than " + std::to_string(limit_bytes) + " bytes: " + path.string());
    }
  }
  content.resize(used);
  return content;
}

Result<> write_file(const std::filesystem::path& path, std::string_view content, int mode) {
  auto temporary = path;
  temporary += "." + new_id() + ".tmp";
  if (auto filled = fill(temporary, content, mode); !filled) {
    ::unlink(temporary.c_str());
    return filled;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    auto error = failed("cannot rename to", path);
    ::unlink(temporary.c_str());
    return error;
  }
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const Descriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return failed("cannot sync", parent);
  return {};
}

}  // namespace slipway::base
