// SPDX-License-Identifier: Apache-2.0
// What 10,000 pods cost the controller, as one JSON object.
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "agent/kube/kinds.hpp"
#include "controller/mirror/table.hpp"
#include "tests/unit/controller/http/through_agent.hpp"

namespace slipway::http {
namespace {

constexpr std::size_t kPods = 10'000;
constexpr std::size_t kBatch = 100;
constexpr int kRounds = 50;

std::string digits(std::size_t number, std::size_t width) {
  auto text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

/// A Deployment's pod as the API server writes it.
boost::json::value pod_object(std::size_t i) {
  const auto app = "service-" + digits(i % 200, 3);
  const auto set = app + "-6d4cf56db6";
  const bool broken = i % 50 == 0;
  auto text = R"({"metadata":{"uid":"5f1c2d3e-7a8b-4c9d-8e0f-)" + digits(i, 12) + R"(","name":")" +
              set + "-" + digits(i, 5) + R"(","namespace":"project-)" + digits(i % 40, 3) +
              R"(","resourceVersion":")" + std::to_string(100'000 + i) +
              R"(","creationTimestamp":"2026-01-02T12:04:05Z","labels":{"app":")" + app +
              R"(","pod-template-hash":"6d4cf56db6","app.kubernetes.io/name":"shop"},
    "ownerReferences":[{"kind":"ReplicaSet","name":")" +
              set +
              R"(","uid":"0a1b2c3d-4e5f-4a6b-8c7d-000000000001","controller":true}]},
    "spec":{"nodeName":"demo-worker-)" +
              std::to_string(i % 30) +
              R"(","containers":[{"name":"main","image":"registry.example.org/team/)" + app +
              R"(:v1.2.3"}]},"status":{"phase":"Running","podIP":"10.244.)" +
              std::to_string(i / 250) + "." + std::to_string(i % 250) +
              R"(","conditions":[{"type":"Ready","status":")" + (broken ? "False" : "True") +
              R"("}],"containerStatuses":[{"name":"main","image":"registry.example.org/team/)" +
              app + R"(:v1.2.3","ready":)" + (broken ? "false" : "true") + R"(,"restartCount":)" +
              std::to_string(i % 7) + R"(,"state":)" +
              (broken ? R"({"waiting":{"reason":"CrashLoopBackOff"}})" : R"({"running":{}})") +
              "}]}}";
  return boost::json::parse(text);
}

std::vector<wire::MirrorRow> all_pods() {
  const auto kinds = kube::mirrored_kinds();
  const auto pods = std::ranges::find(kinds, "pods", &kube::Kind::plural);
  std::vector<wire::MirrorRow> rows;
  for (std::size_t i = 0; i < kPods; ++i) rows.push_back(kube::project(*pods, pod_object(i)));
  return rows;
}

std::vector<wire::MirrorBatch> batches_of(const std::vector<wire::MirrorRow>& rows) {
  std::vector<wire::MirrorBatch> all;
  for (std::size_t i = 0; i < rows.size(); i += kBatch) {
    const std::vector<wire::MirrorRow> part(rows.begin() + i, rows.begin() + i + kBatch);
    all.push_back(mirror::batch(part, i == 0, i + kBatch >= rows.size()));
  }
  return all;
}

/// What the heap holds more of once the rows are in a table and saved.
double bytes_a_pod(const std::vector<wire::MirrorRow>& rows) {
  auto batches = batches_of(rows);
  mirror::Table table;
  const auto before = mallinfo2().uordblks;
  for (const auto& batch : batches) table.take(batch, base::from_unix_ms(1));
  (void)table.take_unsaved(kPods);
  return static_cast<double>(mallinfo2().uordblks - before) / kPods;
}

class Site : public ThroughAgentTest {
 public:
  void TestBody() override {}

  base::Task<bool> fill(const std::vector<wire::MirrorRow>& rows) {
    for (const auto& batch : batches_of(rows)) (void)co_await feed->write(mirror::framed(batch));
    co_return co_await fakes::until(
        [this] { return world.mirror.count(cluster, "pods") == kPods; });
  }
  /// Milliseconds for a page, worst and median.
  boost::json::object time(const std::string& query) {
    std::vector<double> took;
    std::size_t bytes = 0;
    for (int round = 0; round < kRounds; ++round) {
      const auto began = std::chrono::steady_clock::now();
      auto answer = world.get("/api/v1/clusters/demo/pods?" + query);
      const std::chrono::duration<double, std::milli> passed =
          std::chrono::steady_clock::now() - began;
      if (answer.status != 200) throw std::runtime_error(answer.text());
      bytes = answer.text().size();
      took.push_back(passed.count());
    }
    std::ranges::sort(took);
    return {{"median_ms", took[kRounds / 2]}, {"worst_ms", took.back()}, {"bytes", bytes}};
  }
};

int main() {
  const auto rows = all_pods();
  boost::json::object out{{"pods", kPods}, {"bytes_a_pod", bytes_a_pod(rows)}};
  Site site;
  if (!site.world.run(site.fill(rows))) return 1;
  out["page"] = site.time("limit=100");
  out["filtered_sorted"] = site.time(
      "sort=restarts&order=desc&status=Running&search=service-01&labels=app.kubernetes.io/"
      "name%3Dshop&"
      "limit=100");
  out["sorted"] = site.time("sort=created&order=desc&limit=500");
  std::cout << boost::json::serialize(out) << std::endl;
  return 0;
}

}  // namespace
}  // namespace slipway::http

int main() {
  return slipway::http::main();
}
