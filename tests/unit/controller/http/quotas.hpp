// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "controller/http/quota_enforcement.hpp"
#include "tests/unit/controller/http/tenants.hpp"

namespace slipway::http {

/// The API server of the cluster, as far as namespaces and their quotas go.
class FakeKube {
 public:
  std::vector<std::string> order;  ///< "POST namespaces", as asked
  std::vector<std::string> paths;
  std::string refuse;                                  ///< all changes, in these words; empty: none
  std::map<std::string, boost::json::object> objects;  ///< by path

  wire::IntentOutcome answer(const wire::Intent& intent) {
    const auto& asked = intent.request();
    wire::IntentOutcome outcome;
    outcome.set_intent_id(intent.id());
    const auto status = refuse.empty() ? take(asked) : 403;
    outcome.set_http_status(static_cast<std::uint32_t>(status));
    outcome.set_ok(status < 300);
    if (status >= 300) outcome.set_message(refuse.empty() ? std::to_string(status) : refuse);
    return outcome;
  }
  boost::json::object quota_of(const std::string& in) {
    return objects["/api/v1/namespaces/" + in + "/resourcequotas/slipway"];
  }

 private:
  int take(const wire::KubeRequest& asked) {
    paths.push_back(asked.path());
    const auto path = asked.path().substr(0, asked.path().find('?'));
    const bool dry = asked.path().find("dryRun=All") != std::string::npos;
    const auto& method = asked.method();
    boost::json::object body;
    if (!asked.body().empty()) body = boost::json::parse(asked.body()).as_object();
    if (method == "POST") {
      order.push_back("POST " + path.substr(path.rfind('/') + 1));
      const auto one = path + "/" + std::string(body.at("metadata").at("name").as_string());
      if (objects.contains(one)) return 409;
      if (!dry) objects[one] = body;
      return 201;
    }
    const auto found = objects.find(path);
    if (found == objects.end()) return 404;
    if (dry) return 200;
    if (method == "DELETE") {
      objects.erase(found);
    } else {
      merge(found->second, body);
    }
    return 200;
  }
  /// RFC 7396.
  static void merge(boost::json::object& into, const boost::json::object& patch) {
    for (const auto& [key, value] : patch) {
      if (value.is_null()) {
        into.erase(key);
      } else if (value.is_object() && into[key].is_object()) {
        merge(into[key].as_object(), value.as_object());
      } else {
        into[key] = value;
      }
    }
  }
};

/// Tenants whose cluster answers by FakeKube.
class QuotasTest : public TenantsTest {
 public:
  static constexpr int kWatchTurns = 100;  ///< that a watch is behind

  QuotasTest() {
    for (const auto* name : {"own", "foreign", "default"}) {
      api.objects[std::string("/api/v1/namespaces/") + name] = {};
    }
  }

  /// Runs a task while the cluster answers.
  template <class T>
  T run_answered(base::Task<T> task) {
    over = false;
    auto serve = [](QuotasTest& test) -> base::Task<> {
      while (!test.over) {
        const auto all = test.agent->intents();
        for (; test.answered < all.size(); ++test.answered) {
          wire::Report report;
          *report.mutable_outcome() = test.api.answer(all[test.answered]);
          const bool ok = report.outcome().ok();
          test.agent->tell(std::move(report));
          if (!ok) continue;
          test.world.tasks.spawn("watch",
                                 show_new_namespace(test.feed, all[test.answered].request()));
        }
        co_await fakes::turns(1);
      }
    };
    world.tasks.spawn("cluster", serve(*this));
    auto result = world.run(std::move(task));
    over = true;
    return result;
  }
  /// The cluster's watch tells of a namespace that was just made, later than its answer.
  static base::Task<> show_new_namespace(link::StreamPtr feed, wire::KubeRequest asked) {
    if (asked.method() != "POST" || asked.path() != "/api/v1/namespaces") co_return;
    const auto metadata = boost::json::parse(asked.body()).at("metadata").as_object();
    std::string project;
    if (const auto* labels = metadata.if_contains("labels")) {
      project = text_of(labels->as_object(), kProjectLabel);
    }
    const auto row = name_space(text_of(metadata, "name"), project);
    co_await fakes::turns(kWatchTurns);
    (void)co_await feed->write(mirror::framed(mirror::batch({row}, false, false, "namespaces")));
  }
  net::HttpResponse ask_api(net::HttpRequest request) {
    return run_answered(world.api.answer(std::move(request)));
  }
  std::vector<net::HttpResponse> all_at_once(std::vector<net::HttpRequest> requests) {
    std::vector<net::HttpResponse> answers;
    auto one = [](QuotasTest& test, net::HttpRequest request,
                  std::vector<net::HttpResponse>& into) -> base::Task<> {
      into.push_back(co_await test.world.api.answer(std::move(request)));
    };
    auto all = [](std::size_t count, std::vector<net::HttpResponse>& into) -> base::Task<bool> {
      co_return co_await fakes::until([&] { return into.size() == count; });
    };
    const auto count = requests.size();
    for (auto& request : requests) {
      world.tasks.spawn("request", one(*this, std::move(request), answers));
    }
    EXPECT_TRUE(run_answered(all(count, answers)));
    return answers;
  }

  net::HttpRequest creation(const std::string& who, const std::string& name,
                            const std::string& quota) {
    return as(
        who, "POST", "/api/v1/clusters/demo/namespaces",
        R"({"name":")" + name + R"(","project":")" + shop.id.value + R"(","quota":)" + quota + "}");
  }
  net::HttpResponse create(const std::string& who, const std::string& name,
                           const std::string& quota) {
    return ask_api(creation(who, name, quota));
  }
  static std::string version(int seen, const std::string& field, const std::string& figures) {
    return R"({"resourceVersion":")" + std::to_string(seen) + R"(",")" + field + "\":" + figures +
           "}";
  }
  net::HttpResponse edit(const std::string& who, const std::string& name, int seen,
                         const std::string& quota, const std::string& query = "") {
    return ask_api(as(who, "PUT", "/api/v1/clusters/demo/namespaces/" + name + query,
                      version(seen, "quota", quota)));
  }
  void set_budget(const std::string& who, const std::string& of, const std::string& budget,
                  int seen) {
    const auto set = send(who, "PUT", of + "/budget", version(seen, "budget", budget));
    EXPECT_EQ(set.status, 200) << set.text();
  }
  std::int64_t given(const access::Project& of, const char* resource) {
    const auto all = body_of(get("admin", "/projects/" + of.id.value + "/budget"));
    const auto* figure = all.at("given").as_object().if_contains(resource);
    return figure == nullptr ? 0 : figure->as_int64();
  }
  boost::json::object quota_of(const std::string& name) {
    return body_of(get("admin", "/clusters/demo/namespaces/" + name)).at("quota").as_object();
  }

  /// The mirror shows what the API server has; each quota with this much used.
  void show_all(const std::map<std::string, std::string>& used = {}) {
    EXPECT_TRUE(world.run(show(used)));
  }
  base::Task<bool> show(std::map<std::string, std::string> used) {
    std::vector<wire::MirrorRow> spaces;
    std::vector<wire::MirrorRow> quotas;
    std::vector<wire::MirrorRow> ranges;
    for (const auto& [path, object] : api.objects) {
      const auto rest = path.substr(std::string("/api/v1/namespaces/").size());
      const auto in = rest.substr(0, rest.find('/'));
      if (in == rest) {
        auto project = in == "own" ? shop.id.value : in == "foreign" ? rockets.id.value : "";
        if (object.contains("metadata")) project = label_of(object);
        spaces.push_back(name_space(in, project));
      } else if (rest.find("/resourcequotas/") != std::string::npos) {
        auto& row = quotas.emplace_back(placed(in));
        auto& quota = *row.mutable_quota();
        put(object.at("spec").at("hard").as_object(), *quota.mutable_hard());
        for (const auto& [name, value] : used) (*quota.mutable_used())[name] = value;
      } else {
        auto& row = ranges.emplace_back(placed(in));
        const auto& limit = object.at("spec").at("limits").at(0);
        auto& item = *row.mutable_limit_range()->add_items();
        item.set_type("Container");
        put(limit.at("default").as_object(), *item.mutable_default_limits());
        put(limit.at("defaultRequest").as_object(), *item.mutable_default_requests());
        put(limit.at("min").as_object(), *item.mutable_min());
      }
    }
    const bool told = co_await tell("namespaces", std::move(spaces));
    const bool with_quotas = co_await tell(kResourceQuotas, std::move(quotas));
    const bool with_ranges = co_await tell(kLimitRanges, std::move(ranges));
    co_await fakes::turns(50);
    const bool all = told && with_quotas && with_ranges;
    co_return all;
  }
  base::Task<bool> agent_is_gone() {
    co_return co_await fakes::until([this] { return !world.links.facts(master).connected; });
  }

  FakeKube api;
  std::size_t answered = 0;
  bool over = false;

 private:
  static std::string label_of(const boost::json::object& object) {
    const auto* labels = object.at("metadata").as_object().if_contains("labels");
    if (labels == nullptr) return {};
    const auto* project = labels->as_object().if_contains(kProjectLabel);
    return project == nullptr ? std::string{} : std::string(project->as_string());
  }
  static wire::MirrorRow placed(const std::string& in) {
    wire::MirrorRow row;
    row.mutable_meta()->set_uid("slipway-" + in);
    row.mutable_meta()->set_name("slipway");
    row.mutable_meta()->set_pod_namespace(in);
    return row;
  }
  static void put(const boost::json::object& from,
                  google::protobuf::Map<std::string, std::string>& into) {
    for (const auto& [name, value] : from) into[std::string(name)] = std::string(value.as_string());
  }
};

}  // namespace slipway::http
