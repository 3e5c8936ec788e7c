// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "protocol/base/task.hpp"

namespace slipway::net {

/// A duplex of bytes: a connection after its HTTP upgrade, or the two ends of a pipe in tests. One
/// reader and one writer at a time. After any error only close() may be called.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// What has come, a bounded piece of it; empty: the other end sends no more, and may still read.
  /// kUnavailable: the connection broke.
  virtual base::Task<base::Result<std::string>> read() = 0;
  /// Returns once the bytes are on their way: a slow reader holds it up.
  virtual base::Task<base::Result<>> write(std::string bytes) = 0;
  /// Says that nothing more is written; reading goes on.
  virtual base::Task<base::Result<>> finish() = 0;
  /// Ends both directions at once; pending calls fail. Callable at any time, more than once.
  virtual void close() = 0;
};

}  // namespace slipway::net
