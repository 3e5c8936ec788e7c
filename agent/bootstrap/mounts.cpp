// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/mounts.hpp"

namespace slipway::bootstrap {
namespace {

std::string unescaped(std::string_view text) {
  const auto octal = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string_view next_word(std::string_view& line) {
  const auto end = line.find(' ');
  const auto word = line.substr(0, end);
  line = end == line.npos ? std::string_view{} : line.substr(end + 1);
  return word;
}

bool covers(std::string_view point, std::string_view path) {
  if (point == "/") return true;
  return path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/');
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view table) {
  std::vector<Mount> mounts;
  while (!table.empty()) {
    const auto end = table.find('\n');
    auto line = table.substr(0, end);
    table = end == table.npos ? std::string_view{} : table.substr(end + 1);
    Mount mount{unescaped(next_word(line)), unescaped(next_word(line)),
                std::string(next_word(line))};
    if (!mount.type.empty()) mounts.push_back(std::move(mount));
  }
  return mounts;
}

const Mount* mounted_at(const std::vector<Mount>& mounts, std::string_view point) {
  const Mount* found = nullptr;
  for (const auto& mount : mounts)
    if (mount.point == point) found = &mount;
  return found;
}

const Mount* mount_of(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* found = nullptr;
  for (const auto& mount : mounts)
    if (covers(mount.point, path) && (!found || mount.point.size() >= found->point.size()))
      found = &mount;
  return found;
}

}  // namespace slipway::bootstrap
