// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/load_balancers.hpp"

#include <boost/asio/this_coro.hpp>

#include "controller/cloud/local/prerequisites.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;
using base::ResourceId;
using base::Result;
using base::Task;

namespace {
constexpr std::chrono::seconds kLook{2};
constexpr std::size_t kRecordBytes = 1 << 16;

/// Brings what runs in line with the record. Blocks.
Result<> settle(const Layout& layout, const LoadBalancerRecord& record) {
  const auto files = files_of_load_balancer(layout, record.id);
  const std::string wanted = haproxy_config(record, files);
  const bool runs = haproxy_process(layout, files) != 0;
  if (runs && haproxy_serves(wanted, files)) return {};
  if (auto written = base::write_file(files.config(), wanted, 0600); !written) return written;
  return runs ? reload_haproxy(layout, wanted, files) : start_haproxy(layout, files);
}

Result<> save(const Layout& layout, const LoadBalancerRecord& record) {
  const auto files = files_of_load_balancer(layout, record.id);
  std::error_code error;
  fs::create_directories(files.directory, error);
  if (error) {
    return fail(ErrorCode::kInternal, files.directory.string() + ": " + error.message());
  }
  return base::write_file(files.record(), to_json(record), 0600);
}

Result<> discard(const Layout& layout, const LoadBalancerRecord& record) {
  const auto files = files_of_load_balancer(layout, record.id);
  if (auto stopped = stop_haproxy(layout, files); !stopped) return stopped;
  std::error_code error;
  fs::remove_all(files.directory, error);
  if (error) {
    return fail(ErrorCode::kInternal, files.directory.string() + ": " + error.message());
  }
  return {};
}
}  // namespace

LoadBalancers::LoadBalancers(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool,
                             const Layout& layout, Router& router)
    : pool_(pool), layout_(layout), router_(router), turns_(executor), tasks_(executor) {}

void LoadBalancers::recover() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(layout_.load_balancers(), error)) {
    auto text = base::read_file(LoadBalancerFiles{entry.path()}.record(), kRecordBytes);
    auto record = text ? load_balancer_from_json(*text) : Result<LoadBalancerRecord>(fail(text));
    if (record && record->id.value == entry.path().filename()) {
      records_[record->id] = std::move(*record);
    } else {
      spdlog::warn("load balancer directory {} has no readable record", entry.path().string());
    }
  }
  tasks_.spawn("load balancers", keep());
}

Task<> LoadBalancers::stop() {
  co_await tasks_.join();
}

Task<Result<>> LoadBalancers::bring_up(LoadBalancerRecord record) {
  if (auto ok = co_await router_.add_address(record.address); !ok) co_return ok;
  co_return co_await base::offload(
      pool_, [this, &record]() -> Result<> { return settle(layout_, record); });
}

Task<Result<LoadBalancer>> LoadBalancers::ensure(LoadBalancerSpec spec, Allocate allocate) {
  if (auto ok = Layout::check_id(spec.id.value); !ok) co_return fail(ok);
  if (!has_program("haproxy")) {
    co_return fail(ErrorCode::kInvalid,
                   "several masters need a load balancer, and haproxy is not installed: apt-get "
                   "install haproxy, then retry",
                   "masters");
  }
  auto turn = co_await turns_.enter(spec.id.value);
  const auto known = records_.find(spec.id);
  LoadBalancerRecord record;
  if (known != records_.end()) record = known->second;
  record.id = spec.id;
  record.name = spec.name;
  record.port = spec.port;
  record.health_path = spec.health_path;
  record.members = spec.members;
  if (record.address.empty()) {
    auto address = allocate();
    if (!address) co_return fail(address);
    record.address = *address;
  }
  const bool changed = known == records_.end() || known->second != record;
  records_[spec.id] = record;
  if (changed) {
    if (auto ok = save(layout_, record); !ok) co_return fail(ok);
  }
  if (auto ok = co_await bring_up(record); !ok) co_return fail(ok);
  if (changed) {
    spdlog::info("load balancer {} ({}:{}): {} members", record.name, record.address, record.port,
                 record.members.size());
  }
  co_return LoadBalancer{record.id, "lb-" + record.id.value, record.address};
}

Task<Result<>> LoadBalancers::erase(ResourceId id) {
  auto turn = co_await turns_.enter(id.value);
  const auto found = records_.find(id);
  if (found == records_.end()) co_return Result<>{};
  const LoadBalancerRecord record = found->second;
  auto gone = co_await base::offload(
      pool_, [this, &record]() -> Result<> { return discard(layout_, record); });
  if (!gone) co_return gone;
  records_.erase(id);
  spdlog::info("load balancer {}: deleted", record.name);
  co_return co_await router_.remove_address(record.address);
}

/// What the records ask for runs, also after a reboot or when an HAProxy died.
Task<> LoadBalancers::keep() {
  for (;;) {
    std::vector<ResourceId> ids;
    for (const auto& [id, record] : records_) ids.push_back(id);
    for (const ResourceId& id : ids) {
      auto turn = co_await turns_.enter(id.value);
      const auto found = records_.find(id);
      if (found == records_.end()) continue;
      const LoadBalancerRecord record = found->second;
      if (haproxy_process(layout_, files_of_load_balancer(layout_, id)) != 0) continue;
      auto up = co_await bring_up(record);
      if (up) spdlog::warn("load balancer {}: it did not run and was started", record.name);
      if (!up) spdlog::error("load balancer {}: {}", record.name, up.error().message);
    }
    co_await base::sleep_for(kLook);
  }
}

}  // namespace slipway::cloud::local
