// SPDX-License-Identifier: Apache-2.0
#include "agent/facts/proc_text.hpp"

#include <algorithm>
#include <charconv>

namespace slipway::facts {
namespace {

/// Cuts `text` at `separator`: the part before it, and the rest stays.
std::string_view cut(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  return part;
}

std::string_view next_word(std::string_view& text) {
  const auto start = text.find_first_not_of(" \t\n");
  if (start == text.npos) {
    text = {};
    return {};
  }
  text.remove_prefix(start);
  const auto end = text.find_first_of(" \t\n");
  const auto word = text.substr(0, end);
  text = end == text.npos ? std::string_view{} : text.substr(end);
  return word;
}

template <class T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

CpuTicks parse_cpu(std::string_view stat) {
  auto line = cut(stat, '\n');
  CpuTicks ticks;
  if (next_word(line) != "cpu") return ticks;
  // user nice system idle iowait irq softirq steal; guest times are in user already
  for (int field = 0; field < 8; ++field) {
    const auto value = number<std::uint64_t>(next_word(line));
    ticks.total += value;
    if (field != 3 && field != 4) ticks.busy += value;
  }
  return ticks;
}

double cpu_fraction(const CpuTicks& before, const CpuTicks& now) {
  if (now.total <= before.total || now.busy < before.busy) return 0;
  const auto busy = static_cast<double>(now.busy - before.busy);
  return std::min(1.0, busy / static_cast<double>(now.total - before.total));
}

std::uint64_t parse_meminfo(std::string_view meminfo, std::string_view name) {
  while (!meminfo.empty()) {
    auto line = cut(meminfo, '\n');
    if (cut(line, ':') == name) return number<std::uint64_t>(next_word(line)) * 1024;
  }
  return 0;
}

double parse_load1(std::string_view loadavg) {
  return number<double>(next_word(loadavg));
}

double parse_pressure(std::string_view text) {
  while (!text.empty()) {
    auto line = cut(text, '\n');
    if (next_word(line) != "some") continue;
    constexpr std::string_view kKey = "avg10=";
    const auto value = next_word(line);
    if (value.starts_with(kKey)) return number<double>(value.substr(kKey.size()));
  }
  return -1;
}

std::vector<Partition> parse_partitions(std::string_view text) {
  std::vector<Partition> found;
  while (!text.empty()) {
    auto line = cut(text, '\n');
    next_word(line);  // major
    next_word(line);  // minor
    const auto blocks = number<std::uint64_t>(next_word(line));
    const auto name = next_word(line);
    if (blocks > 0 && !name.empty()) found.push_back({std::string(name), blocks * 1024});
  }
  return found;
}

std::vector<DeviceMount> parse_device_mounts(std::string_view mounts) {
  std::vector<DeviceMount> found;
  while (!mounts.empty()) {
    auto line = cut(mounts, '\n');
    const auto device = next_word(line);
    const auto point = next_word(line);
    const auto type = next_word(line);
    if (device.starts_with("/dev/") && !type.empty())
      found.push_back({std::string(device), std::string(point), std::string(type)});
  }
  return found;
}

std::string parse_os_release(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    auto line = cut(text, '\n');
    if (cut(line, '=') != name) continue;
    if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'')) {
      line.remove_prefix(1);
      line = line.substr(0, line.find_last_of("\"'"));
    }
    return std::string(line);
  }
  return {};
}

std::vector<wire::Unit> parse_units(std::string_view text) {
  std::vector<wire::Unit> units;
  wire::Unit unit;
  const auto keep = [&] {
    if (!unit.name().empty()) units.push_back(unit);
    unit.Clear();
  };
  while (!text.empty()) {
    auto line = cut(text, '\n');
    if (line.empty()) {
      keep();
      continue;
    }
    const auto key = cut(line, '=');
    if (key == "Id") unit.set_name(std::string(line));
    if (key == "ActiveState") unit.set_state(std::string(line));
  }
  keep();
  return units;
}

std::string parse_version(std::string_view text) {
  while (!text.empty()) {
    const auto word = next_word(text);
    auto digits = word;
    if (digits.starts_with('v')) digits.remove_prefix(1);
    if (digits.size() < 3 || digits.front() < '0' || digits.front() > '9') continue;
    if (digits.find('.') != digits.npos) return std::string(word);
  }
  return {};
}

}  // namespace slipway::facts
