// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace slipway::bootstrap {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

/// The n-th word of a line, empty where it has fewer.
std::string_view word(std::string_view line, std::size_t n) {
  for (;; --n) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto end = std::min(line.find(' '), line.size());
    if (n == 0 || line.empty()) return line.substr(0, end);
    line.remove_prefix(end);
  }
}

/// `LISTEN 0 128 0.0.0.0:2380 0.0.0.0:* users:(("nc",pid=812,fd=3))`
bool parse_line(std::string_view line, Listener& listener) {
  const auto local = word(line, 3);
  const auto colon = local.rfind(':');
  if (colon == local.npos || !read_number(local.substr(colon + 1), listener.port)) return false;
  const auto name = line.find("((\"");
  const auto pid = line.find("pid=");
  if (name == line.npos || pid == line.npos) return true;  // of the kernel, or of another user
  const auto quoted = line.substr(name + 3);
  listener.program = quoted.substr(0, quoted.find('"'));
  return read_number(line.substr(pid + 4), listener.process);
}

}  // namespace

std::vector<Listener> parse_listeners(std::string_view text) {
  std::vector<Listener> listeners;
  while (!text.empty()) {
    const auto end = text.find('\n');
    Listener listener;
    if (parse_line(text.substr(0, end), listener)) listeners.push_back(std::move(listener));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  return listeners;
}

base::Task<base::Result<>> check_ports(const StepContext& context,
                                       std::vector<unsigned short> ports, std::string owner,
                                       std::function<bool(const Listener&)> is_owner) {
  auto shown = co_await context.ask({"ss", "-Hltnp"});
  if (!shown) co_return base::fail(shown);
  for (const Listener& listener : parse_listeners(shown->output)) {
    if (std::ranges::find(ports, listener.port) == ports.end() || is_owner(listener)) continue;
    const auto who = listener.process == 0
                         ? std::string("a process that is not seen from here")
                         : fmt::format("{} (process {})", listener.program, listener.process);
    co_return base::fail(base::ErrorCode::kUnavailable,
                         fmt::format("port {}, which {} needs, is taken by {}: stop that one",
                                     listener.port, owner, who));
  }
  co_return base::Result<>{};
}

}  // namespace slipway::bootstrap
