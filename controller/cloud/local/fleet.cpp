// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/fleet.hpp"

#include <sys/syscall.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "protocol/base/log.hpp"
#include "protocol/base/offload.hpp"

namespace slipway::cloud::local {
namespace asio = boost::asio;
using base::ErrorCode;
using base::fail;
using base::ResourceId;
using base::Result;
using base::Task;

namespace {
constexpr std::chrono::seconds kShutDownLimit{20};
}  // namespace

Fleet::Fleet(asio::any_io_executor executor, asio::thread_pool& pool, const Layout& layout,
             Router& router, std::string boot_id)
    : pool_(pool),
      layout_(layout),
      boot_id_(std::move(boot_id)),
      power_(layout, router, pool),
      turns_(executor),
      tasks_(executor) {}

void Fleet::recover() {
  for (MachineRecord& record : load_machines(layout_)) {
    ResourceId id = record.id;
    records_[id] = std::move(record);
    pid_t pid = first_process(layout_, id);
    Sight sight{pid != 0, boot_id_, last_words(layout_, id)};
    Recovery what = recovery_of(records_[id], sight);
    if (what == Recovery::kWatch) ran(id, pid);
    if (what != Recovery::kWatch && what != Recovery::kLeave) {
      tasks_.spawn("recover machine " + id.value, finish(id, what));
    }
  }
}

Task<> Fleet::stop() {
  co_await tasks_.join();
}

MachineState Fleet::state_of(const MachineRecord& record) const {
  if (record.phase == Phase::kMaking) return MachineState::kBuilding;
  if (record.phase == Phase::kDeleting) return MachineState::kStopped;
  if (pids_.contains(record.id)) return MachineState::kRunning;
  if (!record.powered) return MachineState::kStopped;
  return record.detail.empty() ? MachineState::kBuilding : MachineState::kFailed;
}

Task<Result<>> Fleet::store(MachineRecord record) {
  records_[record.id] = record;
  co_return co_await base::offload(pool_, [this, record] { return save(layout_, record); });
}

Result<MachineRecord> Fleet::made(const ResourceId& id) const {
  auto found = records_.find(id);
  if (found == records_.end()) return fail(ErrorCode::kNotFound, "no machine " + id.value);
  if (found->second.phase != Phase::kMade) {
    return fail(ErrorCode::kConflict,
                "machine " + found->second.name + " is being made or deleted");
  }
  return found->second;
}

Task<Result<>> Fleet::ensure(MachineRecord wanted, Prepare prepare) {
  ResourceId id = wanted.id;
  auto turn = co_await turns_.enter(id.value);
  auto found = records_.find(id);
  if (found != records_.end() && found->second.phase == Phase::kDeleting) {
    co_return fail(ErrorCode::kConflict, "machine " + found->second.name + " is being deleted");
  }
  if (found != records_.end() && found->second.phase == Phase::kMade) {
    bool should_run = found->second.powered && !pids_.contains(id);
    co_return should_run ? co_await boot(id) : Result<>{};
  }
  if (found != records_.end()) {  // begun and never finished
    wanted.address = found->second.address;
    if (auto ok = co_await power_.off(wanted); !ok) co_return ok;
  }
  auto image_store = prepare(wanted);
  if (!image_store) co_return fail(image_store);
  wanted.phase = Phase::kMaking;
  if (auto ok = co_await store(wanted); !ok) co_return ok;
  if (auto ok = co_await power_.make(wanted, *image_store); !ok) co_return ok;
  wanted.phase = Phase::kMade;
  wanted.powered = true;
  wanted.user_data.clear();
  if (auto ok = co_await store(wanted); !ok) co_return ok;
  spdlog::info("machine {} ({}): making -> made", wanted.name, wanted.address);
  co_return co_await boot(id);
}

Task<Result<>> Fleet::boot(ResourceId id) {
  MachineRecord record = records_[id];
  auto pid = co_await power_.on(record);
  record = records_[id];  // ports may have been published meanwhile
  record.detail = pid ? "" : pid.error().message;
  record.powered = true;
  if (pid) record.ran_in = boot_id_;
  if (auto ok = co_await store(record); !ok) co_return ok;
  if (!pid) co_return fail(pid);
  spdlog::info("machine {} ({}): off -> running as process {}", record.name, record.address, *pid);
  ran(id, *pid);
  co_return Result<>{};
}

Task<Result<>> Fleet::halt(ResourceId id, bool hard) {
  MachineRecord record = records_[id];
  pids_.erase(id);  // so that who watches it knows that this end was asked for
  if (!hard) {
    auto asked = co_await power_.shut_down(record, kShutDownLimit);
    if (!asked) spdlog::warn("machine {}: {}", record.name, asked.error().message);
  }
  co_return co_await power_.off(record);
}

Task<Result<>> Fleet::power_on(ResourceId id) {
  auto turn = co_await turns_.enter(id.value);
  auto known = made(id);
  if (!known) co_return fail(known);
  if (pids_.contains(id)) co_return Result<>{};
  known->powered = true;
  known->ran_in.clear();
  if (auto ok = co_await store(*known); !ok) co_return ok;
  co_return co_await boot(id);
}

Task<Result<>> Fleet::power_off(ResourceId id) {
  auto turn = co_await turns_.enter(id.value);
  auto record = made(id);
  if (!record) co_return fail(record);
  record->powered = false;
  record->detail.clear();
  if (auto ok = co_await store(*record); !ok) co_return ok;
  auto halted = co_await halt(id, false);
  if (halted) spdlog::info("machine {}: running -> off (asked for)", record->name);
  co_return halted;
}

Task<Result<>> Fleet::reboot(ResourceId id, bool hard) {
  auto turn = co_await turns_.enter(id.value);
  auto record = made(id);
  if (!record) co_return fail(record);
  record->powered = true;
  record->ran_in.clear();  // a crash in between ends with a machine that runs
  if (auto ok = co_await store(*record); !ok) co_return ok;
  spdlog::info("machine {}: reboot ({})", record->name, hard ? "hard" : "soft");
  if (auto ok = co_await halt(id, hard); !ok) co_return ok;
  co_return co_await boot(id);
}

Task<Result<>> Fleet::erase(ResourceId id) {
  auto turn = co_await turns_.enter(id.value);
  auto found = records_.find(id);
  if (found == records_.end()) co_return Result<>{};
  MachineRecord record = found->second;
  record.phase = Phase::kDeleting;
  record.user_data.clear();
  if (auto ok = co_await store(record); !ok) co_return ok;
  co_return co_await bring_about(id, Recovery::kErase);
}

Task<Result<>> Fleet::remember(ResourceId id, PublishedPort port) {
  auto found = records_.find(id);
  if (found == records_.end()) co_return fail(ErrorCode::kNotFound, "no machine " + id.value);
  MachineRecord record = found->second;
  std::erase_if(record.published, [&](const auto& old) { return old.port == port.port; });
  record.published.push_back(port);
  co_return co_await store(std::move(record));
}

void Fleet::ran(const ResourceId& id, pid_t pid) {
  pids_[id] = pid;
  tasks_.spawn("watch machine " + id.value, watch(id, pid));
}

Task<> Fleet::watch(ResourceId id, pid_t pid) {
  Fd handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (handle && first_process(layout_, id) == pid) {
    asio::posix::stream_descriptor ended(tasks_.executor(), handle.release());
    auto [error] = co_await ended.async_wait(asio::posix::stream_descriptor::wait_read,
                                             asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
  }
  auto turn = co_await turns_.enter(id.value);
  auto running = pids_.find(id);
  if (running == pids_.end() || running->second != pid) co_return;  // asked for
  pids_.erase(running);
  Sight sight{false, boot_id_, last_words(layout_, id)};
  Recovery what = recovery_of(records_[id], sight);
  spdlog::info("machine {}: running -> off ({})", records_[id].name,
               sight.last_words.empty() ? "killed" : sight.last_words);
  if (auto ok = co_await bring_about(id, what); !ok) {
    spdlog::error("machine {}: {}", id.value, ok.error().message);
  }
}

Task<> Fleet::finish(ResourceId id, Recovery what) {
  auto turn = co_await turns_.enter(id.value);
  if (!records_.contains(id)) co_return;
  if (auto ok = co_await bring_about(id, what); !ok) {
    spdlog::error("machine {}: {}", id.value, ok.error().message);
  }
}

Task<Result<>> Fleet::bring_about(ResourceId id, Recovery what) {
  MachineRecord record = records_[id];
  switch (what) {
    case Recovery::kLeave:
    case Recovery::kWatch:
      break;
    case Recovery::kPowerOn:
      if (auto ok = co_await power_.off(record); !ok) co_return ok;
      co_return co_await boot(id);
    case Recovery::kRemainOff:
      if (auto ok = co_await power_.off(record); !ok) co_return ok;
      record = records_[id];
      if (record.powered) record.detail = "it went down by itself";
      record.powered = false;
      co_return co_await store(record);
    case Recovery::kErase:
      pids_.erase(id);
      if (auto ok = co_await power_.erase(record); !ok) co_return ok;
      records_.erase(id);
      spdlog::info("machine {}: deleted", record.name);
      break;
  }
  co_return Result<>{};
}

}  // namespace slipway::cloud::local
