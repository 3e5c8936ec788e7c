// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/terminal/exec_process.hpp"
#include "protocol/link/link.hpp"

namespace slipway::terminal {

/// Runs the process while its stream lasts. An error is a refusal before anything ran, or why the
/// stream is over; what a process did not live to see or could not start for is its exit status.
/// The caller cleans up, also after a cancellation.
base::Task<base::Result<wire::ExitStatus>> run_exec(ExecProcess& process, link::StreamPtr stream);

}  // namespace slipway::terminal
