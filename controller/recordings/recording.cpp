// SPDX-License-Identifier: Apache-2.0
#include "controller/recordings/recording.hpp"

#include <fcntl.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>

#include "controller/recordings/whole_characters.hpp"
#include "protocol/base/files.hpp"

namespace slipway::recordings {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;

namespace {

/// The first line; `slipway` is ours, players pass it over.
json::object header(const Subject& subject, TerminalExtent extent, base::UtcTime now) {
  return {{"version", 2},
          {"width", extent.columns},
          {"height", extent.rows},
          {"timestamp", base::to_unix_ms(now) / 1000},
          {"title", subject.user + " on " + subject.node + ": " + subject.reason},
          {"slipway",
           {{"user", subject.user},
            {"from", subject.from},
            {"cluster", subject.cluster},
            {"node", subject.node},
            {"reason", subject.reason},
            {"startedAt", base::to_rfc3339(now)}}}};
}

}  // namespace

Result<std::unique_ptr<Recording>> Recording::begin(std::filesystem::path file, std::string id,
                                                    const Subject& subject, TerminalExtent extent,
                                                    const base::Clock& clock,
                                                    std::uint64_t most_bytes,
                                                    std::function<void()> ended) {
  std::unique_ptr<Recording> made(new Recording(std::move(file), std::move(id), clock, most_bytes));
  made->file_.reset(
      ::open(made->path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!made->file_) {
    return base::fail(
        ErrorCode::kUnavailable,
        "the session cannot be recorded: " + made->path_.string() + ": " + std::strerror(errno));
  }
  auto first = json::serialize(header(subject, extent, clock.utc()));
  if (auto written = made->line(first); !written) {
    std::error_code ignored;
    std::filesystem::remove(made->path_, ignored);
    return base::fail(written);
  }
  made->ended_ = std::move(ended);
  return made;
}

Recording::~Recording() {
  if (!begun_character_.empty()) (void)event("o", "\xEF\xBF\xBD");  // U+FFFD
  if (ended_) ended_();
}

Result<> Recording::output(std::string_view bytes) {
  begun_character_ += bytes;
  const auto text = take_whole_characters(begun_character_);
  return text.empty() ? Result<>{} : event("o", text);
}

Result<> Recording::resize(TerminalExtent extent) {
  return event("r", std::to_string(extent.columns) + "x" + std::to_string(extent.rows));
}

Result<> Recording::event(std::string_view kind, std::string_view data) {
  using Seconds = std::chrono::duration<double>;
  const auto at = std::chrono::duration_cast<Seconds>(clock_.monotonic() - begun_).count();
  return line(json::serialize(json::array{at, kind, data}));
}

Result<> Recording::line(const std::string& text) {
  if (text.size() + 1 > left_) {
    return base::fail(ErrorCode::kExhausted, "the session's recording is full; open another shell");
  }
  left_ -= text.size() + 1;
  auto written = base::write_all(file_.get(), text + "\n", path_);
  if (!written) {
    return base::fail(written.error().code,
                      "the session cannot be recorded: " + written.error().message);
  }
  return written;
}

}  // namespace slipway::recordings
