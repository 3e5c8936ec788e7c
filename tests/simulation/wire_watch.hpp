// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "protocol/wire/conversation.hpp"

namespace slipway::simulation {

/// Reads what both ends of one link write and holds it against the rules, with books of its own.
class WireWatch {
 public:
  void wrote(wire::Side from, std::string_view bytes);
  /// An interactive stream's user has handed in bytes that must not wait behind bulk.
  void keys_wait(wire::Side from, wire::StreamId id, std::size_t bytes);
  void keys_dropped(wire::Side from, wire::StreamId id);  ///< its stream is over

 private:
  struct Direction {
    std::map<wire::StreamId, std::int64_t> window;  ///< what this end may still send
    std::map<wire::StreamId, bool> ended;           ///< it sent Finish (false) or Reset (true)
    std::map<wire::StreamId, std::size_t> keys;     ///< interactive bytes not yet written
    unsigned others_in_a_row = 0;  ///< frames of no interactive stream, keys waiting
    bool said_hello = false;
  };
  void on_data(Direction& mine, const wire::Data& data);
  void on_other(Direction& mine);

  Direction ends_[2];
  std::map<wire::StreamId, bool> interactive_;  ///< every stream opened so far
};

}  // namespace slipway::simulation
