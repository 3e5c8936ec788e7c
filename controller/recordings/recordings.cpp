// SPDX-License-Identifier: Apache-2.0
#include "controller/recordings/recordings.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <optional>

#include "protocol/base/ids.hpp"
#include "protocol/base/log.hpp"

namespace slipway::recordings {

namespace fs = std::filesystem;
namespace json = boost::json;
using base::ErrorCode;
using base::Result;

namespace {

constexpr char kSuffix[] = ".cast";
constexpr std::size_t kMaxHeaderBytes = 16 << 10;

base::UtcTime changed_at(const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  if (error) return {};
  return std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::file_clock::to_sys(time));
}

std::string text_at(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

/// None: not a file of ours.
std::optional<Entry> read_entry(const fs::path& file) {
  std::string line(kMaxHeaderBytes, '\0');
  std::ifstream in(file);
  if (!in.getline(line.data(), static_cast<std::streamsize>(line.size()))) return std::nullopt;
  line.resize(static_cast<std::size_t>(in.gcount()) - 1);
  boost::system::error_code error;
  const auto header = json::parse(line, error);
  const auto* object = error ? nullptr : header.if_object();
  const auto* ours = object ? object->if_contains("slipway") : nullptr;
  if (!ours || !ours->is_object()) return std::nullopt;
  const auto& told = ours->get_object();
  std::error_code gone;
  Entry entry{.id = file.stem().string(),
              .subject = {.user = text_at(told, "user"),
                          .from = text_at(told, "from"),
                          .cluster = text_at(told, "cluster"),
                          .node = text_at(told, "node"),
                          .reason = text_at(told, "reason")},
              .started_at = text_at(told, "startedAt"),
              .changed = changed_at(file),
              .bytes = fs::file_size(file, gone),
              .file = file};
  if (gone) return std::nullopt;
  return entry;
}

}  // namespace

Recordings::Recordings(fs::path directory, std::chrono::seconds keep, const base::Clock& clock,
                       Limits limits)
    : directory_(std::move(directory)), keep_(keep), clock_(clock), limits_(limits) {}

std::vector<fs::path> Recordings::files() const {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(directory_, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == kSuffix) found.push_back(at->path());
  }
  return found;
}

Result<std::unique_ptr<Recording>> Recordings::begin(const Subject& subject,
                                                     TerminalExtent extent) {
  std::error_code error;
  fs::create_directories(directory_, error);
  fs::permissions(directory_, fs::perms::owner_all, error);
  const auto present = files();
  std::uint64_t bytes = 0;
  for (const auto& file : present) {
    const auto size = fs::file_size(file, error);
    if (!error) bytes += size;
  }
  if (present.size() >= limits_.sessions || bytes >= limits_.total_bytes) {
    return base::fail(ErrorCode::kExhausted,
                      "recorded sessions have taken all the space that they may in " +
                          directory_.string() + "; move old ones away");
  }
  const auto id = base::new_id();
  auto made =
      Recording::begin(directory_ / (id + kSuffix), id, subject, extent, clock_,
                       limits_.session_bytes, [running = running_, id] { running->erase(id); });
  if (made) running_->insert(id);
  return made;
}

std::vector<Entry> Recordings::list() const {
  std::vector<Entry> all;
  for (const auto& file : files()) {
    auto entry = read_entry(file);
    if (!entry) continue;
    entry->running = running_->contains(entry->id);
    all.push_back(std::move(*entry));
  }
  std::ranges::sort(all, [](const Entry& a, const Entry& b) {
    return std::tie(a.started_at, a.id) > std::tie(b.started_at, b.id);
  });
  return all;
}

Result<Entry> Recordings::find(const std::string& id) const {
  for (const auto& file : files()) {
    if (file.stem() != id) continue;
    if (auto entry = read_entry(file)) {
      entry->running = running_->contains(id);
      return std::move(*entry);
    }
  }
  return base::fail(ErrorCode::kNotFound, "there is no recorded session " + id.substr(0, 64),
                    "recording");
}

void Recordings::expire() {
  for (const auto& file : files()) {
    const auto id = file.stem().string();
    if (running_->contains(id) || changed_at(file) + keep_ > clock_.utc()) continue;
    std::error_code error;
    fs::remove(file, error);
    if (error) {
      spdlog::error("cannot drop recorded session {}: {}", id, error.message());
    } else {
      spdlog::info("recorded session {} is dropped: its retention is over", id);
    }
  }
}

}  // namespace slipway::recordings
