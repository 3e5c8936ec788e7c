// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "protocol/base/task.hpp"

namespace slipway::cloud::local {

/// Lets one coroutine at a time work on a thing, in the order they came. io thread only.
class Turns {
 public:
  explicit Turns(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Held as long as the work lasts; the next one's turn comes when it goes.
  class Turn {
   public:
    Turn(Turns& turns, std::string name) : turns_(&turns), name_(std::move(name)) {}
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), name_(std::move(other.name_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->leave(name_);
    }

   private:
    Turns* turns_;
    std::string name_;
  };
  /// Throws operation_aborted when the waiting task is cancelled.
  base::Task<Turn> enter(std::string name);

 private:
  void leave(const std::string& name);

  boost::asio::any_io_executor executor_;
  // A name is here while it is worked on; its list holds those who wait.
  std::map<std::string, std::list<boost::asio::steady_timer*>> waiting_;
};

}  // namespace slipway::cloud::local
