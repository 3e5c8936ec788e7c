// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/network_namespace.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include <filesystem>
#include <thread>

#include "controller/cloud/local/layout.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;

namespace {
constexpr int kBacklog = 256;

base::Result<> write_sysctl(const std::string& name, const std::string& value) {
  std::string path = "/proc/sys/" + name;
  Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return {};
  if (!file) return system_failure(path);
  if (write(file.get(), value.data(), value.size()) < 0) return system_failure(path);
  return {};
}
}  // namespace

base::Result<> in_namespace(const std::string& name, std::function<base::Result<>()> work) {
  Fd target(open(Layout::netns_path(name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!target) return system_failure("network namespace " + name);
  base::Result<> outcome;
  std::thread([&] {
    outcome = setns(target.get(), CLONE_NEWNET) == 0
                  ? work()
                  : base::Result<>(system_failure("enter network namespace " + name));
  }).join();
  return outcome;
}

base::Result<Fd> tcp_socket_in(const std::string& name) {
  Fd made;
  auto ok = in_namespace(name, [&]() -> base::Result<> {
    made = Fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made) return system_failure("socket in " + name);
    return {};
  });
  if (!ok) return fail(ok);
  return made;
}

base::Result<Fd> listen_in(const std::string& name, const std::string& address,
                           unsigned short port) {
  auto made = tcp_socket_in(name);
  if (!made) return made;
  int one = 1;
  setsockopt(made->get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &at.sin_addr) != 1) {
    return fail(ErrorCode::kInvalid, "not an address: " + address);
  }
  if (bind(made->get(), reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 ||
      listen(made->get(), kBacklog) != 0) {
    bool taken = errno == EADDRINUSE;
    auto failure = system_failure("listen at " + address + ":" + std::to_string(port));
    if (taken) failure.error().code = ErrorCode::kUnavailable;
    return failure;
  }
  return made;
}

base::Result<> set_sysctls_in(const std::string& name,
                              const std::vector<std::pair<std::string, std::string>>& values) {
  return in_namespace(name, [&]() -> base::Result<> {
    for (const auto& [key, value] : values) {
      if (auto ok = write_sysctl(key, value); !ok) return ok;
    }
    return {};
  });
}

bool namespace_exists(const std::string& name) {
  std::error_code error;
  return std::filesystem::exists(Layout::netns_path(name), error);
}

}  // namespace slipway::cloud::local
