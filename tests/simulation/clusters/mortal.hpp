// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "protocol/base/clock.hpp"
#include "tests/fakes/fake_cloud.hpp"

namespace slipway::simulation {

/// Thrown through the controller when it dies; nothing of it may catch this.
struct Killed {};

/// Counts the moments at which the controller may die, and lets it die at those that are chosen.
class Fate {
 public:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  /// What counts as a moment.
  enum class Moments {
    kCalls,   ///< before and after each call to the cloud or the agents
    kClocks,  ///< each reading of the clock
  };
  explicit Fate(Moments moments = Moments::kCalls, std::uint64_t at = kNever)
      : Fate(moments, std::set<std::uint64_t>{at}) {}
  Fate(Moments moments, std::set<std::uint64_t> at) : moments_(moments), at_(std::move(at)) {}

  void moment(Moments kind, const std::string& where) {
    if (!armed_) return;
    if (dead_) throw Killed{};
    if (kind != moments_ || !at_.contains(++passed_)) return;
    dead_ = true;
    died_at_ += (died_at_.empty() ? "" : ", ") + where;
    throw Killed{};
  }

  /// From now on anew: the controller dies at the `at`-th moment that comes.
  void die_at(std::uint64_t at) {
    at_ = {at};
    passed_ = 0;
  }
  void arm(bool armed) { armed_ = armed; }  ///< only while the controller's own code runs
  bool dead() const { return dead_; }
  void revive() { dead_ = false; }
  std::uint64_t passed() const { return passed_; }
  const std::string& died_at() const { return died_at_; }

 private:
  Moments moments_;
  std::set<std::uint64_t> at_;
  std::uint64_t passed_ = 0;
  bool armed_ = false;
  bool dead_ = false;
  std::string died_at_;
};

/// The virtual clock of the world.
class WorldClock : public base::Clock {
 public:
  explicit WorldClock(Fate& fate) : fate_(fate) {}
  base::UtcTime utc() const override {
    fate_.moment(Fate::Moments::kClocks, "clock");
    return base::from_unix_ms(1'700'000'000'000) + std::chrono::milliseconds{now_ms_};
  }
  base::MonotonicTime monotonic() const override {
    return base::MonotonicTime{std::chrono::milliseconds{now_ms_}};
  }
  void advance(std::chrono::milliseconds time) { now_ms_ += time.count(); }

 private:
  Fate& fate_;
  std::int64_t now_ms_ = 0;
};

/// A cloud at whose calls the controller may die, before anything was done or after all was.
class MortalCloud : public cloud::Cloud {
 public:
  MortalCloud(cloud::Cloud& inner, Fate& fate) : inner_(inner), fate_(fate) {}

  std::string kind() const override { return inner_.kind(); }
  bool small_machines() const override { return inner_.small_machines(); }
  base::Task<base::Result<>> start() override { return inner_.start(); }
  base::Task<> stop() override { return inner_.stop(); }
  base::Task<base::Result<cloud::Network>> ensure_network(cloud::NetworkSpec spec) override {
    return guard("ensure_network", inner_.ensure_network(std::move(spec)));
  }
  base::Task<base::Result<>> delete_network(base::ResourceId id) override {
    return guard("delete_network", inner_.delete_network(std::move(id)));
  }
  base::Task<base::Result<cloud::LoadBalancer>> ensure_load_balancer(
      cloud::LoadBalancerSpec spec) override {
    return guard("ensure_load_balancer", inner_.ensure_load_balancer(std::move(spec)));
  }
  base::Task<base::Result<>> delete_load_balancer(base::ResourceId id) override {
    return guard("delete_load_balancer", inner_.delete_load_balancer(std::move(id)));
  }
  base::Task<base::Result<cloud::Machine>> ensure_machine(cloud::MachineSpec spec) override {
    return guard("ensure_machine", inner_.ensure_machine(std::move(spec)));
  }
  base::Task<base::Result<cloud::Machine>> machine(base::ResourceId id) override {
    return guard("machine", inner_.machine(std::move(id)));
  }
  base::Task<base::Result<std::vector<cloud::Machine>>> machines() override {
    return guard("machines", inner_.machines());
  }
  base::Task<base::Result<>> reboot(base::ResourceId id, bool hard) override {
    return guard("reboot", inner_.reboot(std::move(id), hard));
  }
  base::Task<base::Result<>> stop_machine(base::ResourceId id) override {
    return guard("stop_machine", inner_.stop_machine(std::move(id)));
  }
  base::Task<base::Result<>> start_machine(base::ResourceId id) override {
    return guard("start_machine", inner_.start_machine(std::move(id)));
  }
  base::Task<base::Result<>> delete_machine(base::ResourceId id) override {
    return guard("delete_machine", inner_.delete_machine(std::move(id)));
  }
  base::Task<base::Result<std::string>> console(base::ResourceId id, std::size_t lines) override {
    return guard("console", inner_.console(std::move(id), lines));
  }
  base::Task<base::Result<std::vector<cloud::Flavor>>> flavors() override {
    return guard("flavors", inner_.flavors());
  }
  base::Task<base::Result<std::vector<cloud::Quota>>> quotas() override {
    return guard("quotas", inner_.quotas());
  }
  base::Task<base::Result<std::vector<cloud::Tagged>>> tagged() override {
    return guard("tagged", inner_.tagged());
  }
  base::Task<base::Result<std::string>> publish(base::ResourceId id, unsigned short port) override {
    return guard("publish", inner_.publish(std::move(id), port));
  }

 private:
  template <class T>
  base::Task<T> guard(std::string name, base::Task<T> call) {
    fate_.moment(Fate::Moments::kCalls, "before " + name);
    auto answer = co_await std::move(call);
    fate_.moment(Fate::Moments::kCalls, "after " + name);
    co_return answer;
  }

  cloud::Cloud& inner_;
  Fate& fate_;
};

}  // namespace slipway::simulation
