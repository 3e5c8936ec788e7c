// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "protocol/link/link.hpp"
#include "stream.pb.h"

namespace slipway::logs {

/// The arguments for journalctl; kInvalid for what is no unit's name. No unit: the whole journal.
base::Result<std::vector<std::string>> journal_arguments(const std::string& program,
                                                         const wire::JournalOpen& open);

/// Copies a unit's journal into the stream as fast as it is read, until its end or the stream's.
base::Task<base::Result<>> send_journal(std::string program, wire::JournalOpen open,
                                        link::StreamPtr stream);

}  // namespace slipway::logs
