// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/circular_buffer.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::terminal {

/// The last bytes that a terminal printed, numbered from its start. What its owner has not
/// acknowledged is never dropped: then there is no room, and the process has to wait.
class OutputStore {
 public:
  explicit OutputStore(std::size_t capacity) : bytes_(capacity) {}

  std::uint64_t begin() const { return begin_; }  ///< the first that is kept
  std::uint64_t end() const { return begin_ + bytes_.size(); }
  std::uint64_t acknowledged() const { return acknowledged_; }
  /// How much append() takes now.
  std::size_t room() const {
    return bytes_.capacity().capacity() - static_cast<std::size_t>(end() - acknowledged_);
  }
  /// Drops the oldest of what is acknowledged as needed. Never more than room().
  void append(std::string_view bytes);
  /// All before `number` has arrived. False: so much was never printed.
  [[nodiscard]] bool acknowledge(std::uint64_t number);
  /// At most `most` bytes from number `from` on, which is kept or the end.
  std::string read(std::uint64_t from, std::size_t most) const;

 private:
  boost::circular_buffer_space_optimized<char> bytes_;
  std::uint64_t begin_ = 0;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace slipway::terminal
