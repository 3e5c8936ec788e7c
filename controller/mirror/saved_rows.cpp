// SPDX-License-Identifier: Apache-2.0
#include "controller/mirror/saved_rows.hpp"

namespace slipway::mirror {

void SavedRows::load(
    const std::function<Table&(const ClusterId&, const std::string& kind)>& table) {
  auto rows = database_.prepare("SELECT cluster, kind, row FROM mirror_rows");
  while (rows.step()) {
    wire::MirrorRow row;
    if (row.ParseFromString(rows.text(2))) {
      table({rows.text(0)}, rows.text(1)).restore(std::move(row));
    }
  }
  auto kinds = database_.prepare("SELECT cluster, kind, as_of_ms, error FROM mirror_kinds");
  while (kinds.step()) {
    table({kinds.text(0)}, kinds.text(1))
        .restore(base::from_unix_ms(kinds.number(2)), kinds.text(3));
  }
}

base::Result<std::size_t> SavedRows::save(const ClusterId& cluster, const std::string& kind,
                                          Table& table, std::size_t room) {
  const auto uids = table.take_unsaved(room);
  const auto write = [&]() -> base::Result<> {
    for (const std::string& uid : uids) {
      const auto row = table.by_uid(uid);
      auto change = database_.prepare(
          row ? "INSERT OR REPLACE INTO mirror_rows (cluster, kind, uid, row) VALUES (?, ?, ?, ?)"
              : "DELETE FROM mirror_rows WHERE cluster = ? AND kind = ? AND uid = ?");
      change.bind(cluster.value).bind(kind).bind(uid);
      if (row) change.bind_blob(row->SerializeAsString());
      change.run();
    }
    if (table.known()) {
      database_
          .prepare(
              "INSERT OR REPLACE INTO mirror_kinds (cluster, kind, as_of_ms, error) "
              "VALUES (?, ?, ?, ?)")
          .bind(cluster.value)
          .bind(kind)
          .bind(base::to_unix_ms(table.as_of()))
          .bind(table.error())
          .run();
    }
    return {};
  };
  base::Result<> done;
  try {
    done = database_.note(write);          // all of it is told anew at the next link
  } catch (const std::exception& error) {  // the disk is full, or another process writes
    done = base::fail(base::ErrorCode::kUnavailable, error.what());
  }
  if (!done) {
    table.keep_unsaved(uids);
    return base::fail(done);
  }
  table.saved();
  return uids.size();
}

void SavedRows::forget(const ClusterId& cluster) {
  for (const char* table : {"mirror_rows", "mirror_kinds"}) {
    database_.prepare(std::string("DELETE FROM ") + table + " WHERE cluster = ?")
        .bind(cluster.value)
        .run();
  }
}

}  // namespace slipway::mirror
