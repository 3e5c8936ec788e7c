// SPDX-License-Identifier: Apache-2.0
#include "controller/http/application_rows.hpp"

#include <map>

namespace slipway::http {

namespace {

using applications::Holdings;

constexpr const char* kKeepers[] = {"deployments", "statefulsets", "daemonsets"};
constexpr const char* kRunners[] = {"jobs", "cronjobs"};

void each_row(const mirror::Mirror& mirror, const base::ClusterId& cluster, const std::string& kind,
              const std::string& name_space, const std::function<void(wire::MirrorRow)>& visit) {
  mirror::Query query{.kind = kind, .name_space = name_space, .limit = mirror::kMaxPage};
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

Holdings holdings_of(const mirror::Mirror& mirror, const base::ClusterId& cluster,
                     const std::string& name_space) {
  Holdings all;
  for (const auto* kind : kKeepers) {
    each_row(mirror, cluster, kind, name_space, [&](wire::MirrorRow row) {
      all.workloads.push_back({workloads::kind_named(kind), std::move(row)});
    });
  }
  for (const auto* kind : kRunners) {
    each_row(mirror, cluster, kind, name_space, [&](wire::MirrorRow row) {
      if (row.meta().owner_kind() == "CronJob") return;  // it comes and goes with that
      all.jobs.push_back({workloads::kind_named(kind), std::move(row)});
    });
  }
  each_row(mirror, cluster, "services", name_space,
           [&](wire::MirrorRow row) { all.services.push_back(std::move(row)); });
  each_row(mirror, cluster, "ingresses", name_space,
           [&](wire::MirrorRow row) { all.ingresses.push_back(std::move(row)); });
  return all;
}

void complete(wire::MirrorRow& row, const applications::Application& parts) {
  put(row, summary_of(parts));
}

std::function<void(wire::MirrorRow&)> completion_of(const mirror::Mirror& mirror,
                                                    const base::ClusterId& cluster) {
  using Summaries = std::map<std::string, wire::ApplicationRow>;
  // A page in the order of the names looks into the few namespaces that are on it.
  std::map<std::string, Summaries> known;
  return [&mirror, cluster, known = std::move(known)](wire::MirrorRow& row) mutable {
    const auto& name_space = row.meta().pod_namespace();
    const auto [of, fresh] = known.try_emplace(name_space);
    if (fresh) {
      const auto holdings = holdings_of(mirror, cluster, name_space);
      for (const auto& [name, parts] : compose(holdings, selections_of(holdings))) {
        of->second[name] = summary_of(parts);
      }
    }
    const auto found = of->second.find(row.meta().name());
    put(row, found == of->second.end() ? summary_of({}) : found->second);
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
