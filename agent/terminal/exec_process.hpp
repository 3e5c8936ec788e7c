// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/containers/container_runtime.hpp"
#include "agent/terminal/fifos.hpp"
#include "stream.pb.h"

namespace slipway::terminal {

/// What a process left in its pipes is read this long after its end; a child of its that holds
/// them open must not hold the session.
inline constexpr std::chrono::seconds kDrainLimit{2};

/// One process in a container, from the search for its program to its exit code. Who reads its
/// outputs and writes its input is the owner's business.
class ExecProcess {
 public:
  ExecProcess(containers::ContainerRuntime& runtime, std::filesystem::path run_dir,
              wire::ExecOpen open);

  /// Nothing: it runs. A status: how it could not start. An error: a refusal before any try.
  base::Task<base::Result<std::optional<wire::ExitStatus>>> start();
  /// Ends and forgets the process, if there is one. Always call it, also after a cancelled start().
  base::Task<> clean_up();

  const wire::ExecOpen& what() const { return open_; }
  /// Of a process that runs.
  Fifos& fifos() { return *fifos_; }
  base::Task<> resize(wire::TerminalSize size);  ///< of no effect without a terminal
  base::Task<> close_stdin();                    ///< of no effect with one
  base::Task<base::Result<int>> wait();          ///< its exit code

 private:
  base::Task<base::Result<>> start_any(containers::Container container);
  base::Task<base::Result<>> start(const containers::Container& container,
                                   const std::vector<std::string>& command);

  containers::ContainerRuntime& runtime_;
  std::filesystem::path run_dir_;
  wire::ExecOpen open_;
  std::optional<Fifos> fifos_;
  std::optional<containers::ExecId> process_;  // made at the runtime, not yet forgotten
  bool exited_ = false;
};

}  // namespace slipway::terminal
