// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/relayed_body.hpp"

#include <utility>

namespace slipway::discovery {

RelayedBody::RelayedBody(Relayed answer, Again again)
    : answer_(std::move(answer)), again_(std::move(again)) {}

RelayedBody::~RelayedBody() = default;

base::Task<base::Result<std::optional<std::string>>> RelayedBody::next() {
  using Piece = std::optional<std::string>;
  for (;;) {
    if (!answer_.early.empty()) {
      again_ = nullptr;
      co_return Piece(std::exchange(answer_.early, {}));
    }
    if (answer_.finished) co_return Piece{};
    auto chunk = co_await answer_.stream->read();
    if (chunk && !*chunk) {
      answer_.finished = true;
    } else if (chunk) {
      answer_.early = std::move((*chunk)->bytes);
    } else {
      if (!again_) co_return base::fail(chunk);
      auto answer = co_await again_();
      if (!answer) co_return base::fail(answer);
      if (answer->head.status() != answer_.head.status())
        co_return base::fail(base::ErrorCode::kUnavailable, "the answer changed on its way");
      answer_ = *std::move(answer);
    }
  }
}

}  // namespace slipway::discovery
