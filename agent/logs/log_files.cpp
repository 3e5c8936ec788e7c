// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/log_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace slipway::logs {
namespace {

using base::ErrorCode;
using base::Result;

constexpr unsigned kGzBufferBytes = 256 << 10;
constexpr std::size_t kMaxEntries = 10'000;  // of a directory; more is not kubelet's doing
constexpr std::string_view kCompressed = ".gz";

/// Opens beneath `dir`; no link of any kind is followed, whoever made it.
Result<base::Descriptor> open_beneath(int dir, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const auto fd = ::syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how);
  if (fd >= 0) return base::Descriptor(static_cast<int>(fd));
  if (errno == ENOENT) return base::fail(ErrorCode::kNotFound, "no log at " + path);
  if (errno == ELOOP || errno == EXDEV || errno == EACCES || errno == ENOTDIR) {
    return base::fail(ErrorCode::kDenied, path + " leads out of the log directory");
  }
  return base::fail(ErrorCode::kInternal, "open " + path + ": " + std::strerror(errno));
}

std::vector<std::string> entries(int dir) {
  std::vector<std::string> names;
  const int again = ::openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = again < 0 ? nullptr : ::fdopendir(again);
  if (stream == nullptr) {
    if (again >= 0) ::close(again);
    return names;
  }
  while (const auto* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && names.size() < kMaxEntries) names.emplace_back(name);
  }
  ::closedir(stream);
  std::ranges::sort(names);
  return names;
}

/// The run of `<run>.log…`; nothing for other names.
std::optional<unsigned> run_of(std::string_view name) {
  unsigned run = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), run);
  if (error != std::errc{}) return std::nullopt;
  const auto rest = name.substr(static_cast<std::size_t>(end - name.data()));
  if (!rest.starts_with(".log")) return std::nullopt;
  return run;
}

/// Pods' directories are `<namespace>_<pod>_<uid>`.
std::string prefix_of(const containers::ContainerName& name) {
  return name.pod_namespace + "_" + name.pod + "_";
}

/// The uid that is meant, if its directory is there; where none is, of several the one that
/// changed last.
Result<std::string> pod_uid_of(int root, const containers::ContainerName& name,
                               const std::string& meant) {
  const auto prefix = prefix_of(name);
  std::string newest;
  timespec newest_time{};
  for (const auto& entry : entries(root)) {
    if (!entry.starts_with(prefix) || entry.find('_', prefix.size()) != std::string::npos) continue;
    if (!meant.empty() && entry.substr(prefix.size()) != meant) continue;
    struct stat status {};
    if (::fstatat(root, entry.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    const auto& time = status.st_mtim;
    if (newest.empty() || time.tv_sec > newest_time.tv_sec ||
        (time.tv_sec == newest_time.tv_sec && time.tv_nsec > newest_time.tv_nsec)) {
      newest = entry.substr(prefix.size());
      newest_time = time;
    }
  }
  if (!newest.empty()) return newest;
  return base::fail(ErrorCode::kNotFound,
                    "no logs of pod " + name.pod_namespace + "/" + name.pod + " on this node" +
                        (meant.empty() ? "" : ": the one that was read is gone"));
}

Result<std::string> only_container(int pod, const std::string& path) {
  auto dir = open_beneath(pod, path, O_DIRECTORY);
  if (!dir) return base::fail(dir);
  const auto names = entries(dir->get());
  if (names.size() == 1) return names.front();
  std::string list;
  for (const auto& one : names) list += (list.empty() ? "" : ", ") + one;
  return base::fail(ErrorCode::kInvalid, "name one of the pod's containers: " + list, "container");
}

}  // namespace

LogFile::LogFile(base::Descriptor fd, bool compressed) : fd_(std::move(fd)) {
  struct stat status {};
  if (::fstat(fd_.get(), &status) == 0) inode_ = status.st_ino;
  if (!compressed) return;
  const int own = ::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0);
  gz_.reset(own < 0 ? nullptr : gzdopen(own, "rb"));
  if (gz_) gzbuffer(gz_.get(), kGzBufferBytes);
}

Result<std::size_t> LogFile::read(char* into, std::size_t size) {
  ssize_t count = 0;
  if (gz_) {
    count = gzread(gz_.get(), into, static_cast<unsigned>(size));
  } else {
    do {
      count = ::read(fd_.get(), into, size);
    } while (count < 0 && errno == EINTR);
  }
  if (count < 0) return base::fail(ErrorCode::kInternal, "a log file cannot be read");
  position_ += count;
  return static_cast<std::size_t>(count);
}

void LogFile::seek(off_t offset) {
  position_ = ::lseek(fd_.get(), offset, SEEK_SET);
}

void LogFile::rewind() {
  if (!gz_) return seek(0);
  gzrewind(gz_.get());
  position_ = 0;
}

off_t LogFile::size() const {
  struct stat status {};
  return ::fstat(fd_.get(), &status) == 0 ? status.st_size : 0;
}

Result<LogDirectory> LogDirectory::open(const std::filesystem::path& pods_dir,
                                        const containers::ContainerName& name,
                                        const std::string& pod_uid) {
  if (auto valid = containers::check(name); !valid) return base::fail(valid);
  const base::Descriptor root(::open(pods_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return base::fail(ErrorCode::kNotFound, "this node has no pod logs");
  auto uid = pod_uid_of(root.get(), name, pod_uid);
  if (!uid) return base::fail(uid);
  const auto path = prefix_of(name) + *uid;
  auto container = name.container;
  if (container.empty()) {
    auto only = only_container(root.get(), path);
    if (!only) return base::fail(only);
    container = std::move(*only);
  }
  auto opened = open_beneath(root.get(), path + "/" + container, O_DIRECTORY);
  if (!opened) return base::fail(opened);
  return LogDirectory(std::move(*opened), std::move(*uid));
}

std::vector<unsigned> LogDirectory::runs() const {
  std::vector<unsigned> found;
  for (const auto& name : entries(fd_.get())) {
    const auto run = run_of(name);
    if (run && name.ends_with(".log")) found.push_back(*run);
  }
  std::ranges::sort(found);
  return found;
}

std::vector<std::string> LogDirectory::files(unsigned run) const {
  const std::string present = std::to_string(run) + ".log";
  std::vector<std::string> found;
  bool is_there = false;
  for (const auto& name : entries(fd_.get())) {
    if (name == present) is_there = true;
    // kubelet compresses into a .tmp first.
    if (name.starts_with(present + ".") && !name.ends_with(".tmp")) found.push_back(name);
  }
  // While kubelet compresses, a file is there twice, one name right after the other.
  const auto twice = std::ranges::unique(found, [](const std::string& one, const auto& next) {
    return next.size() == one.size() + kCompressed.size() && next.starts_with(one) &&
           next.ends_with(kCompressed);
  });
  found.erase(twice.begin(), twice.end());
  if (is_there) found.push_back(present);
  return found;
}

Result<LogFile> LogDirectory::open_file(const std::string& name) const {
  auto fd = open_beneath(fd_.get(), name, 0);
  if (!fd) return base::fail(fd);
  struct stat status {};
  if (::fstat(fd->get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return base::fail(ErrorCode::kDenied, name + " is not a file");
  }
  return LogFile(std::move(*fd), name.ends_with(kCompressed));
}

}  // namespace slipway::logs
