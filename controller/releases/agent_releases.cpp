// SPDX-License-Identifier: Apache-2.0
#include "controller/releases/agent_releases.hpp"

#include <algorithm>
#include <cstring>

#include "protocol/base/files.hpp"

namespace slipway::releases {
namespace {

using base::ErrorCode;
using base::fail;

namespace fs = std::filesystem;

/// Names of the directories, in order, so that the same ones are read where there are too many.
std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code unreadable;
    if (!name.starts_with('.') && at->is_directory(unreadable)) names.push_back(name);
  }
  std::ranges::sort(names, std::greater<>{});
  if (names.size() > kMaxReleases) names.resize(kMaxReleases);
  return names;
}

/// Why the program cannot be the one that the statement speaks of.
std::string unfit(const fs::path& program, std::uint64_t size_bytes) {
  std::error_code error;
  const auto status = fs::symlink_status(program, error);
  if (!fs::exists(status)) return "it has no " + std::string{kProgramFile};
  if (!fs::is_regular_file(status)) return std::string{kProgramFile} + " is no plain file";
  const auto size = fs::file_size(program, error);
  if (error) return std::string{kProgramFile} + ": " + error.message();
  if (size == size_bytes) return {};
  return std::string{kProgramFile} + " has " + std::to_string(size) +
         " bytes, its statement says " + std::to_string(size_bytes);
}

Entry read_entry(const fs::path& directory, const std::string& name) {
  Entry entry{.directory = name,
              .release = {},
              .statement = {},
              .signature = {},
              .program = directory / name / kProgramFile,
              .problem = {}};
  auto statement = base::read_file(directory / name / kStatementFile, release::kMaxStatementBytes);
  if (!statement) {
    entry.problem = statement.error().message;
    return entry;
  }
  auto parsed = release::parse_statement(*statement);
  if (!parsed) {
    entry.problem = std::string{kStatementFile} + ": " + parsed.error().message;
    return entry;
  }
  entry.release = std::move(*parsed);
  entry.statement = std::move(*statement);
  auto signature = base::read_file(directory / name / kSignatureFile, release::kSignatureBytes);
  if (!signature) {
    entry.problem = signature.error().message;
  } else if (signature->size() != release::kSignatureBytes) {
    entry.problem = std::string{kSignatureFile} + " has " + std::to_string(signature->size()) +
                    " bytes; a signature has " + std::to_string(release::kSignatureBytes);
  } else {
    entry.signature = std::move(*signature);
    entry.problem = unfit(entry.program, entry.release.size_bytes);
  }
  return entry;
}

/// One version that names two programs names none: who asks for it could get either.
void refuse_doubles(std::vector<Entry>& entries) {
  for (Entry& one : entries) {
    for (const Entry& other : entries) {
      const bool same_version =
          !one.release.version.empty() && one.release.version == other.release.version;
      if (!same_version || one.release.sha256 == other.release.sha256) continue;
      if (one.problem.empty()) {
        one.problem = "the directories " + one.directory + " and " + other.directory +
                      " hold two programs of version " + one.release.version + ": remove one";
      }
    }
  }
}

bool is_asked_for(const Entry& entry, std::string_view version_or_sha256) {
  return entry.release.version == version_or_sha256 || entry.release.sha256 == version_or_sha256;
}

}  // namespace

std::vector<Entry> AgentReleases::list() const {
  std::vector<Entry> entries;
  for (const std::string& name : names_in(directory_)) {
    entries.push_back(read_entry(directory_, name));
  }
  refuse_doubles(entries);
  std::ranges::sort(entries, [](const Entry& one, const Entry& other) {
    const int order = ::strverscmp(one.release.version.c_str(), other.release.version.c_str());
    return order != 0 ? order > 0 : one.directory > other.directory;
  });
  return entries;
}

base::Result<Entry> AgentReleases::find(std::string_view version_or_sha256) const {
  const Entry* broken = nullptr;
  std::string known;
  const auto entries = list();
  for (const Entry& entry : entries) {
    if (entry.problem.empty()) known += (known.empty() ? "" : ", ") + entry.release.version;
    if (version_or_sha256.empty() || !is_asked_for(entry, version_or_sha256)) continue;
    if (entry.problem.empty()) return entry;
    broken = &entry;
  }
  if (broken != nullptr) {
    return fail(ErrorCode::kConflict,
                "release " + broken->release.version + " is broken: " + broken->problem, "release");
  }
  return fail(ErrorCode::kNotFound,
              "there is no such agent release in " + directory_.string() + "; there " +
                  (known.empty() ? "is none" : "are " + known) + ", and image",
              "release");
}

}  // namespace slipway::releases
