// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controller/clusters/agents.hpp"
#include "controller/clusters/changes.hpp"
#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/node_words.hpp"
#include "controller/clusters/operations.hpp"

namespace slipway::clusters {

inline constexpr std::chrono::seconds kConsoleInterval{3};
inline constexpr std::size_t kConsolesAtOnce = 4;
inline constexpr std::size_t kConsolesARound = 32;  ///< the others are looked at in later rounds
inline constexpr std::size_t kConsoleLines = 40;
inline constexpr std::chrono::seconds kConsoleLimit{5};  ///< for the cloud's answer

/// Learns why a machine that runs has no link before it was bootstrapped: from its console, where
/// the agent says it, and from what the controller itself refused. Looks at no other machine.
class ConsoleWatch {
 public:
  ConsoleWatch(store::Database& database, cloud::Cloud& cloud, Agents& agents, NodeWords& words,
               Operations& operations, Changes& changes, const base::Clock& clock);

  /// Looks again and again, until cancelled.
  base::Task<> run();
  base::Task<> look();

 private:
  bool is_awaited(const MachineRow& machine) const;
  std::vector<MachineRow> choose();
  base::Task<base::Result<>> look_at(MachineRow machine);
  void take(const MachineRow& machine, Obstacle obstacle);

  cloud::Cloud& cloud_;
  Agents& agents_;
  NodeWords& words_;
  Operations& operations_;
  Changes& changes_;
  const base::Clock& clock_;
  Rows rows_;
  std::map<MachineId, base::UtcTime> awaited_;  ///< since when
  MachineId last_;                              ///< that a round looked at
};

/// What a console's text says of the link; the text is untrusted, the result bounded and clean.
Obstacle read_console_words(std::string_view console);

}  // namespace slipway::clusters
