// SPDX-License-Identifier: Apache-2.0
#include "controller/cloud/local/local_cloud.hpp"

#include <fmt/ranges.h>
#include <map>
#include <set>

#include "controller/cloud/local/console.hpp"
#include "controller/cloud/local/fleet.hpp"
#include "controller/cloud/local/forwarder.hpp"
#include "controller/cloud/local/host_room.hpp"
#include "controller/cloud/local/image.hpp"
#include "controller/cloud/local/load_balancers.hpp"
#include "controller/cloud/local/machine_spec.hpp"
#include "controller/cloud/local/network_namespace.hpp"
#include "controller/cloud/local/prerequisites.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::cloud::local {
namespace asio = boost::asio;
namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {
constexpr std::uint64_t kFreeBytesKept = std::uint64_t{1} << 30;
constexpr std::chrono::minutes kConsoleCheck{1};

std::string this_boot() {
  return base::read_file("/proc/sys/kernel/random/boot_id", 64).value_or("unknown");
}

Result<Subnet> choose_subnet(const std::string& wanted, const std::string& remembered) {
  if (!remembered.empty()) return parse_subnet(remembered);
  if (wanted == "auto" || wanted.empty()) return pick_subnet(host_networks());
  auto subnet = parse_subnet(wanted);
  if (subnet && (subnet->bits < 16 || subnet->bits > 28)) {
    return fail(ErrorCode::kInvalid, "subnet must be between /16 and /28", "subnet");
  }
  return subnet;
}
}  // namespace

struct LocalCloud::State {
  using PortKey = std::pair<ResourceId, unsigned short>;

  State(asio::any_io_executor io, asio::thread_pool& threads, LocalCloudOptions given)
      : executor(io),
        pool(threads),
        options(std::move(given)),
        layout(options.directory, options.installation),
        tasks(io) {}

  Result<> make_directories();
  Result<> load_host();
  Result<> save_host() { return base::write_file(layout.host_file(), to_json(host), 0600); }
  Result<std::string> allocate();
  Result<std::optional<fs::path>> prepare(MachineRecord& record, const std::string& image_name);
  Task<Result<std::string>> forward(ResourceId id, unsigned short port, unsigned short wanted);
  Task<> stop_forwarders(ResourceId id);
  Task<> keep_consoles();

  asio::any_io_executor executor;
  asio::thread_pool& pool;
  LocalCloudOptions options;
  Layout layout;
  Fd lock;
  HostRecord host;
  std::unique_ptr<Router> router;
  std::unique_ptr<Fleet> fleet;  ///< none before start()
  std::unique_ptr<LoadBalancers> load_balancers;
  std::map<ResourceId, NetworkRecord> networks;
  std::map<PortKey, std::unique_ptr<Forwarder>> forwarders;
  base::TaskScope tasks;
};

Result<> LocalCloud::State::make_directories() {
  if (auto ok = layout.check(); !ok) return ok;
  std::error_code error;
  for (const auto& path :
       {layout.directory(), layout.machines(), layout.networks(), layout.load_balancers()}) {
    fs::create_directories(path, error);
    if (error) return fail(ErrorCode::kInternal, path.string() + ": " + error.message());
  }
  fs::permissions(layout.directory(), fs::perms::owner_all, error);  // disks hold secrets
  return {};
}

Result<> LocalCloud::State::load_host() {
  auto text = base::read_file(layout.host_file(), 1 << 16);
  if (!text && text.error().code == ErrorCode::kNotFound) return {};
  if (!text) return fail(text);
  auto record = host_from_json(*text);
  if (!record) return fail(record);
  host = *record;
  return {};
}

Result<std::string> LocalCloud::State::allocate() {
  std::set<std::uint32_t> used;
  const auto note = [&](const std::string& taken) {
    auto address = parse_subnet(taken + "/32");
    if (address) used.insert(address->base - router->subnet().base);
  };
  for (const auto& [id, record] : fleet->records()) note(record.address);
  for (const auto& [id, record] : load_balancers->records()) note(record.address);
  auto next = next_host(router->subnet(), host.next_host, used);
  if (!next) return fail(next);
  host.next_host = *next + 1;
  if (auto ok = save_host(); !ok) return fail(ok);
  return router->subnet().address(*next);
}

Result<std::optional<fs::path>> LocalCloud::State::prepare(MachineRecord& record,
                                                           const std::string& image_name) {
  if (space_at(layout.directory()).free < kFreeBytesKept) {
    return fail(ErrorCode::kExhausted, "less than 1 GiB is free at " + layout.directory().string());
  }
  bool named = !image_name.empty() && image_name != options.image.filename();
  auto image = read_image(named ? options.image.parent_path() / image_name : options.image);
  if (!image) return fail(image);
  for (const auto& layer : image->layers) record.layers.push_back(layer);
  if (record.address.empty()) {
    auto address = allocate();
    if (!address) return fail(address);
    record.address = *address;
  }
  record.prefix_bits = router->subnet().bits;
  record.gateway = router->subnet().gateway();
  return image->store;
}

Task<Result<std::string>> LocalCloud::State::forward(ResourceId id, unsigned short port,
                                                     unsigned short wanted) {
  auto record = fleet->records().find(id);
  if (record == fleet->records().end() || record->second.phase == Phase::kDeleting) {
    co_return fail(ErrorCode::kNotFound, "no machine " + id.value);
  }
  auto& forwarder = forwarders[{id, port}];
  if (forwarder) co_return forwarder->address();
  ForwardTarget target{router->name(), record->second.address, port};
  forwarder = std::make_unique<Forwarder>(executor, pool, std::move(target));
  auto host_port = forwarder->start(wanted);
  if (!host_port) {
    forwarders.erase({id, port});
    co_return fail(host_port);
  }
  std::string address = forwarder->address();
  if (*host_port != wanted) {
    auto ok = co_await fleet->remember(id, {port, *host_port});
    if (!ok) co_return fail(ok);
  }
  co_return address;
}

Task<> LocalCloud::State::stop_forwarders(ResourceId id) {
  std::vector<std::unique_ptr<Forwarder>> ending;
  for (auto at = forwarders.begin(); at != forwarders.end();) {
    bool its = id.empty() || at->first.first == id;
    if (its) ending.push_back(std::move(at->second));
    at = its ? forwarders.erase(at) : std::next(at);
  }
  for (auto& forwarder : ending) co_await forwarder->stop();
}

Task<> LocalCloud::State::keep_consoles() {
  while (true) {
    co_await base::sleep_for(kConsoleCheck);
    if ((co_await asio::this_coro::cancellation_state).cancelled() !=
        asio::cancellation_type::none) {
      co_return;
    }
    for (const auto& [id, record] : fleet->records()) bound_console(files_of(layout, id));
  }
}

LocalCloud::LocalCloud(asio::any_io_executor executor, asio::thread_pool& pool,
                       LocalCloudOptions options)
    : state_(std::make_unique<State>(executor, pool, std::move(options))) {}
LocalCloud::~LocalCloud() = default;

Task<Result<>> LocalCloud::start() {
  State& s = *state_;
  if (auto ok = s.make_directories(); !ok) co_return ok;
  auto lock = co_await lock_directory(s.layout);
  if (!lock) co_return fail(lock);
  s.lock = std::move(*lock);
  if (auto ok = s.load_host(); !ok) co_return ok;
  auto missing = co_await missing_prerequisites(s.layout.directory());
  if (!missing.empty()) {
    co_return fail(ErrorCode::kInvalid,
                   fmt::format("this host cannot run machines: {}", fmt::join(missing, "; ")));
  }
  auto subnet = choose_subnet(s.options.subnet, s.host.subnet);
  if (!subnet) co_return fail(subnet);
  bool rebooted = s.host.boot_id != this_boot();
  std::error_code ignored;
  if (rebooted) fs::remove_all(s.layout.runc_root(), ignored);  // its pids are void
  s.router = std::make_unique<Router>(s.layout, *subnet);
  if (auto ok = co_await s.router->ensure(); !ok) co_return ok;
  for (auto& record : load_networks(s.layout)) s.networks[record.id] = record;
  s.fleet = std::make_unique<Fleet>(s.executor, s.pool, s.layout, *s.router, this_boot());
  s.fleet->recover();
  s.load_balancers = std::make_unique<LoadBalancers>(s.executor, s.pool, s.layout, *s.router);
  s.load_balancers->recover();
  s.host.boot_id = this_boot();
  s.host.subnet = subnet->text();
  if (auto ok = s.save_host(); !ok) co_return ok;
  auto records = s.fleet->records();
  for (const auto& [id, record] : records) {
    for (auto port : record.published) (void)co_await s.forward(id, port.port, port.host_port);
  }
  s.tasks.spawn("consoles", s.keep_consoles());
  spdlog::info("local cloud {}: machines in {}, {} known", s.options.installation, subnet->text(),
               records.size());
  co_return Result<>{};
}

Task<> LocalCloud::stop() {
  co_await state_->tasks.join();
  co_await state_->stop_forwarders({});
  if (state_->load_balancers) co_await state_->load_balancers->stop();
  if (state_->fleet) co_await state_->fleet->stop();
}

Result<int> LocalCloud::listen(unsigned short port) {
  if (!state_->router) return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  auto made = listen_in(state_->router->name(), state_->router->subnet().gateway(), port);
  if (!made) return fail(made);
  return made->release();
}

std::string LocalCloud::agent_endpoint(unsigned short port) const {
  return state_->router->subnet().gateway() + ":" + std::to_string(port);
}

Task<Result<Network>> LocalCloud::ensure_network(NetworkSpec spec) {
  State& s = *state_;
  if (!s.fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  if (auto ok = Layout::check_id(spec.id.value); !ok) co_return fail(ok);
  std::string cidr = s.router->subnet().text();
  if (!spec.cidr.empty() && spec.cidr != cidr) {
    co_return fail(
        ErrorCode::kInvalid,
        "machines of the local cloud are in " + cidr + ": leave the network's CIDR empty", "cidr");
  }
  if (!s.networks.contains(spec.id)) {
    NetworkRecord record{spec.id, spec.name};
    auto ok = base::write_file(network_file(s.layout, spec.id), to_json(record), 0600);
    if (!ok) co_return fail(ok);
    s.networks[spec.id] = record;
  }
  co_return Network{spec.id, s.router->name(), cidr, s.router->subnet().gateway()};
}

Task<Result<>> LocalCloud::delete_network(ResourceId id) {
  if (auto ok = Layout::check_id(id.value); !ok) co_return ok;
  std::error_code error;
  fs::remove(network_file(state_->layout, id), error);
  if (error) co_return fail(ErrorCode::kInternal, "network " + id.value + ": " + error.message());
  state_->networks.erase(id);
  co_return Result<>{};
}

Task<Result<LoadBalancer>> LocalCloud::ensure_load_balancer(LoadBalancerSpec spec) {
  State& s = *state_;
  if (!s.fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  co_return co_await s.load_balancers->ensure(std::move(spec), [&s] { return s.allocate(); });
}

Task<Result<>> LocalCloud::delete_load_balancer(ResourceId id) {
  if (!state_->fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  co_return co_await state_->load_balancers->erase(id);
}

Task<Result<Machine>> LocalCloud::ensure_machine(MachineSpec spec) {
  State& s = *state_;
  if (!s.fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  auto record = record_of(spec);
  if (!record) co_return fail(record);
  auto prepare = [&s, name = spec.image](MachineRecord& made) { return s.prepare(made, name); };
  if (auto ok = co_await s.fleet->ensure(*record, prepare); !ok) co_return fail(ok);
  co_return co_await machine(spec.id);
}

Task<Result<Machine>> LocalCloud::machine(ResourceId id) {
  State& s = *state_;
  if (!s.fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  auto found = s.fleet->records().find(id);
  if (found == s.fleet->records().end()) co_return Machine{.id = id};
  co_return machine_of(found->second, s.layout, s.fleet->state_of(found->second));
}

Task<Result<std::vector<Machine>>> LocalCloud::machines() {
  State& s = *state_;
  if (!s.fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  std::vector<Machine> all;
  for (const auto& [id, record] : s.fleet->records()) {
    all.push_back(machine_of(record, s.layout, s.fleet->state_of(record)));
  }
  co_return all;
}

Task<Result<>> LocalCloud::reboot(ResourceId id, bool hard) {
  if (!state_->fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  co_return co_await state_->fleet->reboot(id, hard);
}

Task<Result<>> LocalCloud::stop_machine(ResourceId id) {
  if (!state_->fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  co_return co_await state_->fleet->power_off(id);
}

Task<Result<>> LocalCloud::start_machine(ResourceId id) {
  if (!state_->fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  co_return co_await state_->fleet->power_on(id);
}

Task<Result<>> LocalCloud::delete_machine(ResourceId id) {
  if (!state_->fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  co_await state_->stop_forwarders(id);
  co_return co_await state_->fleet->erase(id);
}

Task<Result<std::string>> LocalCloud::console(ResourceId id, std::size_t lines) {
  State& s = *state_;
  if (!s.fleet || !s.fleet->records().contains(id)) {
    co_return fail(ErrorCode::kNotFound, "no machine " + id.value);
  }
  co_return co_await base::offload(
      s.pool, [files = files_of(s.layout, id), lines] { return read_console(files, lines); });
}

Task<Result<std::vector<Flavor>>> LocalCloud::flavors() {
  co_return local_flavors();
}

Task<Result<std::vector<Quota>>> LocalCloud::quotas() {
  State& s = *state_;
  if (!s.fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  std::int64_t machines = 0, memory = 0;
  for (const auto& [id, record] : s.fleet->records()) {
    ++machines;
    if (record.powered) memory += static_cast<std::int64_t>(record.memory_bytes);
  }
  Space space = space_at(s.layout.directory());
  co_return std::vector<Quota>{
      {"machines", static_cast<std::int64_t>(s.router->subnet().size()) - 11, machines},
      {"memory_mib", static_cast<std::int64_t>(host_memory() >> 20), memory >> 20},
      {"disk_mib", static_cast<std::int64_t>(space.total >> 20),
       static_cast<std::int64_t>((space.total - space.free) >> 20)}};
}

Task<Result<std::vector<Tagged>>> LocalCloud::tagged() {
  State& s = *state_;
  if (!s.fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  std::vector<Tagged> all;
  for (const auto& [id, network] : s.networks) {
    all.push_back({id, "network", s.router->name(), network.name});
  }
  for (const auto& [id, record] : s.load_balancers->records()) {
    all.push_back({id, "load-balancer", "lb-" + id.value, record.name});
  }
  for (const auto& [id, record] : s.fleet->records()) {
    Machine machine = machine_of(record, s.layout, MachineState::kGone);
    all.push_back({id, "machine", machine.cloud_id, record.name});
    for (std::size_t n = 0; n < record.volumes.size(); ++n) {
      all.push_back(
          {record.volumes[n].id, "volume", machine.volumes[n].cloud_id, record.volumes[n].name});
    }
  }
  co_return all;
}

Task<Result<std::string>> LocalCloud::publish(ResourceId machine, unsigned short port) {
  if (!state_->fleet) co_return fail(ErrorCode::kUnavailable, "the local cloud has not started");
  if (port == 0) co_return fail(ErrorCode::kInvalid, "port 0 cannot be published", "port");
  co_return co_await state_->forward(machine, port, 0);
}

}  // namespace slipway::cloud::local
