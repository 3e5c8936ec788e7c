// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "controller/links/links.hpp"
#include "protocol/net/http.hpp"

namespace slipway::http {

/// How long a followed log waits for its node's link before it ends.
inline constexpr std::chrono::minutes kLogPatience{5};
inline constexpr std::chrono::milliseconds kLogRetry{250};

/// An agent's log stream as a body; what is missing is said in a line of its own. A followed log
/// outlives the link and the agent's process: it goes on where it stood, and what the client has
/// already is left out.
class LogBody : public net::BodySource {
 public:
  /// `open`: what `stream` was opened with at `machine`; `first`: what was read of it already.
  LogBody(links::Links& links, base::MachineId machine, wire::LogOpen open, link::StreamPtr stream,
          std::optional<link::Chunk> first);

  base::Task<base::Result<std::optional<std::string>>> next() override;

 private:
  std::string render(link::Chunk chunk);
  void take_place(const wire::LogPosition& place);
  bool can_go_on(const base::Error& why) const;
  base::Task<base::Result<>> go_on();

  links::Links& links_;
  base::MachineId machine_;
  wire::LogOpen open_;
  link::StreamPtr stream_;
  std::optional<link::Chunk> first_;
  std::int64_t left_;        ///< of the client's limit, where it gave one
  std::size_t ahead_ = 0;    ///< bytes that the client has beyond the agent's last place
  std::size_t skip_ = 0;     ///< bytes to come that it has already
  bool begun_anew_ = false;  ///< the next place tells where the agent goes on
  bool at_line_start_ = true;
};

}  // namespace slipway::http
