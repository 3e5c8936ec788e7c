// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "controller/links/links.hpp"
#include "controller/links/roster.hpp"
#include "controller/store/database.hpp"
#include "protocol/base/clock.hpp"
#include "report.pb.h"

namespace slipway::mirror {

using base::ClusterId;
using base::MachineId;

inline constexpr std::size_t kMaxBatchBytes = 1 << 20;
inline constexpr std::size_t kMaxRows = 50'000;  ///< of one kind of one cluster
inline constexpr std::size_t kMaxKinds = 64;     ///< of one cluster
inline constexpr std::size_t kMaxPage = 1000;
inline constexpr std::chrono::seconds kSaveInterval{5};

/// How far a kind's rows can be trusted.
struct Freshness {
  bool known = false;   ///< a full list was there once
  bool live = false;    ///< the watch runs now
  base::UtcTime as_of;  ///< the rows were true then
  std::string error;    ///< why the watch does not run
};

inline constexpr std::size_t kMaxSortBytes = 128;  ///< of a value; what is longer ties

/// How rows are sorted: by a column's value, then namespace, name, uid. Values are compared byte by
/// byte; numbers are to be written so that this is their order.
struct Order {
  std::string name;                                          ///< the column's, for the cursor
  std::function<std::string(const wire::MirrorRow&)> value;  ///< empty: by namespace, name, uid
  bool descending = false;                                   ///< all of it
};

/// Which rows of one kind.
struct Query {
  std::string kind;                                   ///< plural: "pods"
  std::string name_space;                             ///< empty: all
  std::map<std::string, std::string> labels;          ///< all must be equal
  std::function<bool(const wire::MirrorRow&)> where;  ///< more conditions; may be empty
  /// Adds to each row what other rows say of it, before anything else looks at it; may be empty.
  std::function<void(wire::MirrorRow&)> complete;
  std::size_t limit = 100;                           ///< at most kMaxPage
  std::string cursor;                                ///< of the page before
  std::optional<std::set<std::string>> name_spaces;  ///< none but these
  Order order;
  bool count = false;  ///< Page::total is wanted, for which all rows are looked at
};
struct Page {
  std::vector<wire::MirrorRow> rows;
  std::string next;  ///< cursor; empty: the end
  Freshness freshness;
  std::size_t total = 0;  ///< of all pages; with Query::count
};

/// Told on the io thread of what changed; must not block.
class MirrorListener {
 public:
  virtual ~MirrorListener() = default;
  virtual void row_changed(const ClusterId&, const std::string& kind, const wire::MirrorRow&) = 0;
  virtual void row_gone(const ClusterId&, const std::string& kind, const wire::MirrorRow& last) = 0;
  virtual void freshness_changed(const ClusterId&, const std::string& /*kind*/) {}
};

/// What each cluster looks like, as its gateway tells by MirrorBatch, and each machine's last
/// health. Rows outlive the link and a restart of the controller. No kind has code here.
class Mirror : public links::StreamTaker, public links::LinkListener {
 public:
  Mirror(boost::asio::any_io_executor executor, store::Database& database, links::Links& links,
         const links::Roster& roster, const base::Clock& clock);
  ~Mirror() override;

  void add(MirrorListener& listener);  ///< not owned; outlives the mirror
  void start();                        ///< loads what was saved and begins to save
  base::Task<> stop();                 ///< saves

  /// kInvalid: a cursor that is none of ours, field "cursor".
  base::Result<Page> list(const ClusterId& cluster, const Query& query) const;
  /// Every row of a kind, sorted by namespace, name, uid: for kinds of which there are few.
  std::vector<wire::MirrorRow> all(const ClusterId& cluster, const std::string& kind) const;
  std::optional<wire::MirrorRow> find(const ClusterId& cluster, const std::string& kind,
                                      const std::string& name_space, const std::string& name) const;
  std::vector<std::string> kinds(const ClusterId& cluster) const;
  std::size_t count(const ClusterId& cluster, const std::string& kind) const;
  Freshness freshness(const ClusterId& cluster, const std::string& kind) const;
  std::optional<wire::NodeHealth> health(const MachineId& machine) const;
  void forget(const ClusterId& cluster);
  void forget(const MachineId& machine);

  bool takes(const wire::StreamOpen& what) const override;
  base::Task<> serve(MachineId from, wire::StreamOpen what, link::StreamPtr stream) override;
  void reported(const MachineId& machine, const wire::Report& report) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::mirror
