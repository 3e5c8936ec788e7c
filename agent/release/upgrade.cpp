// SPDX-License-Identifier: Apache-2.0
#include "agent/release/upgrade.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "agent/release/fetch.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/wire/text.hpp"

namespace slipway::agent_release {

using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr std::size_t kMaxKeysBytes = 16 << 10;
constexpr std::size_t kMaxWhyBytes = 1024;
constexpr std::chrono::seconds kFetchPause{1};

std::string name_of(const Candidate& what) {
  return what.sha256.empty() ? "the image's program" : what.sha256.substr(0, 12);
}

}  // namespace

Upgrade::Upgrade(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool,
                 SlotStore& slots, Running running, UpgradeOptions options, UpgradeTools tools)
    : pool_(pool),
      slots_(slots),
      running_(std::move(running)),
      options_(std::move(options)),
      tools_(std::move(tools)),
      changed_(executor) {
  const Slots now = slots_.read();
  const Candidate own{running_.from_image ? "" : running_.sha256, 0};
  if (now.trial) {
    show(wire::ReleaseState::TRYING, now.trial->what);
  } else if (now.failure) {
    show(wire::ReleaseState::FAILED, now.failure->what, now.failure->why);
  } else {
    show(wire::ReleaseState::SETTLED, own);
  }
}

bool Upgrade::runs(const std::string& sha256) const {
  return sha256.empty() ? running_.from_image : sha256 == running_.sha256;
}

void Upgrade::show(wire::ReleaseState::State state, const Candidate& what,
                   const std::string& error) {
  state_.set_running_sha256(running_.sha256);
  state_.set_from_image(running_.from_image);
  state_.set_state(state);
  state_.set_wanted_sha256(what.sha256);
  state_.set_attempt(what.attempt);
  state_.set_error(wire::head_of(error, kMaxWhyBytes));
}

void Upgrade::refuse(const Candidate& what, const std::string& why) {
  spdlog::error("release {}: {}", name_of(what), why);
  auto written = slots_.update([&](Slots& now) { now.failure = Slots::Failure{what, why}; });
  if (!written) spdlog::error("release: {}", written.error().message);
  show(wire::ReleaseState::FAILED, what, why);
  tools_.tell(state_);
}

void Upgrade::want(wire::AgentRelease wish) {
  wish_ = std::move(wish);
  changed_.notify();
}

void Upgrade::link_changed(bool up) {
  up_ = up;
  ++links_;
  changed_.notify();
}

Task<> Upgrade::wait_for_link() {
  while (!up_) co_await changed_.wait();
}

/// While this program is on trial: until one link has held for the proof's time.
Task<> Upgrade::prove() {
  using namespace base::asio::experimental::awaitable_operators;
  const auto trial = slots_.read().trial;
  if (!trial || !runs(trial->what.sha256)) co_return;
  for (;;) {
    co_await wait_for_link();
    const auto link = links_;
    const auto broken = [&]() -> Task<> {
      while (links_ == link) co_await changed_.wait();
    };
    const auto first = co_await (base::sleep_for(options_.proof) || broken());
    if (first.index() == 0 && up_ && links_ == link) break;
  }
  auto written = slots_.update([&](Slots& now) {
    if (!now.trial) return;
    now.current = now.trial->what.sha256;
    now.trial.reset();
    now.failure.reset();
  });
  if (!written) {  // the guard ends what is not settled; the program of before tells why
    spdlog::error("the release cannot be settled: {}", written.error().message);
    co_return;
  }
  slots_.sweep();
  spdlog::info("release {}: settled", name_of(trial->what));
  show(wire::ReleaseState::SETTLED, trial->what);
  tools_.tell(state_);
}

Task<Result<>> Upgrade::fetch_all(const release::Release& wanted) {
  const auto partial = slots_.partial(wanted.sha256);
  base::Error last;
  for (unsigned tries = 0; tries < kMaxFetches; ++tries) {
    co_await wait_for_link();
    wire::StreamOpen what;
    what.mutable_release()->set_sha256(wanted.sha256);
    what.mutable_release()->set_offset(bytes_of(partial));
    auto stream = tools_.open(std::move(what));
    Result<> fetched = stream ? Result<>{} : fail(stream);
    if (stream) fetched = co_await fetch(*stream, pool_, partial, wanted);
    if (fetched) co_return fetched;
    last = fetched.error();
    const bool again = last.code == ErrorCode::kUnavailable || last.code == ErrorCode::kTimeout ||
                       last.code == ErrorCode::kExhausted;
    if (!again) break;
    co_await base::sleep_for(kFetchPause);
  }
  std::error_code error;
  std::filesystem::remove(partial, error);
  co_return std::unexpected(last);
}

/// Until the program is whole on the disk and on trial from the next start on.
Task<Result<>> Upgrade::take(release::Release wanted, Candidate what) {
  if (!what.sha256.empty()) {
    auto ready = slots_.update([](Slots&) {});  // the directory is there
    if (!ready) co_return fail(ready);
    auto fetched = co_await fetch_all(wanted);
    if (!fetched) co_return fetched;
    auto accepted = co_await accept(pool_, slots_.partial(what.sha256), slots_.program(what.sha256),
                                    std::move(wanted));
    if (!accepted) co_return accepted;
  }
  auto written = slots_.update([&](Slots& now) {
    now.trial = Slots::Trial{what, 0};
    now.failure.reset();
  });
  if (!written) co_return fail(written);
  co_return Result<>{};
}

Task<> Upgrade::follow(wire::AgentRelease wish) {
  Candidate what{.sha256 = {}, .attempt = wish.attempt()};
  release::Release wanted;
  if (!wish.statement().empty()) {
    const auto keys = base::read_file(options_.keys_file, kMaxKeysBytes);
    const auto believed = release::believe(wish.statement(), wish.signature(), keys.value_or(""));
    if (!believed) {
      const auto claimed = release::parse_statement(wish.statement());
      what.sha256 = claimed ? claimed->sha256 : std::string{};
      const bool no_keys = !keys || believed.error().field == "keys";
      co_return refuse(what, no_keys ? "the node's image holds no key for releases: " +
                                           options_.keys_file.string()
                                     : "the release is refused: " + believed.error().message);
    }
    wanted = *believed;
    what.sha256 = wanted.sha256;
  }
  if (runs(what.sha256)) {
    auto cleared = slots_.update([](Slots& now) { now.failure.reset(); });
    if (!cleared) spdlog::error("release: {}", cleared.error().message);
    show(wire::ReleaseState::SETTLED, what);
    co_return tools_.tell(state_);
  }
  const auto failed = slots_.read().failure;
  if (failed && failed->what == what) {
    show(wire::ReleaseState::FAILED, what, failed->why);
    co_return tools_.tell(state_);
  }
  if (!options_.allowed) {
    co_return refuse(what,
                     "this node's own configuration forbids it: agent_upgrade in "
                     "/etc/slipway/agent.yaml");
  }
  spdlog::info("release {}: wanted, attempt {}", name_of(what), what.attempt);
  show(wire::ReleaseState::FETCHING, what);
  tools_.tell(state_);
  auto taken = co_await take(std::move(wanted), what);
  if (!taken) co_return refuse(what, taken.error().message);
  spdlog::info("release {}: on trial from the next start on", name_of(what));
  show(wire::ReleaseState::TRYING, what);
  tools_.tell(state_);
  tools_.restart();
}

Task<> Upgrade::run() {
  co_await prove();
  for (;;) {
    while (!wish_) co_await changed_.wait();
    auto wish = std::move(*wish_);
    wish_.reset();
    co_await follow(std::move(wish));
  }
}

}  // namespace slipway::agent_release
