// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/system_host.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "protocol/base/files.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::bootstrap {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

constexpr std::chrono::seconds kConnectLimit{2};
constexpr std::chrono::seconds kAnswerLimit{10};
constexpr std::size_t kKeptConnections = 4;

std::unexpected<base::Error> failure(const std::string& what, int number) {
  const auto code = number == ENOENT                      ? ErrorCode::kNotFound
                    : number == EACCES || number == EPERM ? ErrorCode::kDenied
                                                          : ErrorCode::kInternal;
  return base::fail(code, what + ": " + std::generic_category().message(number));
}

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
};

/// From /etc/passwd itself: a static program's getpwnam would load the NSS libraries of another
/// glibc.
base::Result<Owner> owner_of(const std::string& name) {
  if (name.empty()) return Owner{};
  std::ifstream users("/etc/passwd");
  std::string line;
  while (std::getline(users, line)) {
    if (!line.starts_with(name + ":")) continue;
    unsigned user = 0, group = 0;
    const auto ids = line.find(':', name.size() + 1);
    if (ids == std::string::npos) break;
    if (std::sscanf(line.c_str() + ids, ":%u:%u", &user, &group) == 2) return Owner{user, group};
  }
  return base::fail(ErrorCode::kNotFound, "there is no user " + name + " on this machine");
}

}  // namespace

struct SystemHost::Connection {
  std::string key;
  net::HttpClient client;
};

SystemHost::SystemHost(boost::asio::any_io_executor executor, const base::Clock& clock)
    : executor_(executor), clock_(clock) {}

SystemHost::~SystemHost() = default;

base::Task<base::Result<base::Exit>> SystemHost::run(base::Command command) {
  co_return co_await base::run(std::move(command));
}

base::Task<base::Result<Answer>> SystemHost::call(Call call) {
  const auto key = call.host + ":" + std::to_string(call.port) + "\n" +
                   (call.tls ? call.tls->ca_pem + call.tls->certificate_pem : "clear");
  auto kept = std::ranges::find_if(connections_, [&](const auto& c) { return c->key == key; });
  if (kept == connections_.end()) {
    net::HttpClientOptions options;
    options.endpoint = {call.host, call.port};
    options.tls = call.tls;
    options.connect_timeout = kConnectLimit;
    options.response_timeout = kAnswerLimit;
    if (connections_.size() == kKeptConnections) connections_.erase(connections_.begin());
    connections_.push_back(
        std::make_shared<Connection>(key, net::HttpClient(executor_, std::move(options))));
    kept = connections_.end() - 1;
  }
  const std::shared_ptr<Connection> connection = *kept;
  net::HttpRequest request;
  request.method = call.method;
  request.target = call.path;
  request.body = std::move(call.body);
  request.headers.set("Host", call.host + ":" + std::to_string(call.port));
  request.headers.set("Accept", "application/json");
  if (!call.content_type.empty()) request.headers.set("Content-Type", call.content_type);
  if (!call.bearer.empty()) request.headers.set("Authorization", "Bearer " + call.bearer);
  auto response = co_await connection->client.fetch(std::move(request), kAnswerLimitBytes);
  if (!response) co_return base::fail(response);
  co_return Answer{response->status, response->text()};
}

base::Task<> SystemHost::sleep(base::Duration duration) {
  co_await base::sleep_for(duration);
}

base::Result<std::string> SystemHost::read(const fs::path& path) {
  return base::read_file(path);
}

base::Result<std::string> SystemHost::read_head(const fs::path& path, std::size_t bytes) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failure("cannot read " + path.string(), errno);
  std::string head(bytes, '\0');
  std::size_t have = 0;
  int failed = 0;
  while (have < bytes) {
    const auto n = ::read(file, head.data() + have, bytes - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) failed = errno;
    if (n <= 0) break;
    have += static_cast<std::size_t>(n);
  }
  ::close(file);
  if (failed) return failure("cannot read " + path.string(), failed);
  head.resize(have);
  return head;
}

bool SystemHost::exists(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

base::Result<Space> SystemHost::space(const fs::path& path) {
  struct statvfs facts{};
  if (::statvfs(path.c_str(), &facts) != 0) return failure("statvfs " + path.string(), errno);
  return Space{std::uint64_t{facts.f_bfree} * facts.f_frsize,
               std::uint64_t{facts.f_blocks} * facts.f_frsize};
}

std::vector<std::string> SystemHost::list(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(directory, failed), end; !failed && at != end;
       at.increment(failed))
    names.push_back(at->path().filename().string());
  std::ranges::sort(names);
  return names;
}

base::Result<> SystemHost::write(const fs::path& path, std::string content, int mode,
                                 std::string owner) {
  const auto who = owner_of(owner);
  if (!who) return base::fail(who);
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed) return failure("cannot make " + path.parent_path().string(), failed.value());
  if (auto written = base::write_file(path, content, mode); !written) return written;
  if (!owner.empty() && ::chown(path.c_str(), who->user, who->group) != 0)
    return failure("cannot give " + path.string() + " to " + owner, errno);
  return {};
}

base::Result<> SystemHost::set(const fs::path& path, std::string_view value) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return failure("cannot write " + path.string(), errno);
  const auto n = ::write(file, value.data(), value.size());
  const int number = n < 0 ? errno : 0;
  ::close(file);
  if (number) return failure("cannot write " + path.string(), number);
  return {};
}

base::Result<> SystemHost::make_directory(const fs::path& path, int mode, std::string owner) {
  const auto who = owner_of(owner);
  if (!who) return base::fail(who);
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) return failure("cannot make " + path.string(), failed.value());
  if (::chmod(path.c_str(), static_cast<mode_t>(mode)) != 0)
    return failure("cannot set the mode of " + path.string(), errno);
  if (!owner.empty() && ::chown(path.c_str(), who->user, who->group) != 0)
    return failure("cannot give " + path.string() + " to " + owner, errno);
  return {};
}

base::Result<> SystemHost::remove(const fs::path& path) {
  std::error_code failed;
  fs::remove_all(path, failed);
  if (failed) return failure("cannot remove " + path.string(), failed.value());
  return {};
}

base::Result<> SystemHost::set_clock(base::UtcTime time) {
  const auto ms = base::to_unix_ms(time);
  const timeval now{ms / 1000, ms % 1000 * 1000};
  if (::settimeofday(&now, nullptr) != 0) return failure("settimeofday", errno);
  return {};
}

}  // namespace slipway::bootstrap
