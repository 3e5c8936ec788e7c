// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>

#include "agent/bootstrap/steps.hpp"

namespace slipway::bootstrap {
namespace {

/// A value that the kernel shall have.
struct Setting {
  std::string_view path;  ///< below /proc/sys
  std::string_view value;
  enum Kind {
    kExact,    ///< this value
    kAtLeast,  ///< this or more; of the whole host, so a machine in a container leaves it alone
  } kind = kExact;
};

constexpr std::array kSettings{
    Setting{"net/ipv4/ip_forward", "1"},
    Setting{"net/bridge/bridge-nf-call-iptables", "1"},
    Setting{"net/bridge/bridge-nf-call-ip6tables", "1"},
    Setting{"vm/overcommit_memory", "1"},
    Setting{"vm/panic_on_oom", "0"},
    Setting{"kernel/panic", "10"},
    Setting{"kernel/panic_on_oops", "1"},
    Setting{"fs/inotify/max_user_instances", "8192", Setting::kAtLeast},
    Setting{"fs/inotify/max_user_watches", "524288", Setting::kAtLeast},
};

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

bool as_wanted(const Setting& setting, const std::string& present) {
  if (setting.kind == Setting::kExact) return present == setting.value;
  long long have = 0, want = 0;
  std::from_chars(present.data(), present.data() + present.size(), have);
  std::from_chars(setting.value.data(), setting.value.data() + setting.value.size(), want);
  return have >= want;
}

base::Result<> apply(const StepContext& context, const Setting& setting) {
  const auto path = std::filesystem::path("/proc/sys") / setting.path;
  if (setting.kind == Setting::kAtLeast && context.desired.small_machine()) return {};
  const auto present = context.host.read(path);
  if (!present) {
    if (setting.path.starts_with("net/bridge/"))
      return base::fail(base::ErrorCode::kInternal,
                        fmt::format("{} is not there: the kernel module br_netfilter is not "
                                    "loaded (on the host, where this machine is a container)",
                                    path.string()));
    return base::fail(present);
  }
  if (as_wanted(setting, trimmed(*present))) return {};
  if (auto set = context.host.set(path, setting.value); !set) {
    if (setting.kind == Setting::kAtLeast) {
      context.log(
          fmt::format("{} stays {}: {}", path.string(), trimmed(*present), set.error().message));
      return {};
    }
    return base::fail(set.error().code,
                      fmt::format("{} is {}, must be {}, and cannot be set: {}", path.string(),
                                  trimmed(*present), setting.value, set.error().message));
  }
  context.log(fmt::format("{}: {} -> {}", path.string(), trimmed(*present), setting.value));
  return {};
}

/// Modules that are built in, or loaded already, need no program run.
base::Task<> load_modules(const StepContext& context) {
  const auto filesystems = context.host.read("/proc/filesystems").value_or("");
  if (filesystems.find("\toverlay\n") == std::string::npos)
    (void)co_await context.command({"modprobe", "overlay"});
  if (!context.host.exists("/proc/sys/net/bridge/bridge-nf-call-iptables"))
    (void)co_await context.command({"modprobe", "br_netfilter"});
}

base::Result<> let_in(const StepContext& context) {
  if (context.desired.ssh_public_keys().empty()) return {};
  std::string keys = "# written by slipway-agent\n";
  for (const auto& key : context.desired.ssh_public_keys()) keys += key + '\n';
  if (auto made = context.host.make_directory("/root/.ssh", 0700); !made) return made;
  if (auto kept = context.ensure_file("/root/.ssh/authorized_keys", keys, 0600); !kept)
    return base::fail(kept);
  return {};
}

}  // namespace

StepResult run_kernel(const StepContext& context) {
  co_await load_modules(context);
  for (const auto& setting : kSettings)
    if (auto applied = apply(context, setting); !applied) co_return applied;
  co_return let_in(context);
}

}  // namespace slipway::bootstrap
