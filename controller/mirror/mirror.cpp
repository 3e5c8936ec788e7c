// SPDX-License-Identifier: Apache-2.0
#include "controller/mirror/mirror.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <unordered_map>

#include "controller/mirror/batch_reader.hpp"
#include "controller/mirror/saved_rows.hpp"
#include "controller/mirror/table.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/task_scope.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::mirror {

using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr std::size_t kMaxKindBytes = 64;

}  // namespace

struct Mirror::State {
  struct Cluster {
    std::map<std::string, Table> tables;  ///< by kind
    link::StreamPtr stream;               ///< of the present gateway; null: none
    MachineId gateway;
    std::set<std::string> fed;  ///< kinds that the present stream has told all of
    std::string why_down = "its gateway has not connected since the controller started";
  };

  State(boost::asio::any_io_executor executor, store::Database& database, links::Links& links,
        const links::Roster& roster, const base::Clock& clock)
      : links(links), roster(roster), clock(clock), saved(database), tasks(executor) {}

  links::Links& links;
  const links::Roster& roster;
  const base::Clock& clock;
  std::vector<MirrorListener*> listeners;
  std::unordered_map<ClusterId, Cluster> clusters;
  std::unordered_map<MachineId, wire::NodeHealth> healths;
  SavedRows saved;
  base::TaskScope tasks;

  const Table* table(const ClusterId& cluster, const std::string& kind) const;
  Result<> may_feed(const MachineId& from, const ClusterId& cluster) const;
  Task<Error> feed(ClusterId cluster, link::StreamPtr stream);
  Result<> take(const ClusterId& cluster, wire::MirrorBatch batch);
  void begin(const ClusterId& cluster, const MachineId& gateway, link::StreamPtr stream);
  void end(const ClusterId& cluster, const link::StreamPtr& stream, const Error& why);
  std::size_t save_some();
  Task<> keep_saving();
};

const Table* Mirror::State::table(const ClusterId& cluster, const std::string& kind) const {
  const auto found = clusters.find(cluster);
  if (found == clusters.end()) return nullptr;
  const auto table = found->second.tables.find(kind);
  return table == found->second.tables.end() ? nullptr : &table->second;
}

Result<> Mirror::State::may_feed(const MachineId& from, const ClusterId& cluster) const {
  const auto place = roster.find(from);
  if (!place || place->cluster != cluster) {
    return fail(ErrorCode::kDenied, "the machine is not of that cluster", "cluster_id");
  }
  if (roster.gateway(cluster) != from) {
    return fail(ErrorCode::kDenied, "another machine is the cluster's gateway", "gateway");
  }
  return {};
}

void Mirror::State::begin(const ClusterId& id, const MachineId& gateway, link::StreamPtr stream) {
  Cluster& cluster = clusters[id];
  if (auto older = cluster.stream) {
    const Error why{ErrorCode::kConflict, "a newer stream took its place", {}};
    end(id, older, why);
    older->reset(why);
  }
  cluster.stream = std::move(stream);
  cluster.gateway = gateway;
  cluster.fed.clear();
  spdlog::info("mirror of {}: fed by {}", id.value, gateway.value);
}

void Mirror::State::end(const ClusterId& id, const link::StreamPtr& stream, const Error& why) {
  const auto found = clusters.find(id);
  if (found == clusters.end() || found->second.stream != stream) return;
  Cluster& cluster = found->second;
  const base::UtcTime heard = links.facts(cluster.gateway).last_heard;
  for (auto& [kind, table] : cluster.tables) {
    if (cluster.fed.contains(kind)) table.still_true(std::min(heard, clock.utc()));
  }
  cluster.stream.reset();
  cluster.fed.clear();
  cluster.why_down = why.message;
  spdlog::info("mirror of {}: no longer fed ({})", id.value, why.message);
  for (const auto& [kind, table] : cluster.tables) {
    for (MirrorListener* listener : listeners) listener->freshness_changed(id, kind);
  }
}

Result<> Mirror::State::take(const ClusterId& id, wire::MirrorBatch batch) {
  Cluster& cluster = clusters[id];
  const std::string kind = batch.kind();
  if (kind.empty() || kind.size() > kMaxKindBytes) {
    return fail(ErrorCode::kInvalid, "a kind is a resource's plural", "kind");
  }
  if (!cluster.tables.contains(kind) && cluster.tables.size() >= kMaxKinds) {
    return fail(ErrorCode::kExhausted, "a cluster mirrors at most 64 kinds", "kind");
  }
  Table& table = cluster.tables[kind];
  // A list comes in many batches; until the first one's last nobody knows what is missing. Later
  // lists find all rows here.
  const bool first = batch.complete() && cluster.fed.insert(kind).second;
  const std::string error = table.error();
  const Changes changes = table.take(std::move(batch), clock.utc());
  for (MirrorListener* listener : listeners) {
    for (const wire::MirrorRow& row : changes.gone) listener->row_gone(id, kind, row);
    for (const wire::MirrorRow& row : changes.upserts) listener->row_changed(id, kind, row);
    if (first || table.error() != error) listener->freshness_changed(id, kind);
  }
  return {};
}

/// Takes batches until the stream ends; returns why it did.
Task<Error> Mirror::State::feed(ClusterId cluster, link::StreamPtr stream) {
  BatchReader reader;
  while (true) {
    auto chunk = co_await stream->read();
    if (!chunk) co_return chunk.error();
    if (!*chunk) co_return Error{ErrorCode::kUnavailable, "the gateway ended its watch", {}};
    const auto place = clusters.find(cluster);
    if (place == clusters.end() || place->second.stream != stream) {
      co_return Error{ErrorCode::kConflict, "a newer stream took its place", {}};
    }
    reader.add((*chunk)->bytes);
    while (true) {
      auto batch = reader.next();
      if (!batch) co_return batch.error();
      if (!*batch) break;
      if (auto ok = take(cluster, std::move(**batch)); !ok) co_return ok.error();
    }
  }
}

/// One round: at most kSaveRows rows of all clusters. Returns how many were written.
std::size_t Mirror::State::save_some() {
  std::size_t written = 0;
  for (auto& [id, cluster] : clusters) {
    for (auto& [kind, table] : cluster.tables) {
      if (!table.unsaved()) continue;
      if (written >= kSaveRows) return written;
      auto some = saved.save(id, kind, table, kSaveRows - written);
      if (!some) {
        spdlog::warn("mirror of {}: {} not saved: {}", id.value, kind, some.error().message);
        return written;  // it is one database: the others wait for the next round too
      }
      written += *some;
    }
  }
  return written;
}

Task<> Mirror::State::keep_saving() {
  while (true) {
    co_await base::sleep_for(kSaveInterval);
    while (save_some() >= kSaveRows) co_await boost::asio::post(boost::asio::use_awaitable);
    co_await boost::asio::post(boost::asio::use_awaitable);  // ends here once cancelled
  }
}

Mirror::Mirror(boost::asio::any_io_executor executor, store::Database& database,
               links::Links& links, const links::Roster& roster, const base::Clock& clock)
    : state_(std::make_unique<State>(executor, database, links, roster, clock)) {}
Mirror::~Mirror() = default;

void Mirror::add(MirrorListener& listener) {
  state_->listeners.push_back(&listener);
}

void Mirror::start() {
  state_->saved.load([this](const ClusterId& cluster, const std::string& kind) -> Table& {
    return state_->clusters[cluster].tables[kind];
  });
  state_->tasks.spawn("mirror's saving", state_->keep_saving());
}

Task<> Mirror::stop() {
  co_await state_->tasks.join();
  while (state_->save_some() >= kSaveRows) {
  }
}

Result<Page> Mirror::list(const ClusterId& cluster, const Query& query) const {
  std::optional<Place> after;
  if (!query.cursor.empty()) {
    auto place = place_at(query.order, query.cursor);
    if (!place) return fail(place);
    after = std::move(*place);
  }
  Page page;
  page.freshness = freshness(cluster, query.kind);
  const Table* table = state_->table(cluster, query.kind);
  if (!table) return page;
  auto found = table->page(query, after);
  page.rows = std::move(found.rows);
  page.total = found.total;
  if (found.next) page.next = cursor_of(query.order, *found.next);
  return page;
}

std::vector<wire::MirrorRow> Mirror::all(const ClusterId& cluster, const std::string& kind) const {
  std::vector<wire::MirrorRow> rows;
  if (const Table* table = state_->table(cluster, kind))
    table->each([&](auto row) { rows.push_back(std::move(row)); });
  return rows;
}

std::optional<wire::MirrorRow> Mirror::find(const ClusterId& cluster, const std::string& kind,
                                            const std::string& name_space,
                                            const std::string& name) const {
  const Table* table = state_->table(cluster, kind);
  return table ? table->find(name_space, name) : std::nullopt;
}

std::vector<std::string> Mirror::kinds(const ClusterId& cluster) const {
  std::vector<std::string> names;
  const auto found = state_->clusters.find(cluster);
  if (found == state_->clusters.end()) return names;
  for (const auto& [kind, table] : found->second.tables) names.push_back(kind);
  return names;
}

std::size_t Mirror::count(const ClusterId& cluster, const std::string& kind) const {
  const Table* table = state_->table(cluster, kind);
  return table ? table->size() : 0;
}

Freshness Mirror::freshness(const ClusterId& id, const std::string& kind) const {
  Freshness fresh;
  const auto found = state_->clusters.find(id);
  if (found == state_->clusters.end()) {
    fresh.error = State::Cluster{}.why_down;
    return fresh;
  }
  const State::Cluster& cluster = found->second;
  const bool fed = cluster.stream && cluster.fed.contains(kind);
  if (!cluster.stream) {
    fresh.error = cluster.why_down;
  } else if (!fed) {
    fresh.error = "its gateway has not told of all of them yet";
  }
  const Table* table = state_->table(id, kind);
  if (!table) return fresh;
  fresh.known = table->known();
  fresh.as_of = table->as_of();
  if (!table->error().empty()) fresh.error = table->error();
  fresh.live = fed && fresh.known && fresh.error.empty();
  if (fresh.live) {
    const base::UtcTime heard = state_->links.facts(cluster.gateway).last_heard;
    fresh.as_of = std::max(fresh.as_of, heard);
  }
  return fresh;
}

std::optional<wire::NodeHealth> Mirror::health(const MachineId& machine) const {
  const auto found = state_->healths.find(machine);
  if (found == state_->healths.end()) return std::nullopt;
  return found->second;
}

void Mirror::forget(const ClusterId& cluster) {
  const auto found = state_->clusters.find(cluster);
  if (found != state_->clusters.end()) {
    if (auto stream = found->second.stream) {
      stream->reset({ErrorCode::kNotFound, "the cluster is deleted", {}});
    }
    state_->clusters.erase(found);
  }
  state_->saved.forget(cluster);
}

void Mirror::forget(const MachineId& machine) {
  state_->healths.erase(machine);
}

bool Mirror::takes(const wire::StreamOpen& what) const {
  return what.kind_case() == wire::StreamOpen::kMirror;
}

Task<> Mirror::serve(MachineId from, wire::StreamOpen what, link::StreamPtr stream) {
  const ClusterId cluster{what.mirror().cluster_id()};
  if (auto ok = state_->may_feed(from, cluster); !ok) {
    spdlog::warn("mirror of {} by {} refused: {}", cluster.value, from.value, ok.error().message);
    co_return stream->reset(ok.error());
  }
  state_->begin(cluster, from, stream);
  Error why{ErrorCode::kUnavailable, "the link is down", {}};
  try {
    why = co_await state_->feed(cluster, stream);
  } catch (const boost::system::system_error&) {  // cancelled: the link ends
  }
  state_->end(cluster, stream, why);
  stream->reset(why);
}

void Mirror::reported(const MachineId& machine, const wire::Report& report) {
  if (report.what_case() == wire::Report::kHealth) state_->healths[machine] = report.health();
}

}  // namespace slipway::mirror
