// SPDX-License-Identifier: Apache-2.0
#include "controller/objects/base64.hpp"

#include <sodium.h>

namespace slipway::objects {

std::string base64(std::string_view bytes) {
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.resize(out.size() - 1);  // it writes a terminating zero
  return out;
}

}  // namespace slipway::objects
