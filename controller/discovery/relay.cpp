// SPDX-License-Identifier: Apache-2.0
#include "controller/discovery/relay.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "protocol/base/log.hpp"

namespace slipway::discovery {

using base::ErrorCode;
using base::Result;
using base::Task;

struct Relay::State {
  struct Waiter {
    std::string token;
    boost::asio::steady_timer changed;
  };
  boost::asio::any_io_executor executor;
  Registry& registry;
  const links::Roster& roster;
  std::set<Waiter*> waiting;  ///< each in the frame of its settle()
};

namespace {

wire::StreamNote head_of(int status, std::uint64_t index) {
  wire::StreamNote note;
  wire::HttpHead& head = *note.mutable_head();
  head.set_status(static_cast<std::uint32_t>(status));
  auto add = [&](const char* name, std::string value) {
    wire::Header& header = *head.add_headers();
    header.set_name(name);
    header.set_value(std::move(value));
  };
  add("Content-Type", "application/json");
  add("X-Etcd-Index", std::to_string(index));
  return note;
}

Task<Result<std::string>> read_body(link::StreamPtr stream) {
  std::string body;
  while (true) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return base::fail(chunk);
    if (!*chunk) co_return body;
    body += (*chunk)->bytes;
    if (body.size() > kMaxRequestBytes) {
      co_return base::fail(ErrorCode::kExhausted, "a discovery request has at most 8 KiB", "body");
    }
  }
}

}  // namespace

Relay::Relay(boost::asio::any_io_executor executor, Registry& registry, const links::Roster& roster)
    : state_(std::make_unique<State>(State{executor, registry, roster, {}})) {
  registry.on_change = [state = state_.get()](const std::string& token) {
    for (State::Waiter* waiter : state->waiting) {
      if (waiter->token == token) waiter->changed.cancel();
    }
  };
}

Relay::~Relay() {
  state_->registry.on_change = nullptr;
}

bool Relay::takes(const wire::StreamOpen& what) const {
  return what.kind_case() == wire::StreamOpen::kHttp &&
         what.http().target() == wire::HttpOpen::ETCD_DISCOVERY;
}

Task<Answer> Relay::settle(Request request, Caller caller, Wait wait) {
  while (true) {
    auto outcome = state_->registry.handle(request, caller, wait.since);
    if (auto* answer = std::get_if<Answer>(&outcome)) co_return std::move(*answer);
    State::Waiter waiter{std::get<Wait>(outcome).token,
                         boost::asio::steady_timer(state_->executor)};
    struct Place {
      std::set<State::Waiter*>& all;
      State::Waiter* mine;
      ~Place() { all.erase(mine); }
    } place{state_->waiting, &waiter};
    state_->waiting.insert(&waiter);
    waiter.changed.expires_at(boost::asio::steady_timer::time_point::max());
    co_await waiter.changed.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }
}

Task<> Relay::serve(base::MachineId from, wire::StreamOpen what, link::StreamPtr stream) {
  const auto place = state_->roster.find(from);
  if (!place) {
    co_return stream->reset({ErrorCode::kDenied, "the machine belongs to no cluster", "machine"});
  }
  auto body = co_await read_body(stream);
  if (!body) co_return stream->reset(body.error());
  const Request request{what.http().method(), what.http().path(), std::move(*body)};
  const Caller caller{.cluster = place->cluster,
                      .address = place->address,
                      .master = place->role == wire::MASTER,
                      .forming = place->forming};
  auto outcome = state_->registry.handle(request, caller);
  Answer answer;
  if (auto* ready = std::get_if<Answer>(&outcome)) {
    answer = std::move(*ready);
    if (!co_await stream->write(head_of(answer.status, answer.index))) co_return;
  } else {
    if (state_->waiting.size() >= kMaxWaiting) {
      co_return stream->reset({ErrorCode::kExhausted, "too many long polls are open", {}});
    }
    // The head goes at once: etcd gives it a second, and the body as long as it takes.
    if (!co_await stream->write(head_of(200, std::get<Wait>(outcome).index))) co_return;
    answer = co_await settle(request, caller, std::get<Wait>(outcome));
    // The head said 200; an error's body under it would make an etcd trip.
    if (answer.status != 200) {
      co_return stream->reset({ErrorCode::kNotFound, "the discovery token is gone", "token"});
    }
  }
  if (!co_await stream->write(std::move(answer.body))) co_return;
  stream->finish();
}

}  // namespace slipway::discovery
