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

/// The time of the record that a file begins with; of a plain one at any position, a compressed one
/// must stand at its start.
std::optional<std::int64_t> first_time_of(LogFile& file) {
  char head[kFirstLineBytes];
  base::Result<std::size_t> count = 0;
  if (file.compressed()) {
    count = file.read(head, sizeof head);
    file.rewind();
  } else if (const auto read = ::pread(file.fd(), head, sizeof head, 0); read > 0) {
    count = static_cast<std::size_t>(read);
  }
  if (!count || *count == 0) return std::nullopt;
  const std::string_view text(head, *count);
  return parse_time_ns(text.substr(0, text.find(' ')));
}

/// From the file's start to a place in it; false where the file ends before.
bool go_to(LogFile& file, off_t offset) {
  if (!file.compressed()) {
    if (file.size() >= offset) file.seek(offset);
    return file.size() >= offset;
  }
  std::vector<char> block(kBlockBytes);
  while (file.position() < offset) {
    const auto left = static_cast<std::size_t>(offset - file.position());
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
  begun_at_ns_ = first_time_of(*file_).value_or(0);
  line_too_long_ = false;
  text_.reset_first_time();
}

/// Of the file in hand, as far as it was read; 0: nothing is in it yet.
std::int64_t LogReader::first_time_ns() const {
  return begun_at_ns_ > 0 ? begun_at_ns_ : text_.first_time_ns();
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
    file->rewind();
    use(std::move(*file));
    if (!go_to(*file_, tail->offset)) break;
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
    const auto time = first_time_of(*file);
    if (time && *time <= query_.since_ns) break;
  }
  auto file = directory_.open_file(files[from]);
  if (!file) return base::fail(file);
  use(std::move(*file));
  return {};
}

/// The file may have been renamed or compressed since: as in advance_in_run(). Its inode alone does
/// not tell it: a later file gets the number of one that was deleted.
Result<> LogReader::start_at(const LogPlace& place) {
  run_ = place.run;
  for (bool settled = false; !settled;) {
    settled = true;
    for (const auto& name : directory_.files(run_)) {
      auto file = directory_.open_file(name);
      if (!file) settled = settled && file.error().code != ErrorCode::kNotFound;  // compressed now
      if (!file || (!file->compressed() && file->inode() != place.inode)) continue;
      if (place.first_time_ns != 0 && first_time_of(*file) != place.first_time_ns) continue;
      if (place.first_time_ns == 0 && file->compressed()) continue;
      use(std::move(*file));
      if (go_to(*file_, place.offset)) return {};
    }
  }
  return start_after_loss(place);
}

/// The oldest that is there and younger than what was read last.
Result<> LogReader::start_after_loss(const LogPlace& place) {
  lost_ = "what was written here is rotated away";
  for (const unsigned run : directory_.runs()) {
    if (run < place.run || (query_.previous && run != place.run)) continue;
    for (const auto& name : directory_.files(run)) {
      auto file = directory_.open_file(name);
      if (!file) continue;
      const auto time = first_time_of(*file);
      if (run == place.run && (!time || *time <= place.first_time_ns)) continue;
      run_ = run;
      use(std::move(*file));
      return {};
    }
  }
  return base::fail(ErrorCode::kNotFound, "the log that was read is gone");
}

std::optional<LogPlace> LogReader::place() {
  if (line_too_long_ || !text_.between_lines()) return std::nullopt;
  LogPlace place{.pod_uid = directory_.pod_uid(),
                 .run = run_,
                 .first_time_ns = begun_at_ns_,
                 .offset = file_->position() - static_cast<off_t>(carry_)};
  if (file_->compressed()) return begun_at_ns_ > 0 ? std::optional(place) : std::nullopt;
  place.inode = file_->inode();
  place.first_time_ns = first_time_of(*file_).value_or(0);
  if (place.first_time_ns == 0 && file_->position() == 0 && before_) return before_;
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
    // A piece is of the file of its place: as long as the place is there, all of the piece is.
    if (*advanced) break;
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
  text_.add(lines, piece.text);
  carry_ = filled - whole;
  std::memmove(block_.get(), block_.get() + whole, carry_);
  return count;
}

/// Takes the next file of the run, or the first of the next run; false: there is none yet.
Result<bool> LogReader::advance() {
  if (file_->size() < file_->position() && !file_->compressed()) {
    file_->seek(0);  // cut in place by somebody
    carry_ = 0;
    begun_at_ns_ = 0;
    text_.reset_first_time();
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
  before_ = place();
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
    if (!file && file.error().code == ErrorCode::kNotFound) return true;  // compressed now: again
    if (!file) continue;
    if (file->inode() == file_->inode()) {
      next.reset();  // all before it is older
      continue;
    }
    if (next) continue;
    const bool is_present = name == files.back();
    if (!is_present && first_time_ns() > 0) {
      const auto time = first_time_of(*file);
      if (!time || *time <= first_time_ns()) continue;
    }
    next.emplace(std::move(*file));
  }
  if (!next) return false;
  // Its successor is there: from now on nobody writes to the file in hand. What came last, first.
  if (file_->compressed() || file_->size() <= file_->position()) {
    before_ = place();
    use(std::move(*next));
  }
  return true;
}

}  // namespace slipway::logs
