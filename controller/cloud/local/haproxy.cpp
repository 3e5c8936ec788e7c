// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/haproxy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <thread>

#include "controller/cloud/local/spawn.hpp"
#include "protocol/base/files.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {
constexpr std::chrono::seconds kStartLimit{15};
constexpr std::chrono::seconds kReloadLimit{10};
constexpr std::chrono::seconds kStopLimit{10};
constexpr std::chrono::milliseconds kSignalAgain{500};
constexpr std::chrono::milliseconds kServedLook{20};
constexpr std::chrono::seconds kAskLimit{1};
constexpr std::string_view kDescription = "description: ";
constexpr std::size_t kLogTailBytes = 500;

/// Checks find a dead member within 3 s and a frozen one within 6; a loaded one has 2 s to answer.
constexpr auto kTemplate = R"(global
  user haproxy
  group haproxy
  maxconn {max}
  hard-stop-after 30s
  stats socket {socket} mode 600 level admin
defaults
  mode tcp
  maxconn {max}
  option redispatch
  option clitcpka
  option srvtcpka
  retries 3
  timeout connect 2s
  timeout check 2s
  timeout client 1h
  timeout server 1h
frontend in
  bind {address}:{port}
  default_backend well
  use_backend any if {{ nbsrv(well) lt 1 }}
backend well
  balance leastconn
  option httpchk GET {health}
  default-server check check-ssl verify none inter 1s fastinter 1s fall 2 rise 1
  default-server on-marked-down shutdown-sessions
{members}backend any
  balance roundrobin
{members})";

std::string tail_of(const std::filesystem::path& log) {
  auto text = base::read_file(log).value_or("");
  return text.substr(text.size() - std::min(text.size(), kLogTailBytes));
}

bool same_file(const std::string& one, const std::string& other) {
  struct stat a{}, b{};
  return stat(one.c_str(), &a) == 0 && stat(other.c_str(), &b) == 0 && a.st_ino == b.st_ino &&
         a.st_dev == b.st_dev;
}
}  // namespace

LoadBalancerFiles files_of_load_balancer(const Layout& layout, const base::ResourceId& id) {
  return {layout.load_balancers() / id.value};
}

std::string haproxy_config(const LoadBalancerRecord& record, const LoadBalancerFiles& files) {
  std::string members;
  for (const auto& member : record.members) {
    members += fmt::format("  server {0} {0}:{1}\n", member, record.port);
  }
  const auto text =
      fmt::format(fmt::runtime(kTemplate), fmt::arg("max", kMaxBalancedConnections),
                  fmt::arg("socket", files.socket().string()), fmt::arg("address", record.address),
                  fmt::arg("port", record.port), fmt::arg("health", record.health_path),
                  fmt::arg("members", members));
  return fmt::format("global\n  description {:016x}\n{}", std::hash<std::string>{}(text), text);
}

pid_t haproxy_process(const Layout& layout, const LoadBalancerFiles& files) {
  auto text = base::read_file(files.pid_file(), 64);
  if (!text) return 0;
  pid_t pid = 0;
  std::from_chars(text->data(), text->data() + text->size(), pid);
  const std::string process = "/proc/" + std::to_string(pid);
  const auto name = base::read_file(process + "/comm", 64);
  const bool runs = pid > 1 && name && name->starts_with("haproxy") &&
                    same_file(process + "/ns/net", Layout::netns_path(layout.router()));
  return runs ? pid : 0;
}

Result<> start_haproxy(const Layout& layout, const LoadBalancerFiles& files) {
  Fd log(open(files.log().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!log) return system_failure(files.log().string());
  // nsenter and not `ip netns exec`, whose mounts of its own would hold the machines' disks.
  auto code = spawn_and_wait({"nsenter", "--net=" + Layout::netns_path(layout.router()).string(),
                              "haproxy", "-W", "-D", "-f", files.config(), "-p", files.pid_file()},
                             {-1, log.get(), log.get()}, kStartLimit);
  if (!code) return fail(code);
  if (*code == 0) return {};
  return fail(ErrorCode::kInternal, "haproxy does not start: " + tail_of(files.log()));
}

bool haproxy_serves(const std::string& config, const LoadBalancerFiles& files) {
  boost::asio::local::stream_protocol::iostream socket;
  socket.expires_after(kAskLimit);
  socket.connect(boost::asio::local::stream_protocol::endpoint(files.socket().string()));
  socket << "show info" << std::endl;
  for (std::string line; std::getline(socket, line);) {
    if (!line.starts_with(kDescription)) continue;
    return config.find(line.substr(kDescription.size())) != std::string::npos;
  }
  return false;
}

// A master that is just starting again loses signals: each is sent until it shows.

Result<> reload_haproxy(const Layout& layout, const std::string& config,
                        const LoadBalancerFiles& files) {
  const auto limit = std::chrono::steady_clock::now() + kReloadLimit;
  while (std::chrono::steady_clock::now() < limit) {
    if (const pid_t pid = haproxy_process(layout, files); pid != 0) kill(pid, SIGUSR2);
    for (auto look = kSignalAgain / kServedLook; look > 0; --look) {
      if (haproxy_serves(config, files)) return {};
      std::this_thread::sleep_for(kServedLook);
    }
  }
  return fail(ErrorCode::kUnavailable,
              "haproxy does not take its new configuration: " + tail_of(files.log()));
}

Result<> stop_haproxy(const Layout& layout, const LoadBalancerFiles& files) {
  const pid_t pid = haproxy_process(layout, files);
  if (pid == 0) return {};
  Fd handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!handle || haproxy_process(layout, files) != pid) return {};  // it ended just now
  pollfd ended{handle.get(), POLLIN, 0};
  for (auto turn = kStopLimit / kSignalAgain; turn > 0; --turn) {
    kill(pid, SIGTERM);
    if (poll(&ended, 1, static_cast<int>(kSignalAgain.count())) > 0) return {};
  }
  return fail(ErrorCode::kUnavailable, "haproxy does not end");
}

}  // namespace slipway::cloud::local
