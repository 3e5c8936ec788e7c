// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <filesystem>
#include <memory>

#include "agent/kube/kube_api.hpp"
#include "protocol/net/http_client.hpp"

namespace slipway::kube {

inline constexpr std::chrono::seconds kAnswerLimit{60};
inline constexpr std::chrono::hours kNoAnswerLimit{365 * 24};  ///< as good as none, and no overflow

/// The cluster's API server where this node's kubeconfig says that it is: behind a load balancer it
/// answers also while this master's own is down. The file may come later and may be replaced: it
/// is read again when it changed.
class LocalKubeApi : public KubeApi {
 public:
  /// `answer_limit`: until the head of an answer; its body may stream for ever.
  LocalKubeApi(base::asio::any_io_executor executor, std::filesystem::path kubeconfig,
               std::chrono::milliseconds answer_limit = kAnswerLimit);

  base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) override;
  base::Task<base::Result<net::Upgraded>> upgrade(net::HttpRequest request,
                                                  std::string protocol) override;

 private:
  base::Result<std::shared_ptr<net::HttpClient>> client();

  base::asio::any_io_executor executor_;
  std::filesystem::path path_;
  std::chrono::milliseconds answer_limit_;
  std::filesystem::file_time_type read_at_{};
  std::shared_ptr<net::HttpClient>
      client_;  // shared with requests on their way when it is replaced
};

}  // namespace slipway::kube
