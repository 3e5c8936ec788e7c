// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "controller/clusters/clusters.hpp"
#include "controller/clusters/ledger.hpp"
#include "tests/fakes/release_directory.hpp"
#include "tests/simulation/clusters/mortal.hpp"
#include "tests/simulation/clusters/nodes.hpp"

namespace slipway::simulation {

inline constexpr std::uint64_t kSeed = 20200211;  ///< of the back-offs

/// A cloud, its nodes, a database, and a controller that may die and start again.
class World {
 public:
  explicit World(Fate fate);
  ~World();

  /// Asks until the request was answered, as a person would after an error.
  void create(const clusters::ClusterSpec& spec);
  void remove(const std::string& name);
  /// Asks the controller something in which it may die; false then, or where it says so.
  bool ask(const std::function<bool(clusters::Clusters&)>& question);
  /// Members of the only load balancer.
  std::vector<std::string> balanced();
  /// Lets time pass until `done`; false: it did not come to that.
  bool run_until(const std::function<bool()>& done);
  void pass(std::chrono::seconds time);
  void kill();
  void appear(const cloud::MachineSpec& spec);  ///< a call of a former life is done after all

  bool is_healthy(const std::string& name);
  bool is_gone(const std::string& name);
  /// "" or how ledger and cloud differ.
  std::string difference();

  clusters::Clusters& controller() { return *controller_->clusters; }
  fakes::FakeCloud& cloud() { return cloud_; }
  Nodes& nodes() { return nodes_; }
  fakes::ReleaseDirectory& release_directory() { return release_directory_; }
  Fate& fate() { return fate_; }
  store::Database& database() { return *database_; }

 private:
  /// All of one life of the controller.
  struct Controller {
    std::unique_ptr<secrets::Secrets> secrets;
    std::unique_ptr<clusters::Changes> changes;
    std::unique_ptr<clusters::NodeRoster> roster;
    std::unique_ptr<clusters::Clusters> clusters;
  };
  void start();
  /// Runs the controller's code; a death in it ends this life.
  void mortal(const std::function<void()>& code);
  void await(base::Task<> task);
  void turn();

  Fate fate_;
  WorldClock clock_{fate_};
  boost::asio::io_context io_;
  std::unique_ptr<store::Database> database_ = store::Database::in_memory();
  fakes::ReleaseDirectory release_directory_;
  releases::AgentReleases releases_{release_directory_.path()};
  fakes::FakeCloud cloud_{io_.get_executor()};
  MortalCloud mortal_cloud_{cloud_, fate_};
  Nodes nodes_{*database_, clock_, fate_, cloud_};
  std::string key_file_;
  std::unique_ptr<Controller> controller_;
  unsigned turns_ = 0;
};

clusters::ClusterSpec small_cluster();

}  // namespace slipway::simulation
