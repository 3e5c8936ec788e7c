// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "protocol/base/log.hpp"
#include "tests/unit/controller/http/contract.hpp"
#include "tests/unit/controller/http/heap_meter.hpp"
#include "tests/unit/controller/http/played_cluster.hpp"

namespace slipway::http {

/// Sends what nobody should to each route that openapi.yaml names, to a cluster where what the
/// paths speak of is there, so that the body or the query is what is refused.
class HostileTest : public PlayedClusterTest {
 public:
  static constexpr std::ptrdiff_t kMostHeap = 24 << 20;  ///< of one request, on top of its body
  /// Of one YAML text of 700 KB, which the parser holds as tokens of 240 bytes at most.
  static constexpr std::ptrdiff_t kMostYamlHeap = 176 << 20;
  static constexpr double kMostSeconds = 30;  ///< of a slow processor, with sanitizers

  HostileTest() {
    spdlog::set_level(spdlog::level::warn);  // thousands of refusals, each with its audit line
    objects["/apis/apps/v1/namespaces/own/deployments/web"] = workload("web");
    objects["/apis/app.k8s.io/v1beta1/namespaces/own/applications/shop"] = workload("shop");
  }

  static std::string workload(const std::string& name) {
    return R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"uid":"u","name":")" + name +
           R"(","namespace":"own","resourceVersion":"7","labels":{"a":"b"}},
           "spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"template":{
           "metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"main",
           "image":"shop:1"}]}}}})";
  }

  /// A word for each argument of a path.
  std::map<std::string, std::string> words(const std::string& path) const {
    const bool shared = path.find("{namespace}") == std::string::npos;
    return {{"cluster", "demo"},
            {"namespace", "own"},
            {"user", "ann"},
            {"project", shop.id.value},
            {"department", sales.id.value},
            {"node", "demo-master-1"},
            {"resource", shared ? "storageclasses" : "configmaps"},
            {"name", "web"},
            {"application", "shop"},
            {"kind", "deployments"},
            {"action", "start"},
            {"deployment", "web"},
            {"pod", "web"},
            {"path", "api/v1/namespaces/own/pods"}};
  }
  /// The path with its arguments; `hostile` stands for the one that is called so.
  std::string target(const std::string& path, const std::string& argument = {},
                     const std::string& hostile = {}) const {
    const auto known = words(path);
    std::string out;
    for (std::size_t at = 0; at < path.size();) {
      if (path[at] != '{') {
        out += path[at++];
        continue;
      }
      const auto end = path.find('}', at);
      const auto name = path.substr(at + 1, end - at - 1);
      const auto word = known.find(name);
      out += name == argument ? hostile : word == known.end() ? "none" : word->second;
      at = end + 1;
    }
    return out;
  }

  const Route& route_of(const Operation& one) const {
    for (const auto& route : world.api.routes()) {
      auto pattern = route.pattern;
      if (const auto dots = pattern.find("...}"); dots != std::string::npos) pattern.erase(dots, 3);
      if (route.method == one.method && pattern == one.path) return route;
    }
    ADD_FAILURE() << one.method << " " << one.path << " has no route";
    return world.api.routes().front();
  }

  /// Sends it as an administrator does, and holds the answer's cost against the bounds.
  net::HttpResponse send_hostile(const Operation& one, const std::string& to,
                                 const std::string& body = {}, const std::string& type = {}) {
    auto request = as("admin", one.method, to, body);
    request.headers.erase("Content-Type");
    if (!type.empty()) request.headers.set("Content-Type", type);
    const auto begin = processor_seconds();
    heap.begin();
    net::HttpResponse response;
    const auto& route = route_of(one);
    if (route.answer) {
      response = world.send(std::move(request));
    } else {
      request.headers.set("Connection", "Upgrade");
      request.headers.set("Upgrade", "websocket");
      auto decision = world.run(world.api.upgrade(std::move(request)));
      response.status = 101;
      if (auto* plain = std::get_if<net::HttpResponse>(&decision)) response = std::move(*plain);
    }
    const auto seconds = processor_seconds() - begin;
    EXPECT_LE(heap.at_most(), type == "application/yaml" ? kMostYamlHeap : kMostHeap);
    EXPECT_LE(seconds, kMostSeconds);
    fprintf(stderr, "SLOW %.2f s %ld KiB %s %s %zu %s\n", seconds, heap.at_most() >> 10,
            one.method.c_str(), one.path.c_str(), body.size(), body.substr(0, 20).c_str());
    return response;
  }

  /// A refusal of the caller's input that says what is wrong, in a document that can be read.
  static void expect_refused(const net::HttpResponse& response, const std::set<int>& statuses) {
    EXPECT_TRUE(statuses.contains(response.status)) << response.status << " " << words_of(response);
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
    const auto problem = body_of(response);
    EXPECT_GE(text_of(problem, "detail").size(), 8U) << words_of(response);
    EXPECT_LE(response.text().size(), 8192U) << "what was sent is not sent back whole";
  }
  static std::string words_of(const net::HttpResponse& response) {
    return response.streams() ? "a stream" : response.text().substr(0, 600);
  }

  /// How many there are of all that a request could make.
  std::vector<std::size_t> made() const {
    std::vector<std::size_t> counts;
    for (const auto* table : {"clusters", "operations", "intents", "api_tokens", "sessions",
                              "users", "departments", "projects", "key_pairs"}) {
      auto row = world.database->prepare(std::string("SELECT count(*) FROM ") + table);
      row.step();
      counts.push_back(static_cast<std::size_t>(row.number(0)));
    }
    return counts;
  }

  static double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
  }

  Contract contract;
  fakes::HeapMeter heap;
};

}  // namespace slipway::http
