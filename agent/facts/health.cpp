// SPDX-License-Identifier: Apache-2.0
#include "agent/facts/disks.hpp"
#include "agent/facts/facts.hpp"
#include "agent/facts/proc_text.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/process.hpp"

namespace slipway::facts {
namespace {

constexpr std::chrono::seconds kUnitsLimit{5};

base::Task<std::vector<wire::Unit>> units() {
  base::Command command;
  command.argv = {"systemctl",
                  "show",
                  "--property=Id,ActiveState",
                  "containerd.service",
                  "kubelet.service",
                  "etcd.service",
                  "dnsmasq.service"};
  command.timeout = kUnitsLimit;
  const auto exit = co_await base::run(std::move(command));
  if (!exit || exit->code != 0) co_return std::vector<wire::Unit>{};
  co_return parse_units(exit->output);
}

}  // namespace

struct HealthProbe::State {
  std::filesystem::path root;
  const base::Clock& clock;
  CpuTicks before;
  std::int64_t controller_offset_ms = 0;

  std::string read(const char* path) const { return base::read_file(root / path).value_or(""); }
};

HealthProbe::HealthProbe(std::filesystem::path root, const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(root), clock)) {
  state_->before = parse_cpu(state_->read("proc/stat"));
}

HealthProbe::~HealthProbe() = default;

void HealthProbe::controller_clock(std::int64_t offset_ms) {
  state_->controller_offset_ms = offset_ms;
}

base::Task<wire::NodeHealth> HealthProbe::sample() {
  State& self = *state_;
  wire::NodeHealth health;
  health.set_utc_ms(base::to_unix_ms(self.clock.utc()));
  const auto now = parse_cpu(self.read("proc/stat"));
  health.set_cpu_fraction(cpu_fraction(self.before, now));
  self.before = now;
  const auto meminfo = self.read("proc/meminfo");
  const auto total = parse_meminfo(meminfo, "MemTotal");
  const auto available = parse_meminfo(meminfo, "MemAvailable");
  health.set_memory_total_bytes(total);
  health.set_memory_used_bytes(total > available ? total - available : 0);
  health.set_load1(parse_load1(self.read("proc/loadavg")));
  health.set_cpu_pressure(parse_pressure(self.read("proc/pressure/cpu")));
  health.set_memory_pressure(parse_pressure(self.read("proc/pressure/memory")));
  health.set_io_pressure(parse_pressure(self.read("proc/pressure/io")));
  for (auto& disk : disks(self.root)) *health.add_disks() = std::move(disk);
  health.set_clock_offset_ms(-self.controller_offset_ms);
  for (auto& unit : co_await units()) *health.add_units() = std::move(unit);
  co_return health;
}

}  // namespace slipway::facts
