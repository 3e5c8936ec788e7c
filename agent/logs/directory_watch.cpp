// SPDX-License-Identifier: Apache-2.0
#include "agent/logs/directory_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <string>

namespace slipway::logs {

namespace asio = base::asio;
using base::ErrorCode;
using base::Result;
using base::Task;

namespace {

constexpr std::size_t kMaxSubscribers = 512;
constexpr std::uint32_t kEvents = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

}  // namespace

struct DirectoryWatch::Subscription::Wake {
  explicit Wake(asio::any_io_executor executor) : timer(executor) {
    timer.expires_at(asio::steady_timer::time_point::max());
  }
  void signal() {
    changed = true;
    timer.cancel();
  }
  asio::steady_timer timer;  // cancelled by a change
  bool changed = false;
};

/// The inotify instance and who waits for which of its watches.
struct WatchState : std::enable_shared_from_this<WatchState> {
  using Subscription = DirectoryWatch::Subscription;

  WatchState(asio::any_io_executor io) : executor(io), inotify(io) {}

  bool open() {
    if (inotify.is_open()) return true;
    const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) return false;
    inotify.assign(fd);
    return true;
  }
  /// Listens while somebody waits; nothing keeps the io thread busy otherwise.
  void listen() {
    if (listening || subscribers.empty()) return;
    listening = true;
    inotify.async_wait(asio::posix::descriptor_base::wait_read,
                       [self = shared_from_this()](boost::system::error_code error) {
                         self->listening = false;
                         if (error && error != asio::error::operation_aborted) return;
                         if (!error) self->dispatch();
                         self->listen();
                       });
  }
  void dispatch() {
    alignas(inotify_event) char buffer[16 << 10];
    const ssize_t size = ::read(inotify.native_handle(), buffer, sizeof buffer);
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      const bool lost = (event->mask & IN_Q_OVERFLOW) != 0;
      for (auto& [watch, group] : subscribers) {
        if (!lost && watch != event->wd) continue;
        for (auto* one : group) one->wake_->signal();
      }
    }
  }
  void add(int watch, Subscription* one) {
    subscribers[watch].insert(one);
    ++count;
    listen();
  }
  void remove(int watch, Subscription* one) {
    auto group = subscribers.find(watch);
    if (group == subscribers.end()) return;
    group->second.erase(one);
    --count;
    if (!group->second.empty()) return;
    subscribers.erase(group);
    ::inotify_rm_watch(inotify.native_handle(), watch);
    if (subscribers.empty()) inotify.cancel();
  }

  asio::any_io_executor executor;
  asio::posix::stream_descriptor inotify;
  std::map<int, std::set<Subscription*>> subscribers;
  std::size_t count = 0;
  bool listening = false;
};

DirectoryWatch::DirectoryWatch(asio::any_io_executor executor)
    : state_(std::make_shared<WatchState>(executor)) {}

DirectoryWatch::~DirectoryWatch() {
  boost::system::error_code ignored;
  state_->inotify.close(ignored);
}

Result<std::unique_ptr<DirectoryWatch::Subscription>> DirectoryWatch::watch(int directory_fd) {
  if (state_->count >= kMaxSubscribers) {
    return base::fail(ErrorCode::kExhausted, "too many logs are followed on this node");
  }
  // The directory was opened safely: its name is not used again.
  const auto path = "/proc/self/fd/" + std::to_string(directory_fd);
  const int watch =
      state_->open() ? ::inotify_add_watch(state_->inotify.native_handle(), path.c_str(), kEvents)
                     : -1;
  if (watch < 0) {
    return base::fail(ErrorCode::kExhausted, std::string("inotify: ") + std::strerror(errno));
  }
  return std::make_unique<Subscription>(state_, watch);
}

DirectoryWatch::Subscription::Subscription(std::shared_ptr<WatchState> state, int watch)
    : state_(std::move(state)), watch_(watch), wake_(std::make_unique<Wake>(state_->executor)) {
  state_->add(watch_, this);
}

DirectoryWatch::Subscription::~Subscription() {
  state_->remove(watch_, this);
}

Task<> DirectoryWatch::Subscription::changed() {
  while (!wake_->changed) {
    wake_->timer.expires_at(asio::steady_timer::time_point::max());
    co_await wake_->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
  }
  wake_->changed = false;
}

}  // namespace slipway::logs
