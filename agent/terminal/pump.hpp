// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "agent/terminal/fifos.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/link/link.hpp"

namespace slipway::terminal {

inline constexpr std::size_t kPumpBytes = 32 << 10;  ///< in a pump's hands at once

/// As what the bytes of an output travel.
enum class Output {
  kStdout,  ///< the stream's data
  kStderr,  ///< notes beside it
};

/// How far the outputs of one process are copied; its pumps share it.
struct OutputProgress {
  std::uint64_t bytes = 0;
  int waiting = 0;  ///< pumps with bytes in hand that the stream does not take yet
};

/// Copies until the descriptor's end (success, also when a terminal hangs up) or until the stream
/// fails. Reads no further while the stream has no credit, and no faster than ReadPace allows.
base::Task<base::Result<>> pump_out(Descriptor& from, link::StreamPtr to, Output kind,
                                    OutputProgress& progress);

/// What a terminal's input does besides bytes.
struct InputActions {
  std::function<base::Task<>(wire::TerminalSize)> resize;
  std::function<base::Task<>()> close_stdin;  ///< once, at the note or the other end's finish
};

/// Copies the stream into the descriptor until the stream is over, and says why it is.
base::Task<base::Error> pump_in(link::StreamPtr from, Descriptor& to, InputActions actions);

/// Runs `outputs` to their end and `wait` for the exit code. A child that outlives the process and
/// holds its outputs open is listened to until nothing came for `drain`.
base::Task<base::Result<int>> until_exit(base::Task<> outputs,
                                         std::function<base::Task<base::Result<int>>()> wait,
                                         base::Duration drain, const OutputProgress& progress);

}  // namespace slipway::terminal
