// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/containers/container_runtime.hpp"
#include "agent/terminal/fifos.hpp"
#include "protocol/link/link.hpp"
#include "stream.pb.h"

namespace slipway::terminal {

/// One process in a container, from the search for its program to its exit code.
class ExecSession {
 public:
  ExecSession(containers::ContainerRuntime& runtime, std::filesystem::path run_dir,
              wire::ExecOpen open, link::StreamPtr stream);

  /// Runs it; an error is a refusal before anything ran. What a process did not live to see or
  /// could not start for is its exit status.
  base::Task<base::Result<wire::ExitStatus>> run();
  /// Ends and forgets the process, if there is one. Always call it; run() may have been cancelled.
  base::Task<> clean_up();

 private:
  base::Task<base::Result<>> start_any(containers::Container container);
  base::Task<base::Result<>> start(const containers::Container& container,
                                   const std::vector<std::string>& command);
  base::Task<> copy_outputs();
  base::Task<base::Error> copy_input();

  containers::ContainerRuntime& runtime_;
  std::filesystem::path run_dir_;
  wire::ExecOpen open_;
  link::StreamPtr stream_;
  std::optional<Fifos> fifos_;
  std::optional<containers::ExecId> process_;  // made at the runtime, not yet forgotten
  bool exited_ = false;
};

}  // namespace slipway::terminal
