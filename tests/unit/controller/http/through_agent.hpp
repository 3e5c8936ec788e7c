// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/clusters/cluster_rows.hpp"
#include "tests/unit/controller/http/world.hpp"
#include "tests/unit/controller/mirror/rows.hpp"

namespace slipway::http {

/// The cluster "demo": its master is linked and the gateway, the pod "web" runs on it.
class ThroughAgentTest : public ::testing::Test {
 public:
  using Serve = std::function<base::Task<>(link::StreamPtr)>;

  ThroughAgentTest() {
    EXPECT_EQ(world.post("/api/v1/clusters", R"({"name":"demo"})").status, 202);
    cluster = world.clusters.get("demo")->id;
    master = world.clusters.nodes("demo")->front().machine;
    agent.emplace(world.tasks, world.links, world.clock, master);
    EXPECT_TRUE(world.run(mirror_the_pod()));
  }

  base::Task<bool> mirror_the_pod() {
    co_await agent->come_up();
    clusters::Rows(*world.database).set_gateway(cluster, master);
    wire::StreamOpen what;
    what.mutable_mirror()->set_cluster_id(cluster.value);
    feed = agent->link->open(std::move(what), false).value();
    auto row = mirror::pod("u1", "web", "default");
    row.mutable_pod()->set_node("demo-master-1");
    row.mutable_pod()->add_containers()->set_name("main");
    (void)co_await feed->write(mirror::framed(mirror::batch({row}, true, true)));
    co_return co_await fakes::until([this] { return world.mirror.count(cluster, "pods") == 1; });
  }

  /// Sends the request; `serve` is the agent at the stream that it opens.
  net::HttpResponse ask(net::HttpRequest request, Serve serve) {
    serving = std::move(serve);
    const auto known = agent->streams.size();
    auto play = [](ThroughAgentTest& test, std::size_t at) -> base::Task<> {
      if (!co_await fakes::until([&] { return test.agent->streams.size() > at; })) co_return;
      co_await test.serving(test.agent->streams[at]);
    };
    world.tasks.spawn("agent", play(*this, known));
    return world.send(std::move(request));
  }

  std::string whole(net::HttpResponse& response) {
    if (!response.streams()) return response.text();
    auto read = [](net::BodySource& body) -> base::Task<std::string> {
      std::string text;
      while (true) {
        auto piece = co_await body.next();
        if (!piece || !*piece) co_return text;
        text += **piece;
      }
    };
    return world.run(read(*std::get<1>(response.body)));
  }

  /// An agent that reads the request's body and answers with `pieces`.
  Serve answering(int status, std::vector<std::string> pieces) {
    return [this, status, pieces = std::move(pieces)](link::StreamPtr stream) -> base::Task<> {
      for (auto chunk = co_await stream->read(); chunk && *chunk; chunk = co_await stream->read()) {
        body += (*chunk)->bytes;
      }
      wire::StreamNote note;
      note.mutable_head()->set_status(static_cast<std::uint32_t>(status));
      (void)co_await stream->write(std::move(note));
      for (const auto& piece : pieces) (void)co_await stream->write(piece);
      stream->finish();
    };
  }

  std::size_t audited(const std::string& action) {
    return world.audit.list({.before = {}, .limit = 100, .action = action, .actor = {}}).size();
  }

  World world;
  base::ClusterId cluster;
  base::MachineId master;
  std::optional<fakes::FakeAgent> agent;
  link::StreamPtr feed;
  Serve serving;
  std::string body;  ///< of the request, as the agent got it
};

}  // namespace slipway::http
