// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace slipway::recordings {

/// Takes what is whole off the front of a terminal's bytes, as UTF-8: what is none becomes U+FFFD,
/// a character that has only begun stays for the next time.
std::string take_whole_characters(std::string& bytes);

}  // namespace slipway::recordings
