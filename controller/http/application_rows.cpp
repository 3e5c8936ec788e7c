// SPDX-License-Identifier: Apache-2.0
#include "controller/http/application_rows.hpp"

namespace slipway::http {

namespace {

using applications::Holdings;
using Namespaces = std::optional<std::set<std::string>>;

constexpr const char* kKeepers[] = {"deployments", "statefulsets", "daemonsets"};
constexpr const char* kRunners[] = {"jobs", "cronjobs"};

void each_row(const mirror::Mirror& mirror, const base::ClusterId& cluster, const std::string& kind,
              const Namespaces& in, const std::function<void(wire::MirrorRow)>& visit) {
  mirror::Query query{.kind = kind, .limit = mirror::kMaxPage, .name_spaces = in};
  do {
    auto page = mirror.list(cluster, query);
    if (!page) return;  // its cursors are the mirror's own
    for (auto& row : page->rows) visit(std::move(row));
    query.cursor = page->next;
  } while (!query.cursor.empty());
}

/// What of an application's row its parts say.
wire::ApplicationRow summary_of(const applications::Application& parts) {
  wire::ApplicationRow row;
  row.set_status(applications::name_of(applications::state_of(parts)));
  row.set_workloads(static_cast<std::uint32_t>(parts.workloads.size()));
  row.set_jobs(static_cast<std::uint32_t>(parts.jobs.size()));
  row.set_services(static_cast<std::uint32_t>(parts.services.size()));
  row.set_ingresses(static_cast<std::uint32_t>(parts.ingresses.size()));
  return row;
}

void put(wire::MirrorRow& row, wire::ApplicationRow summary) {
  auto& application = *row.mutable_application();
  summary.set_description(application.description());
  application = std::move(summary);
}

}  // namespace

std::map<std::string, Holdings> holdings_of(const mirror::Mirror& mirror,
                                            const base::ClusterId& cluster, const Namespaces& in) {
  std::map<std::string, Holdings> all;
  const auto at = [&](const wire::MirrorRow& row) -> Holdings& {
    return all[row.meta().pod_namespace()];
  };
  for (const auto* kind : kKeepers) {
    each_row(mirror, cluster, kind, in, [&](wire::MirrorRow row) {
      auto& of = at(row);
      of.workloads.push_back({workloads::kind_named(kind), std::move(row)});
    });
  }
  for (const auto* kind : kRunners) {
    each_row(mirror, cluster, kind, in, [&](wire::MirrorRow row) {
      if (row.meta().owner_kind() == "CronJob") return;  // it comes and goes with that
      auto& of = at(row);
      of.jobs.push_back({workloads::kind_named(kind), std::move(row)});
    });
  }
  each_row(mirror, cluster, "services", in, [&](wire::MirrorRow row) {
    auto& of = at(row);
    of.services.push_back(std::move(row));
  });
  each_row(mirror, cluster, "ingresses", in, [&](wire::MirrorRow row) {
    auto& of = at(row);
    of.ingresses.push_back(std::move(row));
  });
  return all;
}

Holdings holdings_of(const mirror::Mirror& mirror, const base::ClusterId& cluster,
                     const std::string& name_space) {
  auto all = holdings_of(mirror, cluster, std::set{name_space});
  return std::move(all[name_space]);
}

void complete(wire::MirrorRow& row, const applications::Application& parts) {
  put(row, summary_of(parts));
}

std::function<void(wire::MirrorRow&)> completion_of(const mirror::Mirror& mirror,
                                                    const base::ClusterId& cluster,
                                                    const mirror::Query& query) {
  auto in = query.name_spaces;
  if (!query.name_space.empty()) in = std::set<std::string>{query.name_space};
  std::map<std::pair<std::string, std::string>, wire::ApplicationRow> known;
  for (const auto& [name_space, holdings] : holdings_of(mirror, cluster, in)) {
    for (const auto& [name, parts] : compose(holdings, selections_of(holdings))) {
      known[{name_space, name}] = summary_of(parts);
    }
  }
  return [known = std::move(known)](wire::MirrorRow& row) {
    const auto found = known.find({row.meta().pod_namespace(), row.meta().name()});
    put(row, found == known.end() ? summary_of({}) : found->second);
  };
}

base::Result<> are_watched(const mirror::Mirror& mirror, const base::ClusterId& cluster) {
  for (const auto* kind : {"deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"}) {
    const auto fresh = mirror.freshness(cluster, kind);
    if (fresh.live) continue;
    return base::fail(base::ErrorCode::kUnavailable,
                      std::string("the cluster's ") + kind + " are not watched now (" +
                          fresh.error + "): nobody can say what the application is made of");
  }
  return {};
}

}  // namespace slipway::http
