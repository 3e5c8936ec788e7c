// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "controller/app.hpp"
#include "controller/commands.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/systemd_notify.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::controller {

namespace {

using base::ErrorCode;
using boost::asio::ip::tcp;

constexpr int kExitRefused = 1;
constexpr int kExitCut = 3;  ///< the stop took too long, or was asked for twice

int refuse(const std::string& why) {
  std::fprintf(stderr, "slipway-controller: %s\n", why.c_str());
  return kExitRefused;
}

/// Binds before anything else is made, so that a port in use is said at once. The caller owns it.
base::Result<int> bind_public(boost::asio::io_context& io, const config::Listen& listen) {
  boost::system::error_code error;
  const tcp::endpoint endpoint(boost::asio::ip::make_address(listen.address), listen.port);
  const auto where = "port " + std::to_string(listen.port) + " on " + listen.address;
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error == boost::asio::error::address_in_use) {
    return base::fail(ErrorCode::kUnavailable,
                      where + " is in use; choose another one with --listen", "listen");
  }
  if (error) return base::fail(ErrorCode::kUnavailable, where + ": " + error.message(), "listen");
  return acceptor.release();
}

/// Runs an App until it is told to stop: once politely with a deadline, twice at once.
class Lifetime {
 public:
  Lifetime(boost::asio::io_context& io, App& app)
      : io_(io),
        app_(app),
        signals_(io, SIGTERM, SIGINT),
        hangups_(io, SIGHUP),
        deadline_(io),
        tasks_(io.get_executor()) {}

  int run() {
    wait_for_signal();
    wait_for_hangup();
    tasks_.spawn("start", start());
    tasks_.spawn("watchdog", feed_watchdog());
    // The deadline's timer is pending until the end, so that the loop never runs out of work.
    while (!stopped_ || tasks_.running() > 0) io_.run_one();
    return status_;
  }

 private:
  base::Task<> start() {
    base::Result<> up;
    try {
      up = co_await app_.start();
    } catch (const std::exception& error) {
      up = base::fail(ErrorCode::kInternal, error.what());
    }
    if (up) {
      systemd_.ready();
      co_return;
    }
    spdlog::error("cannot start: {}", up.error().message);
    status_ = refuse(up.error().message);
    begin_stop("start failed");
  }

  void begin_stop(const char* why) {
    if (stopping_) return;
    stopping_ = true;
    systemd_.stopping();
    spdlog::info("stopping: {}", why);
    deadline_.expires_after(kStopDeadline);
    deadline_.async_wait([](boost::system::error_code error) {
      if (error) return;
      spdlog::critical("stopping took more than {} s; cut", kStopDeadline.count());
      std::_Exit(kExitCut);
    });
    tasks_.spawn("stop", stop());
  }

  base::Task<> stop() {
    co_await app_.stop();
    spdlog::info("stopped");
    stopped_ = true;
    tasks_.cancel();  // a start that was still under way
  }

  base::Task<> feed_watchdog() {
    if (systemd_.watchdog_interval().count() == 0) co_return;
    for (;;) {
      systemd_.alive();
      co_await base::sleep_for(systemd_.watchdog_interval());
    }
  }

  void wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
      if (error) return;
      if (stopping_) {
        spdlog::critical("second signal {}; cut", signal);
        std::_Exit(kExitCut);
      }
      begin_stop(signal == SIGTERM ? "SIGTERM" : "SIGINT");
      wait_for_signal();
    });
  }

  void wait_for_hangup() {
    hangups_.async_wait([this](boost::system::error_code error, int) {
      if (error) return;
      app_.reload();
      wait_for_hangup();
    });
  }

  boost::asio::io_context& io_;
  App& app_;
  base::SystemdNotify systemd_;
  boost::asio::signal_set signals_;
  boost::asio::signal_set hangups_;
  boost::asio::steady_timer deadline_;
  bool stopping_ = false;
  bool stopped_ = false;
  int status_ = 0;
  base::TaskScope tasks_;
};

/// Each agent is a connection; a shell's or a unit's usual limit would end at a thousand.
void allow_many_connections() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int serve(const config::Config& config, const std::filesystem::path& path) {
  if (config.cloud.kind == "local" && ::geteuid() != 0) {
    return refuse("the local cloud needs root: it makes name spaces, mounts and loop devices");
  }
  if (config.cloud.image.empty()) {
    return refuse("no node image: give --image DIR, or cloud.image in the configuration");
  }
  auto state = config::StateDirectory::open(path);
  if (!state) return refuse(state.error().message);
  std::signal(SIGPIPE, SIG_IGN);
  allow_many_connections();
  base::start_log("slipway-controller", config.log);
  boost::asio::io_context io(1);
  auto socket = bind_public(io, config.listen);
  if (!socket) return refuse(socket.error().message);
  try {
    App app(io, config, std::move(*state), *socket);
    return Lifetime(io, app).run();
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
}

}  // namespace slipway::controller
