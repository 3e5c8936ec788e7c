// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "controller/access/accounts.hpp"
#include "controller/http/routes.hpp"
#include "controller/links/links.hpp"
#include "protocol/wire/limits.hpp"

namespace slipway::http {

struct Services;

/// How many of a link's streams one user may have at once: a quarter.
inline constexpr std::size_t kMaxStreamsOfUser = wire::kMaxStreams / 4;
/// And how many all of them may, of those that are not interactive: terminals, and what the
/// controller itself asks, find room in the last quarter.
inline constexpr std::size_t kMaxBulkStreams = wire::kMaxStreams - wire::kMaxStreams / 4;
/// What is open is asked anew so often whether its caller still may.
inline constexpr std::chrono::seconds kRightsAge{30};

/// The streams to machines that callers hold (terminals, logs, what kubectl asks and watches): each
/// counts for its caller while somebody keeps it, and ends with the right that it was opened by.
class CallerStreams {
 public:
  /// Whether a caller may have a stream; their rights are those of now. kUnavailable: nobody knows.
  using May = std::function<base::Result<>(const Call&)>;

  CallerStreams(links::Links& links, access::Accounts& accounts);

  /// For who is allowed by the request just now. kExhausted: at a limit above; else as Links::open.
  base::Result<link::StreamPtr> open(const Call& call, const base::MachineId& machine,
                                     wire::StreamOpen what, bool interactive, May may);
  /// For who was allowed some time ago: asks first. kDenied: not any more.
  base::Result<link::StreamPtr> reopen(Call call, const base::MachineId& machine,
                                       wire::StreamOpen what, bool interactive, May may);

  /// Asks for all anew; resets those that may not be any more, with kDenied, and tells of each: its
  /// call has no headers, body and query.
  base::Task<> renew(std::function<void(const Call&, const base::Error&)> ended);

 private:
  struct Seats;
  struct Held;
  base::Result<> refresh(Call& call) const;

  links::Links& links_;
  access::Accounts& accounts_;
  std::shared_ptr<Seats> seats_;  ///< shared with each stream, which may go last
};

/// What a stream needs that is somebody's to open: the route's act, at the place in its path.
CallerStreams::May may_do(const Services& services, Needs act, bool changes);

/// The answer of a May: where it is not known whose the namespace is, as a cluster's gateway has
/// not told yet, a refusal says nothing (kUnavailable).
base::Result<> if_known(const Services& services, const std::string& cluster,
                        const std::string& name_space, base::Result<> allowed);

/// What Accounts::rights_again asks by.
access::Known known_of(const Caller& caller);

/// A call as it is kept while its stream is open: who, and what for.
Call outline(const Call& call);

/// Renews, and audits what that ended. Called each kRightsAge.
base::Task<> end_with_rights(Services& services);

}  // namespace slipway::http
