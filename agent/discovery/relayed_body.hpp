// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "protocol/link/link.hpp"
#include "protocol/net/http.hpp"

namespace slipway::discovery {

/// What the controller answered: the head and, before its end, the body's stream.
struct Relayed {
  wire::HttpHead head;
  link::StreamPtr stream;
  std::string early;      ///< bytes that came with the head
  bool finished = false;  ///< the whole body is in `early`
};

/// The body of a relayed answer, piece by piece. A long poll whose link breaks before its first
/// byte is asked again by `again`, so that etcd does not see it.
class RelayedBody : public net::BodySource {
 public:
  using Again = std::function<base::Task<base::Result<Relayed>>()>;
  RelayedBody(Relayed answer, Again again);  ///< `again` may be empty
  ~RelayedBody() override;

  base::Task<base::Result<std::optional<std::string>>> next() override;

 private:
  Relayed answer_;
  Again again_;
};

}  // namespace slipway::discovery
