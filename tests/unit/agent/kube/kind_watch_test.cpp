// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kind_watch.hpp"

#include <gmock/gmock.h>

#include <boost/asio/thread_pool.hpp>

#include "tests/fakes/fake_kube_api.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/run_task.hpp"

namespace slipway::kube {
namespace {

using base::Task;
using testing::HasSubstr;

const Kind& kPods = mirrored_kinds()[2];

std::string pod(const std::string& uid, const std::string& version) {
  return R"({"metadata":{"uid":")" + uid + R"(","name":")" + uid + R"(","resourceVersion":")" +
         version + "\"}}";
}
std::string list(const std::string& items, const std::string& version,
                 const std::string& next = "") {
  return R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" + next +
         R"("},"items":[)" + items + "]}";
}
std::string event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

class Watch : public testing::Test {
 protected:
  base::Result<> step() { return fakes::run_task(io_, watch_.step()); }
  std::string target(std::size_t place) const { return api_.requests.at(place).target; }

  boost::asio::io_context io_;
  boost::asio::thread_pool pool_{1};
  fakes::FakeKubeApi api_;
  fakes::ManualClock clock_;
  std::vector<wire::MirrorBatch> batches_;
  bool takes_ = true;
  KindWatch watch_{api_,
                   pool_,
                   clock_,
                   kPods,
                   [this](wire::MirrorBatch batch) -> Task<base::Result<>> {
                     batches_.push_back(std::move(batch));
                     if (takes_) co_return base::Result<>{};
                     co_return base::fail(base::ErrorCode::kUnavailable, "over");
                   },
                   base::Backoff({}, 1)};
};

TEST_F(Watch, ListsInPages) {
  api_.on("GET /api/v1/pods?limit=250&continue=more%2F", 200, list(pod("b", "2"), "7"));
  api_.on("GET /api/v1/pods?limit=250", 200, list(pod("a", "1"), "7", "more/"));
  ASSERT_TRUE(step());
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_TRUE(batches_[0].full());
  EXPECT_FALSE(batches_[0].complete());
  EXPECT_EQ(batches_[0].upserts(0).meta().uid(), "a");
  EXPECT_FALSE(batches_[1].full());
  EXPECT_TRUE(batches_[1].complete());
  EXPECT_EQ(batches_[1].resource_version(), "7");
  EXPECT_EQ(batches_[1].kind(), "pods");
  EXPECT_EQ(batches_[1].utc_ms(), base::to_unix_ms(clock_.utc()));
}

TEST_F(Watch, GivesDeltasOverPiecesAndGoesOnAtTheLastVersion) {
  auto body = std::make_shared<fakes::FedBody>(io_.get_executor());
  api_.on("GET /api/v1/pods?limit", 200, list("", "7"));
  api_.on("GET /api/v1/pods?watch=1", body);
  api_.on("GET /api/v1/pods?watch=1", 200, "");
  ASSERT_TRUE(step());
  const auto text = event("ADDED", pod("a", "8")) + event("DELETED", pod("b", "9")) +
                    event("BOOKMARK", R"({"metadata":{"resourceVersion":"12"}})");
  body->feed(text.substr(0, 30));
  body->feed(text.substr(30));
  body->end();
  ASSERT_TRUE(step());
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[1].upserts(0).meta().uid(), "a");
  EXPECT_EQ(batches_[1].deleted(0), "b");
  EXPECT_EQ(batches_[1].resource_version(), "12");
  ASSERT_TRUE(step());
  EXPECT_THAT(target(1), HasSubstr("resourceVersion=7"));
  EXPECT_THAT(target(1), HasSubstr("allowWatchBookmarks=true"));
  EXPECT_THAT(target(2), HasSubstr("resourceVersion=12"));
}

/// The reader of the batch leaves it out: it is deleted.
TEST_F(Watch, TellsWhatIsChangedAndDeletedInOnePieceInOneBatch) {
  api_.on("GET /api/v1/pods?limit", 200, list(pod("a", "6"), "7"));
  api_.on("GET /api/v1/pods?watch=1", 200,
          event("MODIFIED", pod("a", "8")) + event("DELETED", pod("a", "9")));
  ASSERT_TRUE(step());
  ASSERT_TRUE(step());
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[1].upserts(0).meta().uid(), "a");
  ASSERT_EQ(batches_[1].deleted_size(), 1);
  EXPECT_EQ(batches_[1].deleted(0), "a");
  EXPECT_EQ(batches_[1].resource_version(), "9");
}

TEST_F(Watch, ListsAgainWhenItsVersionIsTooOld) {
  api_.on("GET /api/v1/pods?limit", 200, list("", "7"));
  api_.on("GET /api/v1/pods?watch=1", 410, "{}");
  api_.on("GET /api/v1/pods?watch=1", 200,
          event("ERROR", R"({"code":410,"message":"too old resource version"})"));
  ASSERT_TRUE(step());
  ASSERT_TRUE(step());
  ASSERT_TRUE(step());
  ASSERT_TRUE(step());
  ASSERT_TRUE(step());
  EXPECT_THAT(target(2), HasSubstr("?limit"));
  EXPECT_THAT(target(4), HasSubstr("?limit"));
}

TEST_F(Watch, SaysWhyItBroke) {
  api_.on("GET /api/v1/pods?limit", 403, R"({"message":"pods is forbidden"})");
  EXPECT_EQ(step().error().message, "pods is forbidden");
  api_.answers.clear();
  api_.on("GET /api/v1/pods?limit", 200, "no json");
  EXPECT_FALSE(step());
  api_.answers.clear();
  api_.on("GET /api/v1/pods?limit", 200, list("", "7"));
  api_.on("GET /api/v1/pods?watch=1", 200, "{\"type\":\n");
  ASSERT_TRUE(step());
  EXPECT_FALSE(step());
  api_.reachable = false;
  EXPECT_EQ(step().error().message, "connection refused");
  EXPECT_FALSE(watch_.over());
}

TEST_F(Watch, EndsWithItsSink) {
  takes_ = false;
  api_.on("GET /api/v1/pods?limit", 200, list("", "7"));
  EXPECT_FALSE(step());
  EXPECT_TRUE(watch_.over());
}

TEST_F(Watch, CutsLargePagesIntoBatches) {
  std::string items;
  for (int i = 0; i < 250; ++i) items += (i ? "," : "") + pod("u" + std::to_string(i), "1");
  api_.on("GET /api/v1/pods?limit", 200, list(items, "7"));
  ASSERT_TRUE(step());
  ASSERT_EQ(batches_.size(), 3U);
  EXPECT_TRUE(batches_[0].full());
  EXPECT_TRUE(batches_[2].complete());
  EXPECT_EQ(batches_[0].upserts_size() + batches_[1].upserts_size() + batches_[2].upserts_size(),
            250);
}

TEST_F(Watch, CutsBatchesByBytesToo) {
  std::string items;
  for (int i = 0; i < 90; ++i) {
    const auto uid = "u" + std::to_string(i);
    items += std::string(i ? "," : "") + R"({"metadata":{"uid":")" + uid +
             R"(","name":"n","labels":{"long":")" + std::string(20'000, 'x') + "\"}}}";
  }
  api_.on("GET /api/v1/pods?limit", 200, list(items, "7"));
  ASSERT_TRUE(step());
  EXPECT_GE(batches_.size(), 4U);
  int rows = 0;
  for (const auto& batch : batches_) {
    EXPECT_LT(batch.ByteSizeLong(), std::size_t{1} << 20) << "the controller would end the stream";
    rows += batch.upserts_size();
  }
  EXPECT_EQ(rows, 90);
}

TEST_F(Watch, ARowThatIsMadeHugeKeepsItsNameAlone) {
  const std::string huge(100'000, 'x');
  api_.on("GET /api/v1/pods?limit", 200,
          list(R"({"metadata":{"uid":"u","name":"n","labels":{"a":")" + huge +
                   R"("}},"status":{"phase":"Running","podIP":")" + huge + "\"}}",
               "7"));
  ASSERT_TRUE(step());
  EXPECT_EQ(batches_[0].upserts(0).meta().name(), "n");
  EXPECT_LT(batches_[0].ByteSizeLong(), 1000U);
}

TEST_F(Watch, AsksForLessWhereObjectsAreLarge) {
  api_.on("GET /api/v1/pods?limit=250", 200, std::string(9 << 20, ' '));
  api_.on("GET /api/v1/pods?limit=62&continue=more", 200, list(pod("b", "1"), "7"));
  api_.on("GET /api/v1/pods?limit=62", 200, list(pod("a", "1"), "7", "more"));
  ASSERT_TRUE(step());
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_THAT(target(2), HasSubstr("limit=62&continue=more"));
}

const Kind& kind_named(std::string_view plural) {
  for (const auto& kind : mirrored_kinds()) {
    if (kind.plural == plural) return kind;
  }
  return kPods;
}

/// One step of a kind's watch against an API server that serves these versions of its group.
class Versions : public testing::Test {
 protected:
  void serves(const std::string& group, const std::string& preferred,
              const std::map<std::string, std::string>& resources) {
    std::string versions;
    for (const auto& [version, plural] : resources) {
      const auto full = group + "/" + version;
      versions += (versions.empty() ? "" : ",") + (R"({"groupVersion":")" + full + "\"}");
      api_.on("GET /apis/" + full, 200, R"({"resources":[{"name":")" + plural + "\"}]}");
      api_.on("GET /apis/" + full + "/", 200, list("", "7"));
    }
    api_.on("GET /apis/" + group, 200,
            R"({"name":")" + group + R"(","versions":[)" + versions +
                R"(],"preferredVersion":{"groupVersion":")" + group + "/" + preferred + "\"}}");
  }
  base::Result<> step(std::string_view plural) {
    KindWatch watch(
        api_, pool_, clock_, kind_named(plural),
        [](wire::MirrorBatch) -> Task<base::Result<>> { co_return base::Result<>{}; },
        base::Backoff({}, 1));
    return fakes::run_task(io_, watch.step());
  }
  std::string listed() const { return api_.requests.back().target; }

  boost::asio::io_context io_;
  boost::asio::thread_pool pool_{1};
  fakes::FakeKubeApi api_;
  fakes::ManualClock clock_;
};

TEST_F(Versions, TheOneThatServesTheKindIsTaken) {
  serves("batch", "v1", {{"v1", "jobs"}, {"v1beta1", "cronjobs"}});
  ASSERT_TRUE(step("cronjobs"));
  EXPECT_THAT(listed(), HasSubstr("/apis/batch/v1beta1/cronjobs?"));
  ASSERT_TRUE(step("jobs"));
  EXPECT_THAT(listed(), HasSubstr("/apis/batch/v1/jobs?"));
}

TEST_F(Versions, AKindMayWantANewerOneThanIsPreferred) {
  const std::string plural = "horizontalpodautoscalers";
  serves("autoscaling", "v1", {{"v1", plural}, {"v2beta1", plural}, {"v2beta2", plural}});
  ASSERT_TRUE(step(plural));
  EXPECT_THAT(listed(), HasSubstr("/apis/autoscaling/v2beta2/"));
}

TEST_F(Versions, AKindThatIsNotServedSaysSo) {
  serves("networking.k8s.io", "v1", {{"v1", "networkpolicies"}});
  EXPECT_EQ(step("ingresses").error().message,
            "the API server serves no ingresses of group networking.k8s.io");
  EXPECT_EQ(step("storageclasses").error().message,
            "the API server serves no storageclasses of group storage.k8s.io");
  api_.reachable = false;
  EXPECT_EQ(step("ingresses").error().code, base::ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace slipway::kube
