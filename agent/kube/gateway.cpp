// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/gateway.hpp"

#include "agent/kube/applier.hpp"
#include "agent/kube/etcd_members.hpp"
#include "agent/kube/intent_store.hpp"
#include "agent/kube/intents.hpp"
#include "agent/kube/kube_proxy.hpp"
#include "agent/kube/local_kube_api.hpp"
#include "agent/kube/mirror_writer.hpp"
#include "protocol/base/task_scope.hpp"

namespace slipway::kube {

using base::Result;
using base::Task;

namespace {

constexpr std::uint32_t kNotKeptStatus = 503;

wire::IntentOutcome not_kept(const wire::Intent& intent, const base::Error& why) {
  wire::IntentOutcome outcome;
  outcome.set_intent_id(intent.id());
  outcome.set_http_status(kNotKeptStatus);
  outcome.set_message("nothing was done: this master cannot keep what it is told (" + why.message +
                      ")");
  return outcome;
}

}  // namespace

/// The gateway's parts, each on top of those before it.
struct Gateway::State {
  State(base::asio::any_io_executor executor, base::asio::thread_pool& threads,
        const base::Clock& time, GatewayOptions options)
      : pool(threads),
        clock(time),
        api(executor, options.kubeconfig, options.answer_limit),
        patient_api(executor, options.kubeconfig, kNoAnswerLimit),
        applier(api, {}, [this] { return is_gateway(); }),
        etcd(local_etcd(executor, options.pki)),
        store(options.intents_dir),
        scope(executor) {}

  base::asio::thread_pool& pool;
  const base::Clock& clock;
  LocalKubeApi api;
  LocalKubeApi patient_api;  // for what may stay silent until something happens
  Applier applier;
  EtcdMembers etcd;
  IntentStore store;
  std::unique_ptr<Intents> intents;  // from start() on
  std::function<bool()> is_gateway = [] { return false; };
  std::function<void(const wire::IntentOutcome&)> told = [](const auto&) {};
  base::TaskScope scope;

  Task<Result<wire::IntentOutcome>> does(wire::Intent intent);
};

Task<Result<wire::IntentOutcome>> Gateway::State::does(wire::Intent intent) {
  if (!intent.has_etcd_member()) co_return co_await applier.run(std::move(intent));
  auto outcome = co_await etcd.run(intent.etcd_member());
  if (outcome) outcome->set_intent_id(intent.id());
  co_return outcome;
}

Gateway::Gateway(base::asio::any_io_executor executor, base::asio::thread_pool& pool,
                 const base::Clock& clock, GatewayOptions options)
    : state_(std::make_unique<State>(executor, pool, clock, std::move(options))) {}

Gateway::~Gateway() = default;

Result<> Gateway::start() {
  if (auto loaded = state_->store.load(); !loaded) return loaded;
  state_->intents = std::make_unique<Intents>(
      state_->scope.executor(), state_->pool, state_->store,
      [state = state_.get()](wire::Intent intent) { return state->does(std::move(intent)); },
      [state = state_.get()] { return state->is_gateway(); },
      [state = state_.get()](const wire::IntentOutcome& outcome) { state->told(outcome); });
  state_->scope.spawn("intents", state_->intents->run());
  return {};
}

void Gateway::take(wire::Intent intent) {
  auto opened = state_->intents ? Result<>{} : start();
  if (!opened) return state_->told(not_kept(intent, opened.error()));
  state_->intents->take(std::move(intent));
}

void Gateway::acknowledge(const wire::IntentAck& ack) {
  if (state_->intents) state_->intents->acknowledge(ack.intent_id());
}

void Gateway::link_changed(bool up) {
  if (!state_->intents) return;
  if (up) return state_->intents->link_up();
  state_->intents->link_lost();
}

std::vector<wire::IntentOutcome> Gateway::outcomes() const {
  if (!state_->intents) return {};
  return state_->intents->outcomes();
}

void Gateway::on_outcome(std::function<void(const wire::IntentOutcome&)> report) {
  state_->told = std::move(report);
}

void Gateway::acts_while(std::function<bool()> is_gateway) {
  state_->is_gateway = std::move(is_gateway);
}

Task<> Gateway::mirror(link::StreamPtr stream) {
  return write_mirror(state_->api, state_->pool, state_->clock, std::move(stream));
}

Task<> Gateway::serve(wire::HttpOpen open, link::StreamPtr stream) {
  KubeApi& api = open.may_stay_silent() ? state_->patient_api : state_->api;
  return proxy(api, std::move(open), std::move(stream));
}

Task<> Gateway::stop() {
  co_await state_->scope.join();
}

}  // namespace slipway::kube
