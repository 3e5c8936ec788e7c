// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/quote.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace slipway::bootstrap {

std::string double_quoted(std::string_view text) {
  return boost::json::serialize(boost::json::value(boost::json::string(text)));
}

}  // namespace slipway::bootstrap
