// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <set>
#include <string>

#include "agent/bootstrap/host.hpp"

namespace slipway::simulation {

/// What the API server and the discovery service know: it outlives machines.
class Cluster {
 public:
  /// The API server's answer to one request.
  bootstrap::Answer answer(const bootstrap::Call& call, bool kubelet_works, bool network);

  void register_node(const std::string& name);
  bool has_node() const { return !node_.empty(); }
  /// An etcd without data asks the discovery service; false: its data was lost, which breaks Raft.
  bool discover() const { return !formed_; }
  void form() { formed_ = true; }

  std::set<std::string> done;  ///< phases whose objects are there
  unsigned joins = 0;

 private:
  bootstrap::Answer node_answer(const bootstrap::Call& call, bool kubelet_works, bool network);
  boost::json::object node_;
  std::set<std::string> objects_;
  bool formed_ = false;
};

}  // namespace slipway::simulation
