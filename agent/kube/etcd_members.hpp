// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "order.pb.h"
#include "protocol/net/http.hpp"
#include "report.pb.h"

namespace slipway::kube {

/// A member of etcd as its v3 API tells it.
struct EtcdMemberFact {
  std::string id;    ///< decimal, as the JSON gateway writes 64-bit numbers
  std::string name;  ///< empty: it was let in and has not come yet
  std::vector<std::string> peer_urls;
};
/// The answer of /v3/cluster/member/list; kInternal: it is none.
base::Result<std::vector<EtcdMemberFact>> parse_members(const std::string& json);

/// Changes who is in etcd, through the member beside this agent and etcd's JSON gateway
/// (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/).
class EtcdMembers {
 public:
  /// POSTs a JSON body to a path of etcd and returns the whole answer.
  using Post = std::function<base::Task<base::Result<net::HttpResponse>>(std::string path,
                                                                         std::string body)>;
  explicit EtcdMembers(Post post) : post_(std::move(post)) {}

  /// Idempotent. An error means that etcd could not be asked: try again later; what etcd refuses is
  /// an outcome.
  base::Task<base::Result<wire::IntentOutcome>> run(wire::EtcdMember wanted);

 private:
  base::Task<base::Result<std::string>> call(std::string path, std::string body);

  Post post_;
};

/// A Post to the etcd of this master, with the API server's client certificate in `pki`; the files
/// may come later.
EtcdMembers::Post local_etcd(base::asio::any_io_executor executor, std::filesystem::path pki);

}  // namespace slipway::kube
