// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/log_reader.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "agent/logs/tail.hpp"

namespace slipway::logs {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::size_t kBlockBytes = 256 << 10;  // of one read
constexpr std::size_t kMaxLineBytes =
    128 << 10;  // an unfinished line may take of it; CRI writes 16 KiB
constexpr std::size_t kPieceBytes = 256 << 10;  // a piece is handed on when it has as much
constexpr std::size_t kFirstLineBytes = 64;     // enough for a record's time

/// The time of a file's first record; leaves the file at its start.
std::optional<std::int64_t> first_time_of(LogFile file) {
  char head[kFirstLineBytes];
  auto count = file.read(head, sizeof head);
  if (!count || *count == 0) return std::nullopt;
  const std::string_view text(head, *count);
  return parse_time_ns(text.substr(0, text.find(' ')));
}

/// Reads that far; false where the file ends before.
bool pass_over(LogFile& file, off_t bytes) {
  std::vector<char> block(kBlockBytes);
  while (file.position() < bytes) {
    const auto left = static_cast<std::size_t>(bytes - file.position());
    const auto count = file.read(block.data(), std::min(block.size(), left));
    if (!count || *count == 0) return false;
  }
  return true;
}

}  // namespace

LogReader::LogReader(LogDirectory directory, LogQuery query, unsigned run)
    : directory_(std::move(directory)),
      query_(query),
      run_(run),
      text_({query.since_ns, query.timestamps}) {}

Result<std::unique_ptr<LogReader>> LogReader::open(LogDirectory directory, LogQuery query) {
  const auto runs = directory.runs();
  if (runs.empty()) return base::fail(ErrorCode::kNotFound, "the container has no log yet");
  if (query.previous && runs.size() < 2) {
    return base::fail(ErrorCode::kNotFound, "the log of the run before is not there");
  }
  const unsigned run = query.previous ? runs[runs.size() - 2] : runs.back();
  std::unique_ptr<LogReader> reader(new LogReader(std::move(directory), query, run));
  if (auto started = reader->start(); !started) return base::fail(started);
  return reader;
}

void LogReader::use(LogFile file) {
  file_.emplace(std::move(file));
  carry_ = 0;
  begun_at_ns_ = 0;
  line_too_long_ = false;
  text_.reset_first_time();
}

Result<> LogReader::start() {
  if (query_.from) return start_at(*query_.from);
  const auto files = directory_.files(run_);
  if (files.empty()) return base::fail(ErrorCode::kNotFound, "the container has no log yet");
  if (query_.tail_lines >= 0) return start_at_tail(files);
  if (query_.since_ns > 0) return start_since(files);
  auto first = directory_.open_file(files.front());
  if (!first) return base::fail(first);
  use(std::move(*first));
  return {};
}

Result<> LogReader::start_at_tail(const std::vector<std::string>& files) {
  auto wanted = static_cast<std::uint64_t>(query_.tail_lines);
  for (auto name = files.rbegin(); name != files.rend(); ++name) {
    auto file = directory_.open_file(*name);
    if (!file) break;  // rotated away meanwhile: there is nothing older
    auto tail = find_tail(*file, wanted);
    if (!tail) return base::fail(tail);
    if (file->compressed()) file = directory_.open_file(*name);
    if (!file) break;
    if (!file->compressed()) file->seek(tail->offset);
    use(std::move(*file));
    skip_lines_ = tail->skip_lines;
    wanted -= tail->lines;
    if (wanted == 0) break;
  }
  if (!file_) return base::fail(ErrorCode::kNotFound, "the container has no log yet");
  return {};
}

Result<> LogReader::start_since(const std::vector<std::string>& files) {
  std::size_t from = files.size() - 1;
  for (; from > 0; --from) {
    auto file = directory_.open_file(files[from]);
    if (!file) continue;
    const auto time = first_time_of(std::move(*file));
    if (time && *time <= query_.since_ns) break;
  }
  auto file = directory_.open_file(files[from]);
  if (!file) return base::fail(file);
  use(std::move(*file));
  return {};
}

/// The file may have been renamed or compressed since: as in advance_in_run().
Result<> LogReader::start_at(const LogPlace& place) {
  run_ = place.run;
  for (const auto& name : directory_.files(run_)) {
    auto file = directory_.open_file(name);
    if (!file) continue;
    if (!file->compressed()) {
      if (file->inode() != place.inode || file->size() < place.offset) continue;
      file->seek(place.offset);
      use(std::move(*file));
      return {};
    }
    if (first_time_of(std::move(*file)) != place.first_time_ns) continue;
    auto again = directory_.open_file(name);
    if (!again || !pass_over(*again, place.offset)) continue;
    use(std::move(*again));
    begun_at_ns_ = place.first_time_ns;
    return {};
  }
  return start_after_loss(place);
}

/// The oldest that is there and younger than what was read last.
Result<> LogReader::start_after_loss(const LogPlace& place) {
  lost_ = "what was written here is rotated away";
  for (const unsigned run : directory_.runs()) {
    if (run < place.run) continue;
    for (const auto& name : directory_.files(run)) {
      auto file = directory_.open_file(name);
      const auto time = file ? first_time_of(std::move(*file)) : std::nullopt;
      if (run == place.run && (!time || *time <= place.first_time_ns)) continue;
      auto again = directory_.open_file(name);
      if (!again) continue;
      run_ = run;
      use(std::move(*again));
      return {};
    }
  }
  return base::fail(ErrorCode::kNotFound, "the log that was read is gone");
}

std::optional<LogPlace> LogReader::place() const {
  if (skip_lines_ > 0 || line_too_long_ || !text_.between_lines()) return std::nullopt;
  LogPlace place{.run = run_, .offset = file_->position() - static_cast<off_t>(carry_)};
  if (file_->compressed()) {
    place.first_time_ns = begun_at_ns_ > 0 ? begun_at_ns_ : text_.first_time_ns();
    if (place.first_time_ns == 0) return std::nullopt;  // nothing read yet to know the file by
    return place;
  }
  place.inode = file_->inode();
  char head[kFirstLineBytes];
  const auto count = ::pread(file_->fd(), head, sizeof head, 0);
  if (count <= 0) return place;
  const std::string_view text(head, static_cast<std::size_t>(count));
  place.first_time_ns = parse_time_ns(text.substr(0, text.find(' '))).value_or(0);
  return place;
}

Result<LogPiece> LogReader::next() {
  LogPiece piece;
  if (!lost_.empty()) {
    piece.gap = std::exchange(lost_, {});
    return piece;
  }
  if (!block_) block_ = std::make_unique_for_overwrite<char[]>(kBlockBytes);
  while (piece.text.size() < kPieceBytes && piece.gap.empty()) {
    auto count = read_block(piece);
    if (!count) return base::fail(count);
    if (*count > 0) continue;
    auto advanced = advance();
    if (!advanced) return base::fail(advanced);
    if (*advanced) continue;
    piece.at_end = true;
    piece.gone = directory_.files(run_).empty() && directory_.runs().empty();
    if (!query_.follow || query_.previous) text_.flush(piece.text);
    break;
  }
  if (piece.at_end && carry_ == 0) block_.reset();
  note_malformed(piece);
  return piece;
}

void LogReader::note_malformed(LogPiece& piece) {
  const auto count = text_.take_malformed();
  if (count == 0 || !piece.gap.empty()) return;
  piece.gap = std::to_string(count) + (count == 1 ? " line was" : " lines were") +
              " no record of the CRI and left out";
}

/// Reads once and turns whole lines into text; 0: nothing there.
Result<std::size_t> LogReader::read_block(LogPiece& piece) {
  auto count = file_->read(block_.get() + carry_, kBlockBytes - carry_);
  if (!count || *count == 0) return count;
  const std::size_t filled = carry_ + *count;
  const auto* last = static_cast<const char*>(::memrchr(block_.get(), '\n', filled));
  if (last == nullptr) {
    carry_ = filled;
    if (carry_ >= kMaxLineBytes) {
      line_too_long_ = true;
      carry_ = 0;
    }
    return count;
  }
  const auto whole = static_cast<std::size_t>(last - block_.get()) + 1;
  std::string_view lines(block_.get(), whole);
  if (line_too_long_) {
    lines.remove_prefix(lines.find('\n') + 1);
    line_too_long_ = false;
    piece.gap = "a line without end was left out";
  }
  if (skip_lines_ > 0) skip(lines);
  text_.add(lines, piece.text);
  carry_ = filled - whole;
  std::memmove(block_.get(), block_.get() + whole, carry_);
  return count;
}

void LogReader::skip(std::string_view& lines) {
  while (skip_lines_ > 0 && !lines.empty()) {
    const auto end = lines.find('\n');
    if (ends_line(lines.substr(0, end))) --skip_lines_;
    lines.remove_prefix(end + 1);
  }
}

/// Takes the next file of the run, or the first of the next run; false: there is none yet.
Result<bool> LogReader::advance() {
  if (file_->size() < file_->position() && !file_->compressed()) {
    file_->seek(0);  // cut in place by somebody
    carry_ = 0;
    return true;
  }
  auto advanced = advance_in_run();
  if (!advanced || *advanced) return advanced;
  if (query_.previous || !query_.follow) return false;
  const auto runs = directory_.runs();
  const auto later = std::ranges::upper_bound(runs, run_);
  if (later == runs.end()) return false;
  const auto files = directory_.files(*later);
  if (files.empty()) return false;
  auto file = directory_.open_file(files.front());
  if (!file) return false;
  run_ = *later;
  use(std::move(*file));
  return true;
}

/// The file after the one in hand, which kubelet may have renamed, compressed or deleted meanwhile:
/// known again by its inode or, once compressed, by the time of its first record.
Result<bool> LogReader::advance_in_run() {
  const auto files = directory_.files(run_);
  std::optional<LogFile> next;
  for (const auto& name : files) {
    auto file = directory_.open_file(name);
    if (!file) continue;
    if (file->inode() == file_->inode()) {
      next.reset();  // all before it is older
      continue;
    }
    if (next) continue;
    const bool is_present = name == files.back();
    if (!is_present && text_.first_time_ns() > 0) {
      auto again = directory_.open_file(name);
      const auto time = again ? first_time_of(std::move(*again)) : std::nullopt;
      if (!time || *time <= text_.first_time_ns()) continue;
    }
    next.emplace(std::move(*file));
  }
  if (!next) return false;
  // Its successor is there: from now on nobody writes to the file in hand. What came last, first.
  if (file_->compressed() || file_->size() <= file_->position()) use(std::move(*next));
  return true;
}

}  // namespace slipway::logs
