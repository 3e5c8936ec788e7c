// SPDX-License-Identifier: Apache-2.0
#include "controller/access/audit_heads.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <sstream>

#include "protocol/base/descriptor.hpp"
#include "protocol/base/files.hpp"

namespace slipway::access {

namespace {

using base::ErrorCode;
using base::fail;

/// A line of the file.
struct Line {
  std::string at;
  AuditHead head;
};

base::Result<Line> read_line(const std::string& text, const std::filesystem::path& file) {
  std::istringstream words(text);
  Line line;
  std::string more;
  words >> line.at >> line.head.sequence >> line.head.hash;
  if (!words || words >> more || !base::from_rfc3339(line.at) || line.head.hash.size() != 64) {
    return fail(ErrorCode::kInvalid,
                file.string() + ": a line that is none: " + text.substr(0, 200));
  }
  return line;
}

base::Result<> check_line(const SqliteAudit& audit, const Line& line) {
  const auto there = audit.hash_at(line.head.sequence);
  if (there == line.head.hash) return {};
  return fail(ErrorCode::kConflict,
              "entry " + std::to_string(line.head.sequence) +
                  (there ? " is not the one" : " is missing, which was the newest") + " of " +
                  line.at + ": the log was changed or cut after it was written");
}

base::Result<std::vector<Line>> read_lines(const std::filesystem::path& file) {
  std::vector<Line> lines;
  auto text = base::read_file(file, 2 * kMaxHeadsBytes);
  if (!text && text.error().code == ErrorCode::kNotFound) return lines;
  if (!text) return fail(text);
  std::istringstream all(*text);
  for (std::string one; std::getline(all, one);) {
    auto line = read_line(one, file);
    // A crash may have cut the last line short.
    if (!line && all.peek() == std::istringstream::traits_type::eof() && text->back() != '\n')
      break;
    if (!line) return fail(line);
    lines.push_back(std::move(*line));
  }
  return lines;
}

/// Takes the line away that a crash cut short, so that the next one does not go on from it.
void mend(const std::filesystem::path& file) {
  const auto text = base::read_file(file, 2 * kMaxHeadsBytes);
  if (!text || text->empty() || text->back() == '\n') return;
  const auto end = text->rfind('\n');
  std::error_code ignored;  // then verification names the line
  std::filesystem::resize_file(file, end == std::string::npos ? 0 : end + 1, ignored);
}

base::Error of_system(const std::filesystem::path& file) {
  return {ErrorCode::kUnavailable, file.string() + ": " + std::strerror(errno), {}};
}

}  // namespace

std::filesystem::path older_heads(const std::filesystem::path& file) {
  return file.string() + ".1";
}

AuditHeads::AuditHeads(const SqliteAudit& audit, const base::Clock& clock,
                       std::filesystem::path file)
    : audit_(audit), clock_(clock), file_(std::move(file)) {}

base::Result<> AuditHeads::write() {
  const auto head = audit_.head();
  if (head.sequence == 0 || head.sequence == written_) return {};
  if (written_ == 0) mend(file_);
  base::Descriptor fd(
      ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return std::unexpected(of_system(file_));
  const auto line =
      base::to_rfc3339(clock_.utc()) + " " + std::to_string(head.sequence) + " " + head.hash + "\n";
  if (auto done = base::write_all(fd.get(), line, file_); !done) return done;
  if (::fsync(fd.get()) != 0) return std::unexpected(of_system(file_));
  written_ = head.sequence;
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0) return std::unexpected(of_system(file_));
  if (static_cast<std::size_t>(facts.st_size) < kMaxHeadsBytes) return {};
  if (::rename(file_.c_str(), older_heads(file_).c_str()) != 0) {
    return std::unexpected(of_system(file_));
  }
  return {};
}

base::Result<> AuditHeads::check_last() const {
  for (const auto& file : {file_, older_heads(file_)}) {
    auto lines = read_lines(file);
    if (!lines) return fail(lines);
    if (!lines->empty()) return check_line(audit_, lines->back());
  }
  return {};
}

base::Result<std::size_t> check_heads(const SqliteAudit& audit, const std::filesystem::path& file) {
  std::size_t count = 0;
  for (const auto& one : {older_heads(file), file}) {
    auto lines = read_lines(one);
    if (!lines) return fail(lines);
    for (const auto& line : *lines) {
      if (auto good = check_line(audit, line); !good) return fail(good);
    }
    count += lines->size();
  }
  return count;
}

}  // namespace slipway::access
