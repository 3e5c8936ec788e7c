// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/base/clock.hpp"

namespace slipway::agent_link {

/// What the agent does next to get its link.
enum class Step {
  kEnrol,  ///< show the token, ask for a certificate
  kRenew,  ///< show the key that enrolled, ask for a new certificate
  kDial,   ///< open the link with the certificate
};

/// All that the decision rests on.
struct Standing {
  bool certified = false;  ///< a certificate of our key by the pinned CA is there
  base::UtcTime not_before;
  base::UtcTime not_after;
  bool has_token = false;
  bool certificate_refused = false;  ///< the last dial was denied
  bool enrol_denied = false;         ///< the last enrolment was denied (and no renewal since)
  bool renew_denied = false;         ///< the last renewal was denied (and no enrolment since)
};

Step next_step(const Standing& standing, base::UtcTime now);

/// From here on a certificate is renewed while it still serves: half of its life.
base::UtcTime renewal_time(base::UtcTime not_before, base::UtcTime not_after);
/// How long after an attempt the next one is made: several fit into what is left of its life.
base::Duration renewal_retry(base::UtcTime not_before, base::UtcTime not_after);

}  // namespace slipway::agent_link
