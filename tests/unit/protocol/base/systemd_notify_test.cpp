// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/systemd_notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace slipway::base {

namespace {

/// systemd's end: a datagram socket with an abstract address that $NOTIFY_SOCKET names.
class Listener {
 public:
  Listener() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const std::string name = "@slipway-notify-" + std::to_string(::getpid());
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, name.data(), name.size());
    at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&at), size), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;

  std::string heard() {
    std::array<char, 256> text{};
    const auto got = ::recv(socket_, text.data(), text.size(), 0);
    return got < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(got));
  }

 private:
  int socket_;
};

}  // namespace

TEST(SystemdNotify, WithoutASocketItIsSilent) {
  ::unsetenv("NOTIFY_SOCKET");
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  SystemdNotify systemd;
  systemd.ready();
  EXPECT_EQ(systemd.watchdog_interval().count(), 0);
}

TEST(SystemdNotify, SendsEachStateAsOneDatagram) {
  Listener listener;
  SystemdNotify systemd;
  systemd.ready();
  EXPECT_EQ(listener.heard(), "READY=1");
  systemd.status("linked");
  EXPECT_EQ(listener.heard(), "STATUS=linked");
  systemd.alive();
  EXPECT_EQ(listener.heard(), "WATCHDOG=1");
  systemd.stopping();
  EXPECT_EQ(listener.heard(), "STOPPING=1");
  EXPECT_EQ(listener.heard(), "");
}

TEST(SystemdNotify, IsAliveTwiceAsOftenAsSystemdAsks) {
  Listener listener;
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(SystemdNotify().watchdog_interval(), std::chrono::seconds{30});
}

TEST(SystemdNotify, AnotherProcessesWatchdogIsNotOurs) {
  Listener listener;
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(SystemdNotify().watchdog_interval().count(), 0);
}

TEST(SystemdNotify, WhatIsStartedLaterDoesNotSpeakInItsName) {
  Listener listener;
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  SystemdNotify systemd;
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
    EXPECT_EQ(std::getenv(name), nullptr) << name;
  }
}

}  // namespace slipway::base
