// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/world.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

namespace slipway::simulation {

using base::ErrorCode;
using base::Task;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::size_t kStoriesAtOnce = 24;

}  // namespace

Session::Session(boost::asio::io_context& io, fakes::ManualClock& clock, std::mt19937_64& random)
    : io_(io),
      clock_(clock),
      random_(random),
      network_(io.get_executor(), 1 + random() % 4, watch_) {
  auto [a, b] = network_.ends();
  start(agent_, std::move(a));
  start(controller_, std::move(b));
}

Session::~Session() {
  kill(agent_);
  kill(controller_);
}

link::LinkHandlers Session::handlers_of(Process& process) {
  link::LinkHandlers handlers;
  handlers.opened = [this, &process](wire::StreamOpen what, bool interactive, link::StreamPtr it) {
    const auto& story = stories_.at(std::stoul(what.logs().pod()));
    EXPECT_EQ(interactive, story->plan.interactive);
    EXPECT_FALSE(std::exchange(story->taken, true));
    use(process, story, std::move(it));
  };
  const auto in_order = [&process](std::uint64_t number) {
    EXPECT_EQ(number, ++process.received) << "a message was lost, doubled or reordered";
  };
  handlers.report = [in_order](const wire::Report& it) { in_order(it.step().generation()); };
  handlers.order = [in_order](const wire::Order& it) { in_order(it.desired().generation()); };
  return handlers;
}

void Session::start(Process& process, std::unique_ptr<net::Transport> transport) {
  wire::Hello hello;
  hello.set_software("simulation");
  process.link = std::make_unique<link::Link>(process.side, hello, std::move(transport),
                                              handlers_of(process), clock_);
  process.tasks = std::make_unique<base::TaskScope>(io_.get_executor());
  process.tasks->spawn(
      "link", [](Process& mine) -> Task<> { mine.ended = co_await mine.link->run(); }(process));
}

void Session::use(Process& process, StoryPtr story, link::StreamPtr stream) {
  for (const bool writes : {true, false}) {
    auto gate = std::make_shared<Gate>(io_.get_executor());
    gate->open = draining_;
    gates_.push_back(gate);
    User user{story, stream, process.side, gate, random_()};
    process.tasks->spawn(writes ? "writer" : "reader",
                         writes ? write_half(std::move(user), watch_) : read_half(std::move(user)));
  }
}

void Session::open_story(Process& process) {
  if (process.link->stream_count() >= kStoriesAtOnce) return;
  auto story = std::make_shared<Story>();
  story->number = static_cast<unsigned>(stories_.size());
  story->opener = process.side;
  story->plan = make_plan(random_);
  wire::StreamOpen what;
  what.mutable_logs()->set_pod(std::to_string(story->number));
  auto stream = process.link->open(std::move(what), story->plan.interactive);
  if (!stream) return;
  stories_.push_back(story);
  use(process, std::move(story), std::move(*stream));
}

void Session::send_message(Process& process) {
  const std::string filler(chance(20) ? random_() % 100'000 : 10, 'x');
  if (process.side == wire::Side::kAgent) {
    wire::Report report;
    report.mutable_step()->set_generation(process.sent + 1);
    report.mutable_step()->set_log_tail(filler);
    if (process.link->send(std::move(report))) ++process.sent;
  } else {
    wire::Order order;
    order.mutable_desired()->set_generation(process.sent + 1);
    order.mutable_desired()->set_cluster_name(filler);
    if (process.link->send(std::move(order))) ++process.sent;
  }
}

void Session::pass_time(milliseconds time) {
  clock_.advance(time);
  for (auto* process : {&agent_, &controller_}) {
    if (process->link) process->link->tick();
  }
}

void Session::run_some() {
  io_.restart();
  for (auto count = random_() % 40; count > 0 && io_.poll_one() > 0; --count) {
  }
}

void Session::run_all() {
  io_.restart();
  io_.poll();
}

void Session::step() {
  auto& process = chance(50) ? agent_ : controller_;
  const auto dice = random_() % 100;
  if (dice < 45) {
    for (auto count = 1 + random_() % 4; count > 0; --count) network_.deliver(process.side);
  } else if (dice < 55) {
    open_story(process);
  } else if (dice < 80) {
    if (!gates_.empty()) gates_[random_() % gates_.size()]->permit();
  } else if (dice < 88) {
    pass_time(milliseconds{random_() % 1000});
  } else if (dice < 93) {
    send_message(process);
  }
  run_some();
}

void Session::drain() {
  draining_ = true;
  for (const auto& gate : gates_) {
    gate->open = true;
    gate->opened.notify();
  }
  for (bool moved = true; moved;) {
    run_all();
    moved = network_.deliver(wire::Side::kAgent);
    moved |= network_.deliver(wire::Side::kController);
    run_all();
  }
  // Full views at last: they must find nothing that one end forgot. One tick at a time, delivered.
  for (int i = 0; i < 35; ++i) {
    pass_time(seconds{1});
    run_all();
    while (network_.deliver(wire::Side::kAgent) || network_.deliver(wire::Side::kController)) {
      run_all();
    }
  }
  for (auto* process : {&agent_, &controller_}) {
    EXPECT_FALSE(process->ended) << process->ended->message;
    EXPECT_EQ(process->link->stream_count(), 0u);
    EXPECT_EQ(process->tasks->running(), 1u) << "only the link itself runs on";
  }
  EXPECT_EQ(agent_.sent, controller_.received);
  EXPECT_EQ(controller_.sent, agent_.received);
}

void Session::wait_for_silence() {
  network_.silence();
  for (int i = 0; i < 16; ++i) {
    run_all();
    pass_time(seconds{1});
  }
  run_all();
  for (auto* process : {&agent_, &controller_}) {
    ASSERT_TRUE(process->ended) << "a silent link was not found out";
    EXPECT_EQ(process->ended->code, ErrorCode::kTimeout);
  }
}

void Session::kill(Process& process) {
  if (!process.link) return;
  boost::asio::post(io_, [&process] { process.tasks->cancel(); });  // as always, by the loop itself
  run_all();
  for (int i = 0; i < 20 && process.tasks->running() > 0; ++i) run_all();
  EXPECT_EQ(process.tasks->running(), 0u);
  process.tasks.reset();
  process.link.reset();
  run_all();
}

void Session::play(unsigned steps, Ending ending) {
  for (unsigned i = 0; i < steps && !agent_.ended && !controller_.ended; ++i) step();
  const bool lost_before = agent_.ended || controller_.ended;
  if (lost_before) {
    // Only time may have done it: messages were left lying for too long.
    const auto& why = agent_.ended ? *agent_.ended : *controller_.ended;
    EXPECT_EQ(why.code, ErrorCode::kTimeout) << why.message;
    network_.cut();
  } else if (ending == Ending::kDrained) {
    drain();
  } else if (ending == Ending::kCut) {
    network_.cut();
  } else if (ending == Ending::kSilent) {
    wait_for_silence();
  } else {
    kill(ending == Ending::kAgentRestarts ? agent_ : controller_);
  }
  for (const auto& gate : gates_) {
    gate->open = true;
    gate->opened.notify();
  }
  for (int i = 0; i < 5; ++i) run_all();
  for (auto* process : {&agent_, &controller_}) {
    if (!process->link || (ending == Ending::kDrained && !lost_before)) continue;
    EXPECT_TRUE(process->ended) << "this end did not notice";
    EXPECT_EQ(process->tasks->running(), 0u) << "users of a lost link run on";
  }
  kill(agent_);
  kill(controller_);
  const bool lost = lost_before || ending != Ending::kDrained;
  for (const auto& story : stories_) check_story(*story, lost);
}

}  // namespace slipway::simulation
