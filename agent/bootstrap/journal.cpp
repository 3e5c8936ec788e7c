// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/journal.hpp"

#include <utility>

namespace slipway::bootstrap {

base::Task<base::Result<bool>> is_active(const StepContext& context, std::string unit) {
  auto exit = co_await context.ask({"systemctl", "is-active", unit});
  if (!exit) co_return base::fail(exit);
  co_return exit->code == 0;
}

base::Task<> log_journal(const StepContext& context, std::string unit) {
  (void)co_await context.command(
      {"journalctl", "--unit", unit, "--lines", "40", "--no-pager", "--output", "cat"});
}

}  // namespace slipway::bootstrap
