// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace slipway::wire {

/// `text` with each invalid UTF-8 sequence replaced by U+FFFD.
std::string clean_text(std::string_view text);

/// The first `limit` bytes of a valid text at most, without half a character at the cut.
std::string head_of(std::string_view text, std::size_t limit);

/// Does as clean_text() in every string field of a message: a receiver refuses a whole frame for
/// one bad byte, and log tails and file names come from programs that promise nothing.
void clean_texts(google::protobuf::Message& message);

}  // namespace slipway::wire
