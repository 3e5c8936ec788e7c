// SPDX-License-Identifier: Apache-2.0
#include "agent/config/agent_config.hpp"

#include <algorithm>

#include "agent/config/section.hpp"
#include "protocol/base/files.hpp"

namespace slipway::config {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kMaxSeedDirs = 16;
constexpr std::string_view kLevels[] = {"trace", "debug", "info", "warn", "error"};

Result<std::vector<std::filesystem::path>> seed_dirs_of(const Section& section) {
  auto items = section.list("seed_dirs");
  if (!items) return fail(items);
  if (items->empty() || items->size() > kMaxSeedDirs) {
    return section.bad("seed_dirs", "has not 1 to 16 directories");
  }
  std::vector<std::filesystem::path> directories;
  for (const std::string& item : *items) {
    if (!item.starts_with('/')) {
      return section.bad("seed_dirs", "has a path that does not begin with /: " + item);
    }
    directories.emplace_back(item);
  }
  return directories;
}

Result<> read_flag(const Section& section, std::string_view key, bool& into) {
  if (!section.has(key)) return {};
  auto value = section.flag(key);
  if (!value) return fail(value);
  into = *value;
  return {};
}

Result<> read_path(const Section& section, std::string_view key, std::filesystem::path& into) {
  if (!section.has(key)) return {};
  auto path = section.text(key);
  if (!path) return fail(path);
  if (!path->starts_with('/')) return section.bad(key, "does not begin with /");
  into = *path;
  return {};
}

Result<AgentConfig> read_section(const Section& section) {
  AgentConfig config;
  auto known = section.only({"seed_dirs", "state_dir", "log_level", "log_json", "node_shell",
                             "agent_upgrade", "agent_keys", "agent_trial_seconds"});
  if (!known) return fail(known);
  if (section.has("seed_dirs")) {
    auto directories = seed_dirs_of(section);
    if (!directories) return fail(directories);
    config.seed_dirs = std::move(*directories);
  }
  for (const auto& [key, path] :
       {std::pair<std::string_view, std::filesystem::path*>{"state_dir", &config.state_dir},
        {"agent_keys", &config.agent_keys}}) {
    if (auto read = read_path(section, key, *path); !read) return fail(read);
  }
  if (section.has("agent_trial_seconds")) {
    auto seconds = section.number("agent_trial_seconds");
    if (!seconds) return fail(seconds);
    config.agent_trial = std::chrono::seconds{*seconds};
    if (config.agent_trial < kTrialLeast || config.agent_trial > kTrialMost) {
      return section.bad("agent_trial_seconds", "is not 10 to 3600");
    }
  }
  if (section.has("log_level")) {
    auto level = section.text("log_level");
    if (!level) return fail(level);
    if (std::ranges::find(kLevels, *level) == std::end(kLevels)) {
      return section.bad("log_level", "is none of trace, debug, info, warn, error");
    }
    config.log_level = *level;
  }
  for (const auto& [key, flag] : {std::pair<std::string_view, bool*>{"log_json", &config.log_json},
                                  {"node_shell", &config.node_shell},
                                  {"agent_upgrade", &config.agent_upgrade}}) {
    if (auto read = read_flag(section, key, *flag); !read) return fail(read);
  }
  return config;
}

}  // namespace

Result<AgentConfig> parse_agent_config(std::string_view text, const std::string& source) {
  auto document = load_document(text, source);
  if (!document) return fail(document);
  if (document->IsNull()) return AgentConfig{};
  auto section = Section::open(*document, "", source);
  if (!section) return fail(section);
  return read_section(*section);
}

Result<AgentConfig> read_agent_config(const std::filesystem::path& path) {
  auto text = base::read_file(path, kDocumentLimitBytes + 1);
  if (!text && text.error().code == ErrorCode::kNotFound) return AgentConfig{};
  if (!text) return fail(text);
  return parse_agent_config(*text, path.string());
}

}  // namespace slipway::config
