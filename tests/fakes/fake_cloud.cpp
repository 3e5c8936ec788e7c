// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_cloud.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace slipway::fakes {
namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Task;
using cloud::Machine;
using cloud::MachineState;

FakeCloud::FakeCloud(asio::any_io_executor executor) : executor_(std::move(executor)) {}

void FakeCloud::fail(std::string call, base::Error error, unsigned times, When when) {
  failures_.push_back({std::move(call), std::move(error), times, when});
}
void FakeCloud::delay(std::string call, unsigned turns) {
  delays_[std::move(call)] = turns;
}

void FakeCloud::hold(std::string call) {
  auto gate = std::make_unique<asio::steady_timer>(executor_);
  gate->expires_at(asio::steady_timer::time_point::max());
  held_[std::move(call)] = std::move(gate);
}
void FakeCloud::release(const std::string& call) {
  held_.erase(call);
}
void FakeCloud::boot_polls(unsigned polls) {
  boot_polls_ = polls;
}
void FakeCloud::limit_machines(std::size_t limit) {
  machine_limit_ = limit;
}
void FakeCloud::give_address(std::string address) {
  given_address_ = std::move(address);
}

void FakeCloud::power_off(const ResourceId& id) {
  if (auto found = row(id)) halt(**found, MachineState::kStopped);
}
void FakeCloud::power_on(const ResourceId& id) {
  auto found = row(id);
  if (found && (*found)->machine.state == MachineState::kStopped) run(**found);
}
void FakeCloud::break_machine(const ResourceId& id, std::string detail) {
  auto found = row(id);
  if (!found) return;
  halt(**found, MachineState::kFailed);
  (*found)->machine.detail = std::move(detail);
}
void FakeCloud::lose(const ResourceId& id) {
  auto found = row(id);
  if (!found) return;
  halt(**found, MachineState::kGone);
  machines_.erase(id);
}

std::size_t FakeCloud::count(std::string_view call) const {
  return std::ranges::count(calls_, call, &Call::name);
}
const cloud::MachineSpec* FakeCloud::spec(const ResourceId& id) const {
  auto found = machines_.find(id);
  return found == machines_.end() ? nullptr : &found->second.spec;
}

Task<Result<>> FakeCloud::enter(std::string call, ResourceId id) {
  calls_.push_back({call, id});
  if (auto held = held_.find(call); held != held_.end()) {
    co_await held->second->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  auto turns = delays_.find(call);
  for (unsigned n = turns == delays_.end() ? 0 : turns->second; n > 0; --n) {
    co_await asio::post(executor_, asio::use_awaitable);
  }
  co_return strike(call, When::kBefore);
}

Result<> FakeCloud::leave(const std::string& call) {
  return strike(call, When::kAfter);
}

Result<> FakeCloud::strike(const std::string& call, When when) {
  auto match = [&](const Failure& f) { return f.call == call && f.when == when && f.times > 0; };
  auto found = std::ranges::find_if(failures_, match);
  if (found == failures_.end()) return {};
  base::Error error = found->error;
  if (--found->times == 0) failures_.erase(found);
  return std::unexpected(std::move(error));
}

void FakeCloud::run(Row& row) {
  row.machine.state = MachineState::kRunning;
  row.machine.detail.clear();
  if (on_running) on_running(row.spec, row.machine);
}

void FakeCloud::halt(Row& row, MachineState state) {
  bool ran = row.machine.state == MachineState::kRunning;
  row.machine.state = state;
  if (ran && on_stopped) on_stopped(row.machine.id);
}

Result<FakeCloud::Row*> FakeCloud::row(const ResourceId& id) {
  auto found = machines_.find(id);
  if (found == machines_.end()) return base::fail(ErrorCode::kNotFound, "no machine " + id.value);
  return &found->second;
}

std::string FakeCloud::next_address() {
  if (!given_address_.empty()) return given_address_;
  unsigned n = 10 + addresses_++;
  return "10.210." + std::to_string(n / 250) + "." + std::to_string(n % 250 + 2);
}

Task<Result<>> FakeCloud::start() {
  co_return co_await enter("start", {});
}
Task<> FakeCloud::stop() {
  (void)co_await enter("stop", {});
}

Task<Result<cloud::Network>> FakeCloud::ensure_network(cloud::NetworkSpec spec) {
  if (auto ok = co_await enter("ensure_network", spec.id); !ok) co_return base::fail(ok);
  auto [at, made] = networks_.try_emplace(spec.id);
  if (made) {
    std::string cidr = spec.cidr.empty() ? "10.210.0.0/16" : spec.cidr;
    at->second = {spec.id, "net-" + spec.id.value, cidr, "10.210.0.1"};
  }
  if (auto ok = leave("ensure_network"); !ok) co_return base::fail(ok);
  co_return at->second;
}

Task<Result<>> FakeCloud::delete_network(ResourceId id) {
  if (auto ok = co_await enter("delete_network", id); !ok) co_return ok;
  networks_.erase(id);
  co_return leave("delete_network");
}

std::vector<std::string> FakeCloud::members(const ResourceId& load_balancer) const {
  const auto found = load_balancers_.find(load_balancer);
  return found == load_balancers_.end() ? std::vector<std::string>{} : found->second.spec.members;
}

Task<Result<cloud::LoadBalancer>> FakeCloud::ensure_load_balancer(cloud::LoadBalancerSpec spec) {
  if (auto ok = co_await enter("ensure_load_balancer", spec.id); !ok) co_return base::fail(ok);
  Balancer& balancer = load_balancers_[spec.id];
  if (balancer.made.address.empty()) {
    balancer.made = {spec.id, "lb-" + spec.id.value, next_address()};
  }
  balancer.spec = std::move(spec);
  if (auto ok = leave("ensure_load_balancer"); !ok) co_return base::fail(ok);
  co_return balancer.made;
}

Task<Result<>> FakeCloud::delete_load_balancer(ResourceId id) {
  if (auto ok = co_await enter("delete_load_balancer", id); !ok) co_return ok;
  load_balancers_.erase(id);
  co_return leave("delete_load_balancer");
}

Task<Result<Machine>> FakeCloud::ensure_machine(cloud::MachineSpec spec) {
  if (auto ok = co_await enter("ensure_machine", spec.id); !ok) co_return base::fail(ok);
  ResourceId id = spec.id;
  if (!machines_.contains(id)) {
    if (machines_.size() >= machine_limit_) {
      co_return base::fail(ErrorCode::kExhausted, "quota of machines is reached");
    }
    Row& row = machines_[id];
    Machine& made = row.machine;
    made = {id, "vm-" + id.value, spec.name, MachineState::kBuilding, {}, next_address(), {}};
    char letter = 'b';
    for (const auto& volume : spec.volumes) {
      made.volumes.push_back({volume.id, "vol-" + volume.id.value, volume.size_bytes, made.cloud_id,
                              std::string("/dev/vd") + letter++});
    }
    row.spec = std::move(spec);
    row.polls_left = boot_polls_;
    if (boot_polls_ == 0) run(row);
  }
  if (auto ok = leave("ensure_machine"); !ok) co_return base::fail(ok);
  auto now = row(id);  // on_running may have deleted it
  if (!now) co_return base::fail(now);
  co_return (*now)->machine;
}

Task<Result<Machine>> FakeCloud::machine(ResourceId id) {
  if (auto ok = co_await enter("machine", id); !ok) co_return base::fail(ok);
  auto found = row(id);
  if (!found) co_return Machine{.id = id};
  Row& row = **found;
  if (row.machine.state == MachineState::kBuilding && --row.polls_left == 0) run(row);
  co_return row.machine;
}

Task<Result<std::vector<Machine>>> FakeCloud::machines() {
  if (auto ok = co_await enter("machines", {}); !ok) co_return base::fail(ok);
  std::vector<Machine> all;
  for (auto& [id, row] : machines_) {
    if (row.machine.state == MachineState::kBuilding && --row.polls_left == 0) run(row);
    all.push_back(row.machine);
  }
  co_return all;
}

Task<Result<>> FakeCloud::reboot(ResourceId id, bool) {
  if (auto ok = co_await enter("reboot", id); !ok) co_return ok;
  auto found = row(id);
  if (!found) co_return base::fail(found);
  halt(**found, MachineState::kStopped);
  run(**found);
  co_return leave("reboot");
}

Task<Result<>> FakeCloud::stop_machine(ResourceId id) {
  if (auto ok = co_await enter("stop_machine", id); !ok) co_return ok;
  auto found = row(id);
  if (!found) co_return base::fail(found);
  halt(**found, MachineState::kStopped);
  co_return leave("stop_machine");
}

Task<Result<>> FakeCloud::start_machine(ResourceId id) {
  if (auto ok = co_await enter("start_machine", id); !ok) co_return ok;
  auto found = row(id);
  if (!found) co_return base::fail(found);
  if ((*found)->machine.state != MachineState::kRunning) run(**found);
  co_return leave("start_machine");
}

Task<Result<>> FakeCloud::delete_machine(ResourceId id) {
  if (auto ok = co_await enter("delete_machine", id); !ok) co_return ok;
  lose(id);
  co_return leave("delete_machine");
}

Task<Result<std::string>> FakeCloud::console(ResourceId id, std::size_t) {
  if (auto ok = co_await enter("console", id); !ok) co_return base::fail(ok);
  if (auto found = row(id); !found) co_return base::fail(found);
  co_return "machine " + id.value + " has booted\n" + console_text;
}

Task<Result<std::vector<cloud::Flavor>>> FakeCloud::flavors() {
  if (auto ok = co_await enter("flavors", {}); !ok) co_return base::fail(ok);
  co_return std::vector<cloud::Flavor>{{"local.small", 2, 2ull << 30},
                                       {"local.medium", 4, 4ull << 30},
                                       {"local.large", 4, 8ull << 30}};
}

Task<Result<std::vector<cloud::Quota>>> FakeCloud::quotas() {
  if (auto ok = co_await enter("quotas", {}); !ok) co_return base::fail(ok);
  co_return std::vector<cloud::Quota>{{"machines", static_cast<std::int64_t>(machine_limit_),
                                       static_cast<std::int64_t>(machines_.size())}};
}

Task<Result<std::vector<cloud::Tagged>>> FakeCloud::tagged() {
  if (auto ok = co_await enter("tagged", {}); !ok) co_return base::fail(ok);
  std::vector<cloud::Tagged> all;
  for (const auto& [id, network] : networks_) all.push_back({id, "network", network.cloud_id, {}});
  for (const auto& [id, balancer] : load_balancers_) {
    all.push_back({id, "load-balancer", balancer.made.cloud_id, balancer.spec.name});
  }
  for (const auto& [id, row] : machines_) {
    all.push_back({id, "machine", row.machine.cloud_id, row.machine.name});
    for (const auto& volume : row.machine.volumes) {
      all.push_back({volume.id, "volume", volume.cloud_id, {}});
    }
  }
  co_return all;
}

Task<Result<std::string>> FakeCloud::publish(ResourceId machine, unsigned short port) {
  if (auto ok = co_await enter("publish", machine); !ok) co_return base::fail(ok);
  auto found = row(machine);
  if (!found) co_return base::fail(found);
  std::string& address = (*found)->published[port];
  if (address.empty()) address = "127.0.0.1:" + std::to_string(30000 + ports_++);
  if (auto ok = leave("publish"); !ok) co_return base::fail(ok);
  co_return address;
}

}  // namespace slipway::fakes
