// SPDX-License-Identifier: Apache-2.0
#include "controller/releases/release_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "protocol/base/descriptor.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::releases {
namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

Result<> changed(const std::string& how) {
  return fail(ErrorCode::kConflict, "the release's program changed while it was read: " + how,
              "sha256");
}

/// A program that is open, and how it was then.
class Program {
 public:
  /// Blocks.
  Result<> open(const Entry& entry) {
    file_.reset(::open(entry.program.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file_ || ::fstat(file_.get(), &first_) != 0) {
      return fail(ErrorCode::kConflict, std::string{kProgramFile} + ": " + std::strerror(errno),
                  "sha256");
    }
    if (!S_ISREG(first_.st_mode) || size_bytes() != entry.release.size_bytes) {
      return changed("its size is not the statement's");
    }
    return {};
  }

  std::uint64_t size_bytes() const { return static_cast<std::uint64_t>(first_.st_size); }

  /// Blocks. The bytes from `offset` on, kPieceBytes of them or all that are left.
  Result<std::string> read(std::uint64_t offset) const {
    struct stat now{};
    if (::fstat(file_.get(), &now) != 0 || now.st_size != first_.st_size ||
        now.st_mtim.tv_sec != first_.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != first_.st_mtim.tv_nsec) {
      return fail(changed("its size or time is another"));
    }
    std::string piece(std::min<std::uint64_t>(kPieceBytes, size_bytes() - offset), '\0');
    for (std::size_t have = 0; have < piece.size();) {
      const auto got = ::pread(file_.get(), piece.data() + have, piece.size() - have,
                               static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return fail(changed(got == 0 ? "it ends early" : std::strerror(errno)));
      have += static_cast<std::size_t>(got);
    }
    return piece;
  }

 private:
  base::Descriptor file_;
  struct stat first_{};
};

/// Counts itself among `all` while it lives.
class Counted {
 public:
  explicit Counted(std::size_t& all) : all_(all) { ++all_; }
  ~Counted() { --all_; }
  Counted(const Counted&) = delete;

 private:
  std::size_t& all_;
};

}  // namespace

bool ReleaseFiles::takes(const wire::StreamOpen& what) const {
  return what.kind_case() == wire::StreamOpen::kRelease;
}

Task<> ReleaseFiles::serve(base::MachineId from, wire::StreamOpen what, link::StreamPtr stream) {
  const std::string sha256 = what.release().sha256();
  if (sha256.empty() || sha256 != wanted_(from)) {
    co_return stream->reset(
        {ErrorCode::kDenied, "this program is not the one that the machine shall run", "sha256"});
  }
  if (fetches_ >= kMaxFetches) {
    co_return stream->reset(
        {ErrorCode::kExhausted, "too many machines fetch a program now: try again later", {}});
  }
  const Counted one{fetches_};
  auto sent = co_await send(sha256, what.release().offset(), *stream);
  if (sent) co_return stream->finish();
  spdlog::warn("{}: its agent's program was not sent whole: {}", from.value, sent.error().message);
  stream->reset(sent.error());
}

Task<Result<>> ReleaseFiles::send(std::string sha256, std::uint64_t offset, link::Stream& stream) {
  Program program;
  auto opened = co_await base::offload(pool_, [&]() -> Result<> {
    auto entry = releases_.find(sha256);
    return entry ? program.open(*entry) : fail(entry);
  });
  if (!opened) co_return opened;
  if (offset > program.size_bytes()) {
    co_return fail(ErrorCode::kInvalid,
                   "the program has " + std::to_string(program.size_bytes()) + " bytes", "offset");
  }
  while (offset < program.size_bytes()) {
    auto piece = co_await base::offload(pool_, [&] { return program.read(offset); });
    if (!piece) co_return fail(piece);
    offset += piece->size();
    auto taken = co_await base::with_timeout(stall_limit_, "the agent takes no more of its program",
                                             stream.write(std::move(*piece)));
    if (!taken) co_return taken;
  }
  co_return Result<>{};
}

}  // namespace slipway::releases
