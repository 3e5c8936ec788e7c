// SPDX-License-Identifier: Apache-2.0
#include "controller/mirror/batch_reader.hpp"

#include "controller/mirror/mirror.hpp"

namespace slipway::mirror {

using base::ErrorCode;
using base::fail;

namespace {
constexpr std::size_t kLengthBytes = 4;
}

void BatchReader::add(std::string_view bytes) {
  held_.erase(0, std::exchange(read_, 0));
  held_.append(bytes);
}

base::Result<std::optional<wire::MirrorBatch>> BatchReader::next() {
  const std::string_view rest = std::string_view(held_).substr(read_);
  if (rest.size() < kLengthBytes) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    length = length << 8 | static_cast<unsigned char>(rest[i]);
  }
  if (length > kMaxBatchBytes) {
    return fail(ErrorCode::kInvalid, "a mirror batch has at most 1 MiB", "length");
  }
  if (rest.size() < kLengthBytes + length) return std::nullopt;
  wire::MirrorBatch batch;
  if (!batch.ParseFromArray(rest.data() + kLengthBytes, static_cast<int>(length))) {
    return fail(ErrorCode::kInvalid, "the bytes are no MirrorBatch", "batch");
  }
  read_ += kLengthBytes + length;
  return batch;
}

}  // namespace slipway::mirror
