// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/bootstrap/log_tail.hpp"
#include "protocol/base/clock.hpp"
#include "report.pb.h"

namespace slipway::bootstrap {

inline constexpr std::size_t kWaitsForBytes = 512;  ///< of StepReport.waiting_for

/// What is known of each step: the reports as they go to the controller, without I/O.
class StepBoard {
 public:
  using Listener = std::function<void(const wire::StepReport&)>;
  explicit StepBoard(Listener listener);

  /// Takes over what an earlier process had reported.
  void restore(std::vector<wire::StepReport> reports);
  /// Starts a run of these steps. `fresh`: all wait again; otherwise what is done stays shown as
  /// done while it is looked at once more.
  void prepare(const std::vector<std::string_view>& names, std::uint64_t generation, bool fresh);

  void begin(std::string_view name, base::UtcTime now);
  void log(std::string_view name, std::string_view line);
  /// What a running step waits for, empty for nothing; told with the logs.
  void waits_for(std::string_view name, std::string_view what);
  void done(std::string_view name, base::UtcTime now);
  void failed(std::string_view name, const std::string& error, base::UtcTime now);
  /// It did not fail, but waits again: something that it rests on failed.
  void waiting(std::string_view name);
  /// Tells of the logs that have grown since, and of other waits; call a few times a second.
  void flush();

  const std::vector<wire::StepReport>& reports() const { return reports_; }
  wire::StepReport::State state(std::string_view name) const;
  bool all_done() const;

 private:
  struct Log {
    LogTail tail;
    bool grown = false;
    bool waits_for_other = false;
  };
  wire::StepReport& report(std::string_view name);
  void tell(wire::StepReport& report);

  Listener listener_;
  std::vector<wire::StepReport> reports_;
  std::map<std::string, Log, std::less<>> logs_;
};

}  // namespace slipway::bootstrap
