// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/clusters/world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <filesystem>
#include <set>

#include "protocol/base/ids.hpp"
#include "protocol/base/log.hpp"

namespace slipway::simulation {
namespace {

constexpr std::chrono::milliseconds kTurn{250};
constexpr unsigned kMostTurns = 8'000;   ///< 33 minutes of virtual time
constexpr unsigned kTurnsOfAWatch = 20;  ///< as start() runs it: 5 s
constexpr unsigned kTurnsOfAReconciler = 240;

clusters::NodeImage image() {
  return {"v1.20.2",
          "v1beta2",
          "k8s.gcr.io/pause:3.2",
          "k8s.gcr.io",
          "v2",
          "systemd",
          {"k8s.gcr.io/kube-apiserver:v1.20.2"}};
}

}  // namespace

clusters::ClusterSpec small_cluster() {
  clusters::ClusterSpec spec;
  spec.name = "demo";
  spec.masters = 1;
  spec.workers = 2;
  return spec;
}

World::World(Fate fate) : fate_(std::move(fate)) {
  spdlog::set_level(spdlog::level::off);
  key_file_ = (std::filesystem::temp_directory_path() / ("sim-" + base::new_id())).string();
  cloud_.boot_polls(2);
  start();
}

World::~World() {
  controller_.reset();
  std::filesystem::remove(key_file_);
}

void World::start() {
  auto next = std::make_unique<Controller>();
  next->secrets = std::move(*secrets::Secrets::open(*database_, key_file_));
  next->changes = std::make_unique<clusters::Changes>(io_.get_executor());
  next->roster =
      std::make_unique<clusters::NodeRoster>(*database_, *next->secrets, clock_, image(), true);
  next->clusters = std::make_unique<clusters::Clusters>(
      io_.get_executor(),
      clusters::Foundation{*database_, *next->secrets, mortal_cloud_, *next->roster, nodes_,
                           *next->changes, clock_, releases_,
                           [](const std::string& token) { return token; }, kSeed});
  controller_ = std::move(next);
  nodes_.controller_started(*controller_->clusters, *controller_->roster);
}

void World::kill() {
  nodes_.controller_died();
  controller_.reset();
  fate_.revive();
  start();
}

void World::mortal(const std::function<void()>& code) {
  fate_.arm(true);
  try {
    code();
  } catch (const Killed&) {
  }
  fate_.arm(false);
  if (fate_.dead()) kill();
}

void World::await(base::Task<> task) {
  bool ended = false;
  std::exception_ptr thrown;
  boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr error) {
    thrown = error;
    ended = true;
  });
  while (!ended) {
    io_.restart();
    if (io_.run() == 0) break;
  }
  if (thrown) std::rethrow_exception(thrown);
}

void World::turn() {
  ++turns_;
  clock_.advance(kTurn);
  mortal([&] { nodes_.turn(); });
  mortal([&] {
    await([](World& world) -> base::Task<> { co_await world.controller().engine().step(); }(*this));
  });
  if (turns_ % kTurnsOfAWatch == 0) mortal([&] { await(controller().watch_once()); });
  if (turns_ % kTurnsOfAReconciler == 0) mortal([&] { await(controller().reconcile_once()); });
}

void World::create(const clusters::ClusterSpec& spec) {
  bool answered = false;
  for (unsigned tries = 0; !answered && tries < 10; ++tries) {
    mortal([&] {
      await([](World& world, const clusters::ClusterSpec& wanted, bool& good) -> base::Task<> {
        auto accepted = co_await world.controller().create(wanted, "sim");
        good = accepted.has_value();
      }(*this, spec, answered));
    });
  }
}

void World::remove(const std::string& name) {
  bool answered = false;
  while (!answered && !is_gone(name)) {
    mortal([&] { answered = controller().remove(name, "sim").has_value(); });
  }
}

bool World::ask(const std::function<bool(clusters::Clusters&)>& question) {
  bool answered = false;
  mortal([&] { answered = question(controller()); });
  return answered;
}

std::vector<std::string> World::balanced() {
  for (const auto& row : clusters::Ledger{*database_, clock_}.all()) {
    if (row.kind == clusters::kLoadBalancerKind) return cloud_.members(row.id);
  }
  return {};
}

bool World::run_until(const std::function<bool()>& done) {
  for (unsigned i = 0; i < kMostTurns; ++i) {
    if (done()) return true;
    turn();
  }
  return done();
}

void World::pass(std::chrono::seconds time) {
  for (auto left = std::chrono::milliseconds{time}; left.count() > 0; left -= kTurn) turn();
}

void World::appear(const cloud::MachineSpec& spec) {
  await([](fakes::FakeCloud& cloud, cloud::MachineSpec wanted) -> base::Task<> {
    (void)co_await cloud.ensure_machine(std::move(wanted));
  }(cloud_, spec));
}

bool World::is_healthy(const std::string& name) {
  const auto cluster = controller().get(name);
  return cluster && cluster->state == clusters::ClusterState::kHealthy;
}

bool World::is_gone(const std::string& name) {
  return !controller().get(name);
}

std::string World::difference() {
  std::string text;
  std::set<base::ResourceId> in_cloud;
  std::vector<cloud::Tagged> tagged;
  await([](fakes::FakeCloud& cloud, std::vector<cloud::Tagged>& into) -> base::Task<> {
    into = *co_await cloud.tagged();
  }(cloud_, tagged));
  for (const auto& each : tagged) in_cloud.insert(each.id);
  for (const auto& row : clusters::Ledger{*database_, clock_}.all()) {
    const bool present = row.state == clusters::ResourceState::kPresent;
    const bool there = in_cloud.erase(row.id) > 0;
    if (present != there || (!present && row.state != clusters::ResourceState::kGone)) {
      text += row.kind + " " + row.name + " " + row.purpose + " is " +
              std::string{name_of(row.state)} + (there ? ", the cloud has it; " : "; ");
    }
  }
  for (const auto& id : in_cloud) text += id.value + " has no row; ";
  return text;
}

}  // namespace slipway::simulation
