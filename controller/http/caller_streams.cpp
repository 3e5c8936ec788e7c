// SPDX-License-Identifier: Apache-2.0
#include "controller/http/caller_streams.hpp"

#include <boost/asio/post.hpp>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "controller/http/audit_lines.hpp"
#include "controller/http/kube_stream.hpp"
#include "controller/http/places.hpp"
#include "controller/http/right_end.hpp"

namespace slipway::http {

using base::ErrorCode;

/// What is taken of each link.
struct CallerStreams::Seats {
  std::map<std::pair<base::MachineId, access::UserId>, std::size_t> of_users;
  std::map<base::MachineId, std::size_t> bulk;
  std::set<Held*> held;
};

namespace {

template <class Key>
void leave(std::map<Key, std::size_t>& taken, const Key& key) {
  const auto found = taken.find(key);
  if (--found->second == 0) taken.erase(found);
}

template <class Key>
std::size_t count(const std::map<Key, std::size_t>& taken, const Key& key) {
  const auto found = taken.find(key);
  return found == taken.end() ? 0 : found->second;
}

}  // namespace

struct CallerStreams::Held : std::enable_shared_from_this<Held> {
  Held(std::shared_ptr<Seats> all, Call for_call, base::MachineId at, bool in_bulk,
       link::StreamPtr opened, May allowed)
      : seats(std::move(all)),
        call(std::move(for_call)),
        machine(std::move(at)),
        bulk(in_bulk),
        stream(std::move(opened)),
        may(std::move(allowed)) {
    ++seats->of_users[{machine, call.caller.user.id}];
    if (bulk) ++seats->bulk[machine];
    seats->held.insert(this);
  }
  ~Held() {
    seats->held.erase(this);
    leave(seats->of_users, {machine, call.caller.user.id});
    if (bulk) leave(seats->bulk, machine);
  }
  Held(const Held&) = delete;

  std::shared_ptr<Seats> seats;
  Call call;
  base::MachineId machine;
  bool bulk;
  link::StreamPtr stream;
  May may;
};

CallerStreams::CallerStreams(links::Links& links, access::Accounts& accounts)
    : links_(links), accounts_(accounts), seats_(std::make_shared<Seats>()) {}

base::Result<link::StreamPtr> CallerStreams::open(const Call& call, const base::MachineId& machine,
                                                  wire::StreamOpen what, bool interactive,
                                                  May may) {
  if (count(seats_->of_users, {machine, call.caller.user.id}) >= kMaxStreamsOfUser) {
    return base::fail(ErrorCode::kExhausted,
                      "you have " + std::to_string(kMaxStreamsOfUser) +
                          " watches, logs and sessions open there, as many as one user may; end "
                          "some of them");
  }
  if (!interactive && count(seats_->bulk, machine) >= kMaxBulkStreams) {
    return base::fail(ErrorCode::kExhausted,
                      "all users together have " + std::to_string(kMaxBulkStreams) +
                          " watches, logs and sessions open there, as many as there may be; try "
                          "again later");
  }
  auto stream = links_.open(machine, std::move(what), interactive);
  if (!stream) return base::fail(stream);
  auto held = std::make_shared<Held>(seats_, outline(call), machine, !interactive,
                                     std::move(*stream), std::move(may));
  auto* const own = held->stream.get();
  return link::StreamPtr(std::move(held), own);
}

base::Result<link::StreamPtr> CallerStreams::reopen(Call call, const base::MachineId& machine,
                                                    wire::StreamOpen what, bool interactive,
                                                    May may) {
  if (auto known = refresh(call); !known) return base::fail(known);
  if (auto allowed = may(call); !allowed) return base::fail(allowed);
  return open(call, machine, std::move(what), interactive, std::move(may));
}

base::Result<> CallerStreams::refresh(Call& call) const {
  auto& caller = call.caller;
  auto rights = accounts_.rights_again(known_of(caller));
  if (!rights) {
    return base::fail(ErrorCode::kDenied, "the login or token that it was opened with has ended");
  }
  caller.rights = std::move(*rights);
  return {};
}

base::Task<> CallerStreams::renew(std::function<void(const Call&, const base::Error&)> ended) {
  std::vector<std::weak_ptr<Held>> all;
  for (auto* one : seats_->held) all.push_back(one->weak_from_this());
  for (const auto& weak : all) {
    // One a turn: who has some thousand is asked for between others' keys.
    co_await base::asio::post(base::asio::use_awaitable);
    const auto one = weak.lock();
    if (!one || one->stream->failed()) continue;
    auto known = refresh(one->call);
    auto allowed = known ? one->may(one->call) : std::move(known);
    if (allowed || allowed.error().code == ErrorCode::kUnavailable) continue;
    const auto why = right_end(allowed.error().message);
    one->stream->reset(why);
    ended(one->call, why);
  }
}

CallerStreams::May may_do(const Services& services, Needs act, bool changes) {
  return [&services, act, changes](const Call& call) -> base::Result<> {
    const auto place = place_of(services, call.path);
    auto allowed = access::decide(call.caller.rights, act, changes, place ? &*place : nullptr);
    // Only what hangs on whose a namespace is waits until that is known.
    const bool somewhere = access::decide(call.caller.rights, act, changes).has_value();
    if (!somewhere || !call.path.contains("namespace")) return allowed;
    return if_known(services, argument_of(call.path, "cluster"),
                    argument_of(call.path, "namespace"), std::move(allowed));
  };
}

base::Result<> if_known(const Services& services, const std::string& cluster,
                        const std::string& name_space, base::Result<> allowed) {
  const auto found = services.clusters.named(cluster);
  if (allowed || !found || is_known(services, found->id, name_space)) return allowed;
  return base::fail(ErrorCode::kUnavailable, "the namespaces of " + cluster + " are not known now");
}

access::Known known_of(const Caller& caller) {
  return {.user = caller.user,
          .rights = {.scope = caller.rights.scope},
          .expires = caller.expires,
          .session = caller.session,
          .token = caller.token};
}

Call outline(const Call& call) {
  Call kept;
  kept.request.method = call.request.method;
  kept.request.target = call.request.target.substr(0, call.request.target.find('?'));
  kept.path = call.path;
  kept.caller = call.caller;
  return kept;
}

base::Task<> end_with_rights(Services& services) {
  return services.streams.renew([&services](const Call& call, const base::Error& why) {
    if (call.path.contains("path")) {  // of the proxy
      audit_kube(services, call, "access.ended", std::string(base::name_of(why.code)), why.message);
    } else {
      audit_socket(services, call, "access.ended", base::Result<>(std::unexpected(why)),
                   "it was open");
    }
  });
}

}  // namespace slipway::http
