// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/bootstrap/machine.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace slipway::simulation {
namespace {

std::unexpected<base::Error> dead() {
  return base::fail(base::ErrorCode::kInternal, "the agent is dead");
}

struct UnitDeath {
  std::string name;  ///< empty: no unit dies
  bool for_good = false;
};

UnitDeath unit_of(Victim victim) {
  switch (victim) {
    case Victim::kContainerd:
    case Victim::kContainerdForGood:
      return {"containerd.service", victim == Victim::kContainerdForGood};
    case Victim::kEtcd:
    case Victim::kEtcdForGood:
      return {"etcd.service", victim == Victim::kEtcdForGood};
    case Victim::kKubelet:
    case Victim::kKubeletForGood:
      return {"kubelet.service", victim == Victim::kKubeletForGood};
    case Victim::kNobody:
    case Victim::kAgent:
    case Victim::kMachine:
      break;
  }
  return {};
}

std::string words_of(const base::Command& command) {
  std::string line;
  for (const auto& word : command.argv) line += (line.empty() ? "" : " ") + word;
  return command.input.empty() ? line : line + " < " + command.input;
}

}  // namespace

Machine::Machine(Fate& fate, Cluster& cluster, bool master)
    : fate_(fate), software_(*this, cluster, master) {
  for (const char* image : {"kube-proxy", "pause"})
    file("/var/lib/slipway-images/" + std::string(image) + ".tar", "an archive");
  for (const char* disk : {"/dev/vdb", "/dev/vdc"}) file(disk, std::string(4096, '\0'));
  boot();
}

void Machine::boot() {
  std::erase_if(files, [](const auto& entry) {
    return entry.first.starts_with("/run/") || entry.first.starts_with("/proc/");
  });
  for (const char* path : {"net/ipv4/ip_forward", "net/bridge/bridge-nf-call-iptables",
                           "net/bridge/bridge-nf-call-ip6tables", "vm/overcommit_memory",
                           "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"})
    file("/proc/sys/" + std::string(path), "0\n");
  file("/proc/filesystems", "nodev\toverlay\n");
  software_.boot();
}

void Machine::start_again() {
  if (std::exchange(off_, false)) boot();
  agent_dead_ = false;
  fate_.agent_started();
}

bool Machine::lives(const std::string& where) {
  if (agent_dead_) return false;
  software_.settle();
  const Victim victim = fate_.moment(where);
  off_ = victim == Victim::kMachine;
  agent_dead_ = off_ || victim == Victim::kAgent;
  if (const auto unit = unit_of(victim); !unit.name.empty())
    software_.kill(unit.name, unit.for_good);
  return !agent_dead_;
}

/// A dead process waits for nothing; it goes when the run that it was part of is taken down.
base::Task<> Machine::never() {
  boost::asio::steady_timer timer(co_await base::asio::this_coro::executor,
                                  boost::asio::steady_timer::time_point::max());
  co_await timer.async_wait(base::asio::use_awaitable);
}

base::Task<> Machine::sleep(base::Duration duration) {
  if (agent_dead_) co_await never();
  boost::asio::steady_timer timer(co_await base::asio::this_coro::executor,
                                  boost::asio::steady_timer::time_point::max());
  sleepers_.emplace(time.monotonic() + std::chrono::ceil<std::chrono::milliseconds>(duration),
                    &timer);
  struct Awake {  // also when cancelled: then nobody has taken it off the list
    std::multimap<base::MonotonicTime, boost::asio::steady_timer*>& all;
    boost::asio::steady_timer* mine;
    ~Awake() {
      std::erase_if(all, [this](const auto& entry) { return entry.second == mine; });
    }
  } awake{sleepers_, &timer};
  co_await timer.async_wait(base::asio::as_tuple(base::asio::use_awaitable));
}

bool Machine::wake_next() {
  if (sleepers_.empty()) return false;
  const auto [at, timer] = *sleepers_.begin();
  sleepers_.erase(sleepers_.begin());
  const auto ahead = at - time.monotonic();
  if (ahead.count() > 0) time.advance(std::chrono::ceil<std::chrono::milliseconds>(ahead));
  timer->cancel();
  return true;
}

base::Task<base::Result<base::Exit>> Machine::run(base::Command command) {
  const auto line = words_of(command);
  if (!lives("before " + line)) co_await never();
  const bool whole = lives("within " + line);
  commands.push_back(line);
  base::Exit exit = software_.run(line, !whole);
  if (!whole || !lives("after " + line)) co_await never();
  if (command.on_line && !exit.output.empty()) command.on_line(exit.output);
  co_return exit;
}

base::Task<base::Result<bootstrap::Answer>> Machine::call(bootstrap::Call call) {
  const auto what = call.method + " " + call.path;
  if (!lives("before " + what)) co_await never();
  auto answer = software_.call(call);
  if (!lives("after " + what)) co_await never();
  co_return answer;
}

base::Result<std::string> Machine::read(const std::filesystem::path& path) {
  if (!lives("before reading " + path.string())) return dead();
  return FakeHost::read(path);
}

base::Result<> Machine::write(const std::filesystem::path& path, std::string content, int mode,
                              std::string owner) {
  if (!lives("before writing " + path.string())) return dead();
  auto written = FakeHost::write(path, std::move(content), mode, std::move(owner));
  if (!lives("after writing " + path.string())) return dead();
  return written;
}

base::Result<> Machine::set(const std::filesystem::path& path, std::string_view value) {
  if (!lives("before setting " + path.string())) return dead();
  return FakeHost::set(path, value);
}

base::Result<> Machine::make_directory(const std::filesystem::path& path, int mode,
                                       std::string owner) {
  if (!lives("before making " + path.string())) return dead();
  return FakeHost::make_directory(path, mode, std::move(owner));
}

base::Result<> Machine::remove(const std::filesystem::path& path) {
  if (!lives("before removing " + path.string())) return dead();
  auto removed = FakeHost::remove(path);
  if (!lives("after removing " + path.string())) return dead();
  return removed;
}

}  // namespace slipway::simulation
