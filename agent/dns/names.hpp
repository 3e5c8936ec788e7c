// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace slipway::dns {

/// What the cluster's services are called and where they are, as a hosts file says it.
class Names {
 public:
  /// Takes an object of the API (Service, Endpoints); what is malformed is left out.
  void put_service(const boost::json::object& service);
  void put_endpoints(const boost::json::object& endpoints);
  void drop_service(const boost::json::object& service);
  void drop_endpoints(const boost::json::object& endpoints);
  /// A full list follows: what is not put again is gone.
  void clear_services() { services_.clear(); }
  void clear_endpoints() { endpoints_.clear(); }

  /// Sorted, so that the same cluster always gives the same text.
  std::string hosts_file(std::string_view domain) const;

 private:
  struct Address {
    std::string ip;
    std::string hostname;  ///< of a stateful pod, empty for others
  };
  std::map<std::string, std::string> services_;  ///< "name.namespace" -> cluster IP, "" if headless
  std::map<std::string, std::vector<Address>> endpoints_;
};

}  // namespace slipway::dns
