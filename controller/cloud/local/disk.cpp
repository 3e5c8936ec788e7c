// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "controller/cloud/local/system.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/process.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;
using base::fail;
using base::Result;
using base::Task;

namespace {
Task<Result<>> run_quiet(std::vector<std::string> argv) {
  base::Command command;
  command.argv = std::move(argv);
  auto done = co_await base::run_ok(std::move(command));
  if (!done) co_return fail(done);
  co_return Result<>{};
}

// One extent; copy_file_range shares it where the file system can.
Result<> copy_extent(int from, int to, off_t at, off_t end, const std::string& name) {
  off_t out = at;
  while (at < end) {
    ssize_t n = copy_file_range(from, &at, to, &out, static_cast<std::size_t>(end - at), 0);
    if (n < 0) return system_failure("copy " + name);
    if (n == 0) return base::fail(base::ErrorCode::kInternal, name + " shrank while copied");
  }
  return {};
}

Result<> make_blank(const fs::path& file, std::uint64_t size) {
  Fd made(open(file.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!made) return system_failure(file.string());
  if (ftruncate(made.get(), static_cast<off_t>(size)) != 0) return system_failure(file.string());
  return {};
}

Result<> grow(const fs::path& file, std::uint64_t size) {
  std::error_code error;
  if (fs::file_size(file, error) >= size && !error) return {};
  fs::resize_file(file, size, error);
  if (error) return fail(base::ErrorCode::kInternal, file.string() + ": " + error.message());
  return {};
}
}  // namespace

Result<> copy_sparse(const fs::path& from, const fs::path& to) {
  Fd source(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source) return system_failure(from.string());
  Fd target(open(to.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!target) return system_failure(to.string());
  off_t size = lseek(source.get(), 0, SEEK_END);
  if (size < 0 || ftruncate(target.get(), size) != 0) return system_failure(to.string());
  off_t at = 0;
  while ((at = lseek(source.get(), at, SEEK_DATA)) >= 0) {
    off_t end = lseek(source.get(), at, SEEK_HOLE);
    if (end < 0) return system_failure(from.string());
    if (auto ok = copy_extent(source.get(), target.get(), at, end, from.string()); !ok) return ok;
    at = end;
  }
  if (errno != ENXIO) return system_failure(from.string());  // ENXIO: no data any more
  return {};
}

Task<Result<>> make_disk(boost::asio::thread_pool& pool, VolumeRecord volume, fs::path file,
                         std::optional<fs::path> store) {
  if (volume.purpose == "containerd" && store) {
    auto copied =
        co_await base::offload(pool, [from = *store, file] { return copy_sparse(from, file); });
    if (!copied) co_return copied;
    std::vector<std::string> argv{"xfs_admin", "-U", "generate",
                                  file};  // two cannot be mounted with one UUID
    if (auto ok = co_await run_quiet(std::move(argv)); !ok) co_return ok;
    co_return grow(file, volume.size_bytes);
  }
  auto made = make_blank(file, volume.size_bytes);
  if (!made || volume.purpose != "system") co_return made;
  std::vector<std::string> argv{"mkfs.xfs", "-q", "-f", "-K", "-L", "system", file};
  co_return co_await run_quiet(std::move(argv));
}

}  // namespace slipway::cloud::local
