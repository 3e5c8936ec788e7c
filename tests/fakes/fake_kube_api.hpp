// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/kube/kube_api.hpp"
#include "protocol/base/wakeup.hpp"

namespace slipway::fakes {

/// A body that a test feeds piece by piece.
class FedBody {
 public:
  explicit FedBody(boost::asio::any_io_executor executor) : changed_(executor) {}
  void feed(std::string piece) {
    pieces_.push_back(std::move(piece));
    changed_.notify();
  }
  void end() {
    ended_ = true;
    changed_.notify();
  }
  bool dropped = false;  ///< the reader went away

  /// What goes into a response.
  static std::unique_ptr<net::BodySource> source(std::shared_ptr<FedBody> body) {
    struct Source : net::BodySource {
      explicit Source(std::shared_ptr<FedBody> from) : body(std::move(from)) {}
      ~Source() override { body->dropped = true; }
      base::Task<base::Result<std::optional<std::string>>> next() override {
        while (body->pieces_.empty() && !body->ended_) {
          co_await body->changed_.wait();
          const auto state = co_await boost::asio::this_coro::cancellation_state;
          if (state.cancelled() != boost::asio::cancellation_type::none) {
            co_return base::fail(base::ErrorCode::kUnavailable, "cancelled");
          }
        }
        if (body->pieces_.empty()) co_return std::nullopt;
        auto piece = std::move(body->pieces_.front());
        body->pieces_.pop_front();
        co_return std::optional<std::string>(std::move(piece));
      }
      std::shared_ptr<FedBody> body;
    };
    return std::make_unique<Source>(std::move(body));
  }

 private:
  std::deque<std::string> pieces_;
  bool ended_ = false;
  base::Wakeup changed_;
};

/// An API server in memory: answers by method and target, the longest matching beginning first,
/// each list of answers used up to its last; records every request.
class FakeKubeApi : public kube::KubeApi {
 public:
  struct Answer {
    int status = 200;
    std::string body;
    std::shared_ptr<FedBody> stream;  ///< instead of `body`
  };
  std::map<std::string, std::deque<Answer>> answers;  ///< by "GET /api/v1/pods"
  std::vector<net::HttpRequest> requests;
  bool reachable = true;

  void on(const std::string& request, int status, std::string body) {
    answers[request].push_back({status, std::move(body), nullptr});
  }
  void on(const std::string& request, std::shared_ptr<FedBody> stream) {
    answers[request].push_back({200, "", std::move(stream)});
  }
  /// "METHOD target" of each request.
  std::vector<std::string> asked() const {
    std::vector<std::string> all;
    for (const auto& request : requests) all.push_back(request.method + " " + request.target);
    return all;
  }

  base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest request) override {
    requests.push_back(request);
    if (!reachable) {
      co_return base::fail(base::ErrorCode::kUnavailable, "connection refused");
    }
    const auto key = request.method + " " + request.target;
    std::deque<Answer>* best = nullptr;
    std::size_t length = 0;
    for (auto& [beginning, list] : answers) {
      if (key.starts_with(beginning) && beginning.size() >= length && !list.empty()) {
        best = &list;
        length = beginning.size();
      }
    }
    net::HttpResponse response;
    response.headers.set("Content-Type", "application/json");
    if (best == nullptr) {
      response.status = 404;
      response.body = std::string(R"({"kind":"Status","message":"not found: )" + key + "\"}");
      co_return response;
    }
    const auto answer = best->front();
    if (best->size() > 1) best->pop_front();
    response.status = answer.status;
    if (answer.stream) {
      response.body = FedBody::source(answer.stream);
    } else {
      response.body = answer.body;
    }
    co_return response;
  }

  std::deque<std::unique_ptr<net::ByteStream>> upgrades;  ///< one for each that shall be agreed on
  std::string asked_upgrade;                              ///< the last one's protocol

  base::Task<base::Result<net::Upgraded>> upgrade(net::HttpRequest request,
                                                  std::string protocol) override {
    asked_upgrade = protocol;
    net::Upgraded answer;
    if (upgrades.empty()) {
      auto response = co_await send(std::move(request));
      if (!response) co_return base::fail(response);
      answer.response = std::move(*response);
      co_return answer;
    }
    requests.push_back(std::move(request));
    answer.response.status = 101;
    answer.response.headers = {{"Connection", "Upgrade"},
                               {"Upgrade", protocol},
                               {"X-Stream-Protocol-Version", "v4.channel.k8s.io"}};
    answer.connection = std::move(upgrades.front());
    upgrades.pop_front();
    co_return answer;
  }
};

}  // namespace slipway::fakes
