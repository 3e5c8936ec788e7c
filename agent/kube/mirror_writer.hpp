// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <string>

#include "agent/kube/kube_api.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/link/link.hpp"
#include "report.pb.h"

namespace slipway::kube {

/// A batch as it travels: its length in four bytes, big-endian, then the message.
std::string frame_of(const wire::MirrorBatch& batch);

/// Watches all mirrored kinds and writes their news into `stream` until it is over. All kinds share
/// a short queue: a slow reader slows the watches, and nothing piles up.
base::Task<> write_mirror(KubeApi& api, base::asio::thread_pool& pool, const base::Clock& clock,
                          link::StreamPtr stream);

}  // namespace slipway::kube
