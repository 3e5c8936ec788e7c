// SPDX-License-Identifier: Apache-2.0
#include "controller/http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>
#include <vector>

namespace slipway::http {

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("slipway_http_requests_total")
          .Help("Requests answered, by route and status")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& durations =
      prometheus::BuildHistogram()
          .Name("slipway_http_request_seconds")
          .Help("Time until the answer's head, by route")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& sockets =
      prometheus::BuildGauge()
          .Name("slipway_http_sockets")
          .Help("WebSockets and upgraded connections open now, by route")
          .Register(registry);
  prometheus::Counter& failed_logins = prometheus::BuildCounter()
                                           .Name("slipway_login_failures_total")
                                           .Help("Logins refused")
                                           .Register(registry)
                                           .Add({});
  std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> watched;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::answered(const std::string& route, const std::string& method, int status,
                       std::chrono::nanoseconds took) {
  static const prometheus::Histogram::BucketBoundaries kBuckets{0.001, 0.005, 0.02, 0.1,
                                                                0.5,   2,     10,   60};
  state_->requests.Add({{"route", route}, {"method", method}, {"status", std::to_string(status)}})
      .Increment();
  state_->durations.Add({{"route", route}}, kBuckets)
      .Observe(std::chrono::duration<double>(took).count());
}

void Metrics::login_failed() {
  state_->failed_logins.Increment();
}
void Metrics::socket_opened(const std::string& route) {
  state_->sockets.Add({{"route", route}}).Increment();
}
void Metrics::socket_closed(const std::string& route) {
  state_->sockets.Add({{"route", route}}).Decrement();
}

void Metrics::watch(const std::string& name, const std::string& help,
                    std::function<double()> read) {
  auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry).Add({});
  state_->watched.emplace_back(&gauge, std::move(read));
}

std::string Metrics::text() {
  for (auto& [gauge, read] : state_->watched) gauge->Set(read());
  return prometheus::TextSerializer{}.Serialize(state_->registry.Collect());
}

}  // namespace slipway::http
