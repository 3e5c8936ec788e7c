// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/samples.hpp"
#include "protocol/net/http.hpp"

namespace slipway::metrics {

inline constexpr auto kGroupVersion = "metrics.k8s.io/v1beta1";

/// The resources of metrics.k8s.io/v1beta1: NodeMetrics and PodMetrics, get and list, with label
/// selectors. Whoever asks has been authorised by the API server in front.
class MetricsApi {
 public:
  MetricsApi(base::asio::any_io_executor executor, kube::KubeApi& api, const base::Clock& clock);

  /// Any answer; a Status object where it is none.
  base::Task<net::HttpResponse> answer(net::HttpRequest request);

 private:
  struct Wanted;
  static base::Result<Wanted> wanted(std::string_view target);
  base::Task<base::Result<std::string>> tell(const Wanted& wanted);

  kube::KubeApi& api_;
  Samples samples_;
};

}  // namespace slipway::metrics
