// SPDX-License-Identifier: Apache-2.0
// What 10,000 pods cost the controller, as one JSON object.
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "agent/kube/kinds.hpp"
#include "controller/mirror/table.hpp"
#include "protocol/base/with_timeout.hpp"
#include "tests/unit/controller/http/through_agent.hpp"

namespace slipway::http {
namespace {

constexpr std::size_t kPods = 10'000;
constexpr std::size_t kMostPods = mirror::kMaxRows;
constexpr std::size_t kApplications = 1'000;
constexpr std::size_t kProjects = 40;
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

std::vector<wire::MirrorRow> all_pods(std::size_t count) {
  const auto kinds = kube::mirrored_kinds();
  const auto pods = std::ranges::find(kinds, "pods", &kube::Kind::plural);
  std::vector<wire::MirrorRow> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(kube::project(*pods, pod_object(i)));
  return rows;
}

/// Of the application number `of`: all with the labels that people and their tools put there.
wire::MirrorRow row_of(const std::string& kind, std::size_t i, std::size_t of) {
  const auto app = "service-" + digits(of, 4);
  wire::MirrorRow row;
  auto& meta = *row.mutable_meta();
  meta.set_uid(kind + "-8a7b6c5d-" + digits(i, 12));
  meta.set_name(app + (i == of ? "" : "-" + digits(i, 5)));
  meta.set_pod_namespace("project-" + digits(of % kProjects, 3));
  meta.set_resource_version(std::to_string(100'000 + i));
  auto& labels = *meta.mutable_labels();
  labels["app.kubernetes.io/name"] = app;
  labels["app.kubernetes.io/managed-by"] = "deployer";
  labels["team"] = "team-" + std::to_string(of % 17);
  return row;
}

std::vector<wire::MirrorRow> rows_of(const std::string& kind, std::size_t count) {
  std::vector<wire::MirrorRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    auto row = row_of(kind, i, i % kApplications);
    const auto name = "service-" + digits(i % kApplications, 4);
    if (kind == "applications") {
      row.mutable_application()->set_description("what " + name + " is for, in a sentence");
    } else if (kind == "services") {
      (*row.mutable_service()->mutable_selector())["app"] = name;
    } else if (kind == "ingresses") {
      row.mutable_ingress()->add_paths()->set_service(row.meta().name());
    } else if (kind == "jobs") {
      row.mutable_job()->set_status(wire::JobRow::COMPLETE);
    } else {
      auto& of = *row.mutable_workload();
      of.set_desired(3);
      of.set_pods(3);
      of.set_updated(3);
      of.set_ready(i % 50 == 0 ? 2 : 3);
      of.add_images("registry.example.org/team/" + name + ":v1.2.3");
      (*of.mutable_pod_labels())["app"] = name;
      (*of.mutable_pod_labels())["app.kubernetes.io/name"] = name;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<wire::MirrorBatch> batches_of(const std::vector<wire::MirrorRow>& rows,
                                          const std::string& kind = "pods") {
  std::vector<wire::MirrorBatch> all;
  for (std::size_t i = 0; i < rows.size(); i += kBatch) {
    const std::vector<wire::MirrorRow> part(rows.begin() + i, rows.begin() + i + kBatch);
    all.push_back(mirror::batch(part, i == 0, i + kBatch >= rows.size(), kind));
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

  bool fill(const std::vector<wire::MirrorRow>& rows, const std::string& kind = "pods") {
    const auto tell = [](Site& site, const auto& rows, const auto& kind) -> base::Task<bool> {
      for (const auto& batch : batches_of(rows, kind)) {
        (void)co_await site.feed->write(mirror::framed(batch));
      }
      while (site.world.mirror.count(site.cluster, kind) != rows.size()) {
        co_await base::sleep_for(std::chrono::milliseconds(1));
      }
      co_return true;
    };
    return world.run(tell(*this, rows, kind));
  }
  /// Milliseconds for a page, worst and median.
  boost::json::object time(const std::string& query, const std::string& kind = "pods") {
    std::vector<double> took;
    std::size_t bytes = 0;
    for (int round = 0; round < kRounds; ++round) {
      const auto began = std::chrono::steady_clock::now();
      auto answer = world.get("/api/v1/clusters/demo/" + kind + "?" + query);
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
  const auto rows = all_pods(kPods);
  boost::json::object out{{"pods", kPods}, {"bytes_a_pod", bytes_a_pod(rows)}};
  Site site;
  if (!site.fill(rows)) return 1;
  out["page"] = site.time("limit=100");
  out["filtered_sorted"] = site.time(
      "sort=restarts&order=desc&status=Running&search=service-01&labels=app.kubernetes.io/"
      "name%3Dshop&"
      "limit=100");
  out["sorted"] = site.time("sort=created&order=desc&limit=500");
  const std::pair<const char*, std::size_t> parts[] = {{"applications", kApplications},
                                                       {"deployments", 2'000},
                                                       {"statefulsets", 500},
                                                       {"daemonsets", 100},
                                                       {"jobs", 200},
                                                       {"cronjobs", 200},
                                                       {"services", 2'000},
                                                       {"ingresses", 500}};
  for (const auto& [kind, count] : parts) {
    if (!site.fill(rows_of(kind, count), kind)) return 1;
  }
  out["applications"] = site.time("limit=100", "applications");
  out["applications_sorted"] = site.time("sort=status&limit=100", "applications");
  out["applications_of_one"] = site.time("namespace=project-007&limit=100", "applications");
  if (!site.fill(all_pods(kMostPods))) return 1;
  out["most_sorted"] = site.time("sort=created&order=desc&limit=100");
  out["most_filtered"] = site.time("search=service-01&limit=100");
  std::cout << boost::json::serialize(out) << std::endl;
  return 0;
}

}  // namespace
}  // namespace slipway::http

int main() {
  return slipway::http::main();
}
