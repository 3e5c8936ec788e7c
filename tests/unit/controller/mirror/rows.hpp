// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "report.pb.h"

namespace slipway::mirror {

inline wire::MirrorRow pod(std::string uid, std::string name, std::string name_space,
                           std::string version = {}) {
  wire::MirrorRow row;
  row.mutable_meta()->set_uid(std::move(uid));
  row.mutable_meta()->set_name(std::move(name));
  row.mutable_meta()->set_pod_namespace(std::move(name_space));
  row.mutable_meta()->set_resource_version(std::move(version));
  row.mutable_pod()->set_phase("Running");
  return row;
}

inline wire::MirrorBatch batch(const std::vector<wire::MirrorRow>& rows, bool full = false,
                               bool complete = false, std::string kind = "pods") {
  wire::MirrorBatch made;
  made.set_kind(std::move(kind));
  made.set_full(full);
  made.set_complete(complete);
  for (const auto& row : rows) *made.add_upserts() = row;
  return made;
}

/// As it travels: its length in four bytes, then itself.
inline std::string framed(const wire::MirrorBatch& made) {
  const std::string body = made.SerializeAsString();
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(body.size() >> shift & 0xff);
  }
  return bytes + body;
}

}  // namespace slipway::mirror
