// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace slipway::base {

/// Tells systemd how the service fares, by datagrams to $NOTIFY_SOCKET (sd_notify(3)); without
/// one it does nothing.
class SystemdNotify {
 public:
  SystemdNotify();  ///< reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID
  ~SystemdNotify();
  SystemdNotify(const SystemdNotify&) = delete;

  void ready() { send("READY=1"); }
  void stopping() { send("STOPPING=1"); }
  void alive() { send("WATCHDOG=1"); }
  void status(const std::string& text) { send("STATUS=" + text); }
  /// How often alive() is due, half of what systemd allows; zero: never.
  std::chrono::microseconds watchdog_interval() const { return interval_; }

 private:
  void send(std::string_view state) const;

  int socket_ = -1;
  std::string path_;
  std::chrono::microseconds interval_{0};
};

}  // namespace slipway::base
