// SPDX-License-Identifier: Apache-2.0
#include "controller/http/manifest_reader.hpp"

#include "protocol/base/offload.hpp"

namespace slipway::http {

namespace {

/// One that waits, or is read.
class Waiting {
 public:
  explicit Waiting(std::size_t& count) : count_(count) { ++count_; }
  ~Waiting() { --count_; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  std::size_t& count_;
};

}  // namespace

base::Task<manifest::Checked<std::vector<manifest::ManifestObject>>> ManifestReader::read(
    std::string_view yaml) {
  if (waiting_ >= kMostWaiting) {
    co_return std::unexpected(manifest::Fault{
        {base::ErrorCode::kExhausted, "too many manifests wait to be read; try again", {}}, {}});
  }
  const Waiting one(waiting_);
  co_return co_await base::offload(pool_, [yaml] { return manifest::parse_manifest(yaml); });
}

}  // namespace slipway::http
