// SPDX-License-Identifier: Apache-2.0
#include "agent/terminal/output_store.hpp"

#include <algorithm>

#include "protocol/base/check.hpp"

namespace slipway::terminal {

void OutputStore::append(std::string_view bytes) {
  base::check(bytes.size() <= room(), "what is appended fits");
  const auto free = bytes_.capacity().capacity() - bytes_.size();
  const auto dropped = bytes.size() > free ? bytes.size() - free : 0;
  bytes_.rerase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(dropped));
  begin_ += dropped;
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

bool OutputStore::acknowledge(std::uint64_t number) {
  if (number > end()) return false;
  acknowledged_ = std::max(acknowledged_, number);
  return true;
}

std::string OutputStore::read(std::uint64_t from, std::size_t most) const {
  base::check(from >= begin_ && from <= end(), "what is read is kept");
  const auto first = bytes_.begin() + static_cast<std::ptrdiff_t>(from - begin_);
  const auto count = std::min<std::uint64_t>(most, end() - from);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace slipway::terminal
