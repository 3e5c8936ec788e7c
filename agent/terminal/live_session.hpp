// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <list>
#include <optional>
#include <string>

#include "agent/terminal/exec_process.hpp"
#include "agent/terminal/output_store.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/wakeup.hpp"
#include "protocol/link/link.hpp"

namespace slipway::terminal {

inline constexpr std::size_t kKeptOutputBytes = 256 << 10;  ///< of one terminal
inline constexpr std::size_t kMaxWatchers = 8;              ///< of one terminal
inline constexpr std::size_t kInputTold = 4 << 10;     ///< input is acknowledged after so much more
inline constexpr std::chrono::minutes kIdleLimit{10};  ///< without its owner, then it is ended
inline constexpr std::chrono::seconds kFarewell{10};   ///< for the acknowledgement of its exit

/// A terminal that outlives the stream it was opened with: its owner's next stream goes on at the
/// byte where the last one was cut, in both directions. The protocol: wire::TerminalOpen.
class LiveSession {
 public:
  LiveSession(base::asio::any_io_executor executor, const base::Clock& clock, std::string id,
              ExecProcess process);

  /// The process, until its owner knows of its end or it was ended. Not to be cancelled: end() it.
  base::Task<> run();
  /// The owner's stream, until it is over or another takes its place.
  base::Task<> attach(link::StreamPtr stream, wire::TerminalOpen how);
  /// A stream that only sees, until it is over. The owner is told.
  base::Task<> watch(link::StreamPtr stream, std::string user);
  /// Kills the process; the owner, if there, is told why.
  void end(std::string why);
  /// Lets time pass; call it now and then.
  void tick();

  const std::string& owner() const { return process_.what().user(); }
  wire::TerminalState state() const;

 private:
  base::Task<base::Result<wire::ExitStatus>> live();
  base::Task<> store_output();
  base::Task<> exit_and_quiet(std::optional<base::Result<int>>& code);
  base::Task<> until_cut();
  base::Task<bool> until_started(const link::StreamPtr& stream);

  base::Task<> send(link::StreamPtr stream, std::uint64_t from, bool to_owner);
  base::Task<> send_end(link::StreamPtr stream, bool to_owner);
  base::Task<bool> send_news(const link::StreamPtr& stream, std::uint64_t& input, unsigned& seen);
  base::Task<> receive(link::StreamPtr stream);
  base::Task<bool> obey(const link::StreamPtr& stream, wire::StreamNote note);
  base::Task<> type(std::string bytes);
  base::Task<bool> attached_note(const link::StreamPtr& stream, std::uint64_t output);
  bool over() const { return outcome_.has_value(); }
  void changed() { changed_.notify(); }

  const base::Clock& clock_;
  const std::string id_;
  const base::UtcTime begun_;
  ExecProcess process_;
  OutputStore output_{kKeptOutputBytes};
  std::uint64_t input_ = 0;  // bytes that the process was given
  bool started_ = false;
  std::optional<base::Result<wire::ExitStatus>> outcome_;
  std::optional<std::string> cut_;  // why it was ended
  bool end_known_ = false;          // the owner has all output and the exit

  link::StreamPtr owner_stream_;
  unsigned attachments_ = 0;  // the newest wins
  base::MonotonicTime detached_;
  base::UtcTime detached_utc_;
  bool exit_told_ = false;  // on the present stream
  std::list<std::string> watchers_;
  unsigned watchers_changed_ = 0;
  base::Wakeup changed_;
};

}  // namespace slipway::terminal
