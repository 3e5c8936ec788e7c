// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "order.pb.h"
#include "protocol/net/http_client.hpp"

namespace slipway::kube {

inline constexpr std::size_t kAnswerLimitBytes = 32 << 20;

/// The cluster's API server, with the node's administrator rights.
class KubeApi {
 public:
  virtual ~KubeApi() = default;
  /// Any status is a success; the body may stream. kUnavailable: there is no API server to ask yet.
  virtual base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) = 0;
  /// Asks to go on with `protocol`; as net::HttpClient::upgrade.
  virtual base::Task<base::Result<net::Upgraded>> upgrade(net::HttpRequest request,
                                                          std::string protocol) = 0;
};

/// The same API server, asked in somebody else's name: its RBAC decides what they may.
class ImpersonatedApi : public KubeApi {
 public:
  ImpersonatedApi(KubeApi& api, wire::Identity who) : api_(api), who_(std::move(who)) {}
  base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) override;
  base::Task<base::Result<net::Upgraded>> upgrade(net::HttpRequest request,
                                                  std::string protocol) override;

 private:
  KubeApi& api_;
  wire::Identity who_;
};

/// As send(), with the whole body as text.
base::Task<base::Result<net::HttpResponse>> fetch(KubeApi& api, net::HttpRequest request);

/// GET of a JSON document; what is not 200 is an error with the API server's own message.
base::Task<base::Result<boost::json::value>> get_json(KubeApi& api, std::string path);

/// A path of the API server, with query: begins with a slash, printable ASCII only.
bool is_request_target(std::string_view path);

/// A refusal in the form that every Kubernetes client reads: a Status object.
net::HttpResponse status_object(int code, std::string_view reason, std::string_view message);

/// `message` of a Status object, else the text itself, shortened.
std::string message_of(const std::string& body);

}  // namespace slipway::kube
