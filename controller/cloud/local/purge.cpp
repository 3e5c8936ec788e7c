// SPDX-License-Identifier: Apache-2.0
// Removal of an installation by what is there, not by what the records say.
#include <signal.h>

#include <algorithm>
#include <set>

#include "controller/cloud/local/console.hpp"
#include "controller/cloud/local/haproxy.hpp"
#include "controller/cloud/local/local_cloud.hpp"
#include "controller/cloud/local/loop_device.hpp"
#include "controller/cloud/local/mounts.hpp"
#include "controller/cloud/local/router.hpp"
#include "controller/cloud/local/runc.hpp"
#include "protocol/base/offload.hpp"

namespace slipway::cloud::local {
namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {
std::vector<std::string> names_in(const fs::path& directory, const std::string& prefix) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    std::string name = entry.path().filename();
    if (name.starts_with(prefix)) names.push_back(std::move(name));
  }
  return names;
}

Result<> release_files(const Layout& layout) {
  for (const auto& name : names_in(layout.machines(), "")) {
    close_console({layout.machines() / name});
  }
  auto unmounted = unmount_below(layout.directory());
  auto detached = detach_loops(layout.directory());
  remove_cgroups(layout, "");
  if (!unmounted) return unmounted;
  if (!detached) return detached;
  if (!mounts_below(layout.directory()).empty()) {
    return fail(ErrorCode::kUnavailable, layout.directory().string() + " is still mounted");
  }
  std::error_code error;
  fs::remove_all(layout.directory(), error);
  if (error) return fail(ErrorCode::kInternal, error.message());
  return {};
}
}  // namespace

Task<Result<>> LocalCloud::purge(boost::asio::thread_pool& pool, fs::path directory,
                                 std::string installation) {
  Layout layout(directory, installation);
  if (auto ok = layout.check(); !ok) co_return ok;
  auto lock = co_await lock_directory(layout);
  if (!lock && lock.error().code != ErrorCode::kNotFound) co_return fail(lock);
  Runc runc(layout, host_cgroups(), pool);
  std::string prefix = layout.prefix();
  for (const auto& container : names_in(layout.runc_root(), prefix)) {
    auto removed = co_await runc.remove({container.substr(prefix.size())});
    if (!removed) co_return removed;
  }
  auto ended = co_await base::offload(pool, [layout]() -> Result<> {
    for (const auto& id : names_in(layout.load_balancers(), "")) {
      auto stopped = stop_haproxy(layout, files_of_load_balancer(layout, {id}));
      if (!stopped) return stopped;
    }
    return {};
  });
  if (!ended) co_return ended;
  for (const auto& name : names_in("/run/netns", prefix)) {
    auto removed = co_await remove_namespace(name);
    if (!removed) co_return removed;
  }
  co_return co_await base::offload(pool, [layout] { return release_files(layout); });
}

}  // namespace slipway::cloud::local
