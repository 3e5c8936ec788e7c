// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "controller/cloud/cloud.hpp"

namespace slipway::fakes {

/// A cloud in memory that records what it is asked, and that fails, stalls and loses machines when
/// a test says so. `call` below is the method's name: "ensure_machine", "publish" …
class FakeCloud : public cloud::Cloud {
 public:
  using ResourceId = base::ResourceId;

  /// When an injected failure strikes.
  enum class When {
    kBefore,  ///< nothing was done
    kAfter,   ///< it was done, and the answer was lost
  };
  struct Call {
    std::string name;
    ResourceId id;  ///< empty for calls without one
    bool operator==(const Call&) const = default;
  };

  explicit FakeCloud(boost::asio::any_io_executor executor);

  // What a test sets.
  void fail(std::string call, base::Error error, unsigned times = 1, When when = When::kBefore);
  void delay(std::string call, unsigned turns);  ///< goes round the io loop so often, takes no time
  void hold(std::string call);                   ///< later calls wait …
  void release(const std::string& call);         ///< … until here
  void boot_polls(unsigned polls);  ///< new machines are kBuilding when so often looked at
  void limit_machines(std::size_t limit);
  void give_address(std::string address);  ///< to machines made from now on
  std::string console_text;                ///< what every console shows
  /// Told when a machine runs (first boot, reboot, start) and when it no longer does: where a test
  /// starts and ends its agent. `spec` holds the user data.
  std::function<void(const cloud::MachineSpec& spec, const cloud::Machine&)> on_running;
  std::function<void(const ResourceId&)> on_stopped;

  // What the world does.
  void power_off(const ResourceId& id);
  void power_on(const ResourceId& id);                           ///< what is off
  void break_machine(const ResourceId& id, std::string detail);  ///< kFailed
  void lose(const ResourceId& id);                               ///< gone without a word

  // What a test reads.
  const std::vector<Call>& calls() const { return calls_; }
  std::size_t count(std::string_view call) const;
  const cloud::MachineSpec* spec(const ResourceId& id) const;
  std::size_t machine_count() const { return machines_.size(); }
  std::size_t network_count() const { return networks_.size(); }
  std::size_t load_balancer_count() const { return load_balancers_.size(); }
  /// Its members; none where there is no such load balancer.
  std::vector<std::string> members(const ResourceId& load_balancer) const;

  std::string kind() const override { return "fake"; }
  bool small_machines() const override { return true; }
  base::Task<base::Result<>> start() override;
  base::Task<> stop() override;
  base::Task<base::Result<cloud::Network>> ensure_network(cloud::NetworkSpec spec) override;
  base::Task<base::Result<>> delete_network(ResourceId id) override;
  base::Task<base::Result<cloud::LoadBalancer>> ensure_load_balancer(
      cloud::LoadBalancerSpec spec) override;
  base::Task<base::Result<>> delete_load_balancer(ResourceId id) override;
  base::Task<base::Result<cloud::Machine>> ensure_machine(cloud::MachineSpec spec) override;
  base::Task<base::Result<cloud::Machine>> machine(ResourceId id) override;
  base::Task<base::Result<std::vector<cloud::Machine>>> machines() override;
  base::Task<base::Result<>> reboot(ResourceId id, bool hard) override;
  base::Task<base::Result<>> stop_machine(ResourceId id) override;
  base::Task<base::Result<>> start_machine(ResourceId id) override;
  base::Task<base::Result<>> delete_machine(ResourceId id) override;
  base::Task<base::Result<std::string>> console(ResourceId id, std::size_t lines) override;
  base::Task<base::Result<std::vector<cloud::Flavor>>> flavors() override;
  base::Task<base::Result<std::vector<cloud::Quota>>> quotas() override;
  base::Task<base::Result<std::vector<cloud::Tagged>>> tagged() override;
  base::Task<base::Result<std::string>> publish(ResourceId machine, unsigned short port) override;

 private:
  struct Row {
    cloud::MachineSpec spec;
    cloud::Machine machine;
    unsigned polls_left = 0;
    std::map<unsigned short, std::string> published;
  };
  struct Failure {
    std::string call;
    base::Error error;
    unsigned times;
    When when;
  };

  base::Task<base::Result<>> enter(std::string call, ResourceId id);
  base::Result<> leave(const std::string& call);
  base::Result<> strike(const std::string& call, When when);
  void run(Row& row);
  void halt(Row& row, cloud::MachineState state);
  base::Result<Row*> row(const ResourceId& id);
  std::string next_address();

  boost::asio::any_io_executor executor_;
  std::map<ResourceId, Row> machines_;
  std::map<ResourceId, cloud::Network> networks_;
  struct Balancer {
    cloud::LoadBalancerSpec spec;
    cloud::LoadBalancer made;
  };
  std::map<ResourceId, Balancer> load_balancers_;
  std::vector<Call> calls_;
  std::list<Failure> failures_;
  std::map<std::string, unsigned> delays_;
  std::map<std::string, std::unique_ptr<boost::asio::steady_timer>> held_;
  unsigned boot_polls_ = 0;
  std::size_t machine_limit_ = 1000;
  unsigned addresses_ = 0;
  std::string given_address_;
  unsigned short ports_ = 0;
};

}  // namespace slipway::fakes
