// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>

#include "controller/cloud/cloud.hpp"
#include "controller/cloud/local/haproxy.hpp"
#include "controller/cloud/local/router.hpp"
#include "controller/cloud/local/turns.hpp"
#include "protocol/base/task_scope.hpp"

namespace slipway::cloud::local {

/// The load balancers of an installation: an HAProxy each, at an address of its own in the
/// router's namespace. They outlive the controller; one that died is started again.
class LoadBalancers {
 public:
  LoadBalancers(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool,
                const Layout& layout, Router& router);

  /// Reads the records and begins to look after what they ask for.
  void recover();
  base::Task<> stop();  ///< they run on

  using Allocate = std::function<base::Result<std::string>()>;
  base::Task<base::Result<LoadBalancer>> ensure(LoadBalancerSpec spec, Allocate allocate);
  base::Task<base::Result<>> erase(base::ResourceId id);

  const std::map<base::ResourceId, LoadBalancerRecord>& records() const { return records_; }

 private:
  base::Task<base::Result<>> bring_up(LoadBalancerRecord record);
  base::Task<> keep();

  boost::asio::thread_pool& pool_;
  const Layout& layout_;
  Router& router_;
  Turns turns_;
  std::map<base::ResourceId, LoadBalancerRecord> records_;
  base::TaskScope tasks_;
};

}  // namespace slipway::cloud::local
