// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "protocol/base/task.hpp"

namespace slipway::logs {

/// Tells when something in a directory changes: one inotify instance for all (a node has few), and
/// one watch per directory. A wake-up carries no data: look at the directory.
class DirectoryWatch {
 public:
  explicit DirectoryWatch(base::asio::any_io_executor executor);
  ~DirectoryWatch();

  /// One who waits. Destroy it before the DirectoryWatch.
  class Subscription {
   public:
    Subscription(std::shared_ptr<struct WatchState> state, int watch);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    /// Returns at once if something changed since the last call.
    base::Task<> changed();

   private:
    friend struct WatchState;
    struct Wake;
    std::shared_ptr<struct WatchState> state_;  // shared by the watch and its subscribers
    int watch_;
    std::unique_ptr<Wake> wake_;
  };
  base::Result<std::unique_ptr<Subscription>> watch(int directory_fd);

 private:
  std::shared_ptr<struct WatchState> state_;
};

}  // namespace slipway::logs
