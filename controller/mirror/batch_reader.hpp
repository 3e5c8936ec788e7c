// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"
#include "report.pb.h"

namespace slipway::mirror {

/// Cuts a stream's bytes into batches: each is preceded by its length, four bytes, big-endian.
class BatchReader {
 public:
  void add(std::string_view bytes);
  /// The next whole batch; nullopt: more bytes are needed; kInvalid: too long or no MirrorBatch.
  base::Result<std::optional<wire::MirrorBatch>> next();

 private:
  std::string held_;
  std::size_t read_ = 0;  ///< of `held_`, taken already
};

}  // namespace slipway::mirror
