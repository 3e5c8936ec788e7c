// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/systemd_notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace slipway::base {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  const std::string copy = value ? value : "";
  ::unsetenv(name);  // what we start is not the service: systemctl would notify in our name
  return copy;
}

std::int64_t number(const std::string& digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

SystemdNotify::SystemdNotify() : path_(environment("NOTIFY_SOCKET")) {
  if (path_.empty() || path_.size() >= sizeof(sockaddr_un::sun_path)) return;
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const std::string whose = environment("WATCHDOG_PID");
  const std::string limit = environment("WATCHDOG_USEC");
  if (!whose.empty() && number(whose) != ::getpid()) return;
  interval_ = std::chrono::microseconds{number(limit) / 2};
}

SystemdNotify::~SystemdNotify() {
  if (socket_ >= 0) ::close(socket_);
}

void SystemdNotify::send(std::string_view state) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path_.data(), path_.size());
  if (path_[0] == '@') to.sun_path[0] = '\0';  // systemd's way to write an abstract address
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  // A lost datagram is made good by the next one.
  (void)!::sendto(socket_, state.data(), state.size(), MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&to), size);
}

}  // namespace slipway::base
