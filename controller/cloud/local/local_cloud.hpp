// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "controller/cloud/cloud.hpp"

namespace slipway::cloud::local {

struct LocalCloudOptions {
  std::filesystem::path directory;  ///< `<state>/cloud`: everything of this cloud lies below it
  std::string installation;         ///< 6 lower-case hex characters, part of every name
  std::filesystem::path image;      ///< directory with manifest.yaml; read when a machine is made
  std::string subnet = "auto";  ///< or a CIDR between /16 and /28; remembered by the first start
};

/// The cloud embedded in the controller: a machine is a runc container that boots the node image on
/// disks of its own, in its own network namespace. Machines outlive the controller; what it needs
/// to find them again lies in its own files, one per resource. Needs root.
class LocalCloud : public Cloud {
 public:
  LocalCloud(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool,
             LocalCloudOptions options);
  ~LocalCloud() override;

  /// A listening TCP socket at the gateway's address, inside the router's namespace; the caller
  /// owns it. After start().
  base::Result<int> listen(unsigned short port);
  /// "10.210.0.1:7443": where machines find `port` of this controller. After start().
  std::string agent_endpoint(unsigned short port = 7443) const;

  std::string kind() const override { return "local"; }
  bool small_machines() const override { return true; }
  /// kInvalid or kDenied: the host lacks something, the message says what to do about it.
  base::Task<base::Result<>> start() override;
  /// Ends forwarders and watching; machines run on.
  base::Task<> stop() override;

  /// All networks of an installation are the one behind its router; their ids are told apart.
  base::Task<base::Result<Network>> ensure_network(NetworkSpec spec) override;
  base::Task<base::Result<>> delete_network(ResourceId id) override;
  /// An HAProxy on this host, at an address of the machines' network.
  base::Task<base::Result<LoadBalancer>> ensure_load_balancer(LoadBalancerSpec spec) override;
  base::Task<base::Result<>> delete_load_balancer(ResourceId id) override;
  /// Returns once the machine's first process runs. A machine that was half made when the
  /// controller died is reported as kBuilding and finished by asking for it again.
  base::Task<base::Result<Machine>> ensure_machine(MachineSpec spec) override;
  base::Task<base::Result<Machine>> machine(ResourceId id) override;
  base::Task<base::Result<std::vector<Machine>>> machines() override;
  base::Task<base::Result<>> reboot(ResourceId id, bool hard) override;
  base::Task<base::Result<>> stop_machine(ResourceId id) override;
  base::Task<base::Result<>> start_machine(ResourceId id) override;
  base::Task<base::Result<>> delete_machine(ResourceId id) override;
  base::Task<base::Result<std::string>> console(ResourceId id, std::size_t lines) override;
  base::Task<base::Result<std::vector<Flavor>>> flavors() override;
  base::Task<base::Result<std::vector<Quota>>> quotas() override;
  base::Task<base::Result<std::vector<Tagged>>> tagged() override;
  base::Task<base::Result<std::string>> publish(ResourceId machine, unsigned short port) override;

  /// Removes every machine, mount, loop device, name space and cgroup of an installation, then its
  /// directory; needs no running controller and works on what is left of a broken one.
  /// kConflict: a controller is running on it.
  static base::Task<base::Result<>> purge(boost::asio::thread_pool& pool,
                                          std::filesystem::path directory,
                                          std::string installation);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A machine as its files tell, for people who debug without a controller.
struct ListedMachine {
  std::string id;
  std::string name;
  std::string address;
  std::string state;  ///< running, stopped, building
  std::filesystem::path console;
};
base::Result<std::vector<ListedMachine>> list_machines(const std::filesystem::path& directory,
                                                       const std::string& installation);
/// The command line that runs `argv` in the machine called `name` (or with that id); `terminal`
/// gives it the caller's. kNotFound: no such machine, or it does not run.
base::Result<std::vector<std::string>> exec_in_machine(const std::filesystem::path& directory,
                                                       const std::string& installation,
                                                       const std::string& name,
                                                       std::vector<std::string> argv,
                                                       bool terminal);

}  // namespace slipway::cloud::local
