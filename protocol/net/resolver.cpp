// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/resolver.hpp"

#include <ares.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <optional>

#include "protocol/base/with_timeout.hpp"

namespace slipway::net {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Task;
using Addresses = std::vector<asio::ip::address>;

namespace {

constexpr int kQueryTimeoutMs = 2'000;
constexpr int kTries = 3;
constexpr std::chrono::milliseconds kTick{250};  // c-ares' own time-outs are looked at this often

std::optional<asio::ip::address> address_of(const ares_addrinfo_node& node) {
  if (node.ai_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, node.ai_addr, sizeof(in));
    return asio::ip::make_address_v4(ntohl(in.sin_addr.s_addr));
  }
  if (node.ai_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, node.ai_addr, sizeof(in));
    asio::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return asio::ip::address_v6(bytes, in.sin6_scope_id);
  }
  return std::nullopt;
}

/// One query. c-ares' sockets are gathered in an epoll set, which the io thread waits on as one.
class Lookup {
 public:
  Lookup(const asio::any_io_executor& executor, std::string host)
      : host_(std::move(host)), set_(::epoll_create1(EPOLL_CLOEXEC)), ready_(executor) {
    ready_.assign(set_);
    ares_options options{};
    options.timeout = kQueryTimeoutMs;
    options.tries = kTries;
    options.sock_state_cb = &Lookup::socket_changed;
    options.sock_state_cb_data = this;
    const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) channel_ = nullptr;
  }
  ~Lookup() {
    if (channel_) ares_destroy(channel_);  // calls answered() with ARES_EDESTRUCTION
  }
  Lookup(const Lookup&) = delete;

  Task<Result<Addresses>> run() {
    using namespace asio::experimental::awaitable_operators;
    if (!channel_) co_return base::fail(ErrorCode::kInternal, "the DNS resolver does not start");
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_, host_.c_str(), nullptr, &hints, &Lookup::answered, this);
    while (!status_) {
      co_await (wait_ready() || base::sleep_for(kTick));
      process();
    }
    if (*status_ == ARES_SUCCESS && !addresses_.empty()) co_return std::move(addresses_);
    const bool unknown = *status_ == ARES_ENOTFOUND || *status_ == ARES_ENODATA ||
                         *status_ == ARES_EBADNAME || *status_ == ARES_SUCCESS;
    co_return base::fail(unknown ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                         "cannot resolve " + host_ + ": " + ares_strerror(*status_));
  }

 private:
  Task<> wait_ready() {
    co_await ready_.async_wait(asio::posix::stream_descriptor::wait_read,
                               asio::as_tuple(asio::use_awaitable));
  }

  void process() {
    std::array<epoll_event, 16> events{};
    const int count = ::epoll_wait(set_, events.data(), events.size(), 0);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      const bool in = events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP);
      ares_process_fd(channel_, in ? fd : ARES_SOCKET_BAD,
                      events[i].events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // its time-outs
  }

  static void socket_changed(void* self, ares_socket_t fd, int readable, int writable) {
    const int set = static_cast<Lookup*>(self)->set_;
    epoll_event event{};
    event.events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0);
    event.data.fd = fd;
    if (!readable && !writable) {
      ::epoll_ctl(set, EPOLL_CTL_DEL, fd, nullptr);
    } else if (::epoll_ctl(set, EPOLL_CTL_MOD, fd, &event) != 0) {
      ::epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
    }
  }

  static void answered(void* argument, int status, int, ares_addrinfo* found) {
    auto* self = static_cast<Lookup*>(argument);
    self->status_ = status;
    if (!found) return;
    for (const ares_addrinfo_node* node = found->nodes; node; node = node->ai_next) {
      if (auto address = address_of(*node)) self->addresses_.push_back(*address);
    }
    ares_freeaddrinfo(found);
  }

  std::string host_;
  int set_;
  asio::posix::stream_descriptor ready_;  // owns set_
  ares_channel channel_ = nullptr;
  std::optional<int> status_;
  Addresses addresses_;
};

}  // namespace

Task<Result<Addresses>> resolve(asio::any_io_executor executor, std::string host) {
  boost::system::error_code error;
  const auto digits = asio::ip::make_address(host, error);
  if (!error) co_return Addresses{digits};
  // Initialised for the process on first use; c-ares counts further calls.
  static const int kLibrary = ares_library_init(ARES_LIB_INIT_ALL);
  if (kLibrary != ARES_SUCCESS) {
    co_return base::fail(ErrorCode::kInternal, "the DNS resolver does not start");
  }
  Lookup lookup(executor, std::move(host));
  co_return co_await lookup.run();
}

}  // namespace slipway::net
