// SPDX-License-Identifier: Apache-2.0
#include "agent/link/obstacle.hpp"

namespace slipway::agent_link {
namespace {

using base::ErrorCode;

/// Of its own disk: a controller that has no room for more refuses with the same code.
bool is_out_of_space(const base::Error& why) {
  return why.message.find("No space left on device") != std::string::npos;
}

wire::ConsoleWord name_fault(const base::Error& why, const std::string& host) {
  if (why.code == ErrorCode::kNotFound)
    return {wire::kNameNotResolved,
            "the controller's name " + host +
                " is known to no DNS server of this machine; mend the name in the controller's"
                " settings, or the DNS (" +
                why.message + ")"};
  return {wire::kNameNotResolved,
          "no DNS server of this machine answers, and the controller is given by its name " + host +
              "; look at /etc/resolv.conf and at the servers in it (" + why.message + ")"};
}

}  // namespace

wire::ConsoleWord obstacle_of(const base::Error& why, const net::Endpoint& controller,
                              const std::vector<Interface>& interfaces) {
  const std::string place = controller.host + ":" + std::to_string(controller.port);
  const bool unreached = why.field == "host" || why.field == "network" || why.field == "port" ||
                         why.code == ErrorCode::kTimeout;
  if (const auto fault = unreached ? network_fault(interfaces) : ""; !fault.empty())
    return {wire::kNoNetwork,
            fault + ": this machine reaches nobody; look at its port in the cloud's network"};
  if (why.field == "network")
    return {wire::kNoNetwork, "there is no way to " + place +
                                  "; look at the routes of this machine and of its network (" +
                                  why.message + ")"};
  if (why.field == "host") return name_fault(why, controller.host);
  if (why.field == "port")
    return {wire::kRefused, "nobody listens at " + place +
                                "; start the controller, or mend its address in the user-data (" +
                                why.message + ")"};
  if (why.code == ErrorCode::kTimeout)
    return {wire::kNoAnswer, place +
                                 " does not answer; look for a firewall or security group between"
                                 " this machine and the controller (" +
                                 why.message + ")"};
  if (why.code == ErrorCode::kDenied && why.field == "ca")
    return {wire::kPinMismatch,
            "who answers at " + place +
                " shows another CA than the one whose digest is in the user-data: it is another"
                " controller, or somebody between; replace the machine if the controller has a new"
                " CA (" +
                why.message + ")"};
  if (why.code == ErrorCode::kDenied) return {wire::kDenied, why.message};
  const bool own = why.code == ErrorCode::kInternal || why.code == ErrorCode::kInvalid;
  if (own || is_out_of_space(why)) return {wire::kMachine, why.message};
  return {wire::kNoLink, why.message};
}

}  // namespace slipway::agent_link
