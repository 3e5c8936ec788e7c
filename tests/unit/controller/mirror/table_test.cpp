// SPDX-License-Identifier: Apache-2.0
#include "controller/mirror/table.hpp"

#include <gtest/gtest.h>

#include "controller/mirror/batch_reader.hpp"
#include "tests/unit/controller/mirror/rows.hpp"

namespace slipway::mirror {
namespace {

const base::UtcTime kNow = base::from_unix_ms(1'000'000);

std::vector<std::string> names(const Table& table, Query query = {}) {
  std::vector<std::string> all;
  for (const auto& row : table.page(query, std::nullopt).rows) {
    all.push_back(row.meta().pod_namespace() + "/" + row.meta().name());
  }
  return all;
}

TEST(Table, AFullListReplacesWhatWasThere) {
  Table table;
  table.take(batch({pod("u1", "a", "x"), pod("u2", "b", "x")}, true, true), kNow);
  EXPECT_TRUE(table.known());
  table.take(batch({pod("u2", "b", "x")}, true, false), kNow);
  EXPECT_EQ(table.size(), 2u);  // not complete: nothing is known to be gone
  const Changes end = table.take(batch({pod("u3", "c", "x")}, false, true), kNow);
  EXPECT_EQ(names(table), (std::vector<std::string>{"x/b", "x/c"}));
  ASSERT_EQ(end.gone.size(), 1u);
  EXPECT_EQ(end.gone[0].meta().uid(), "u1");
}

TEST(Table, AListCutShortBeginsAnew) {
  Table table;
  table.take(batch({pod("u1", "a", "x")}, true, true), kNow);
  table.take(batch({pod("u2", "b", "x")}, true, false), kNow);  // then its stream broke
  table.take(batch({pod("u1", "a", "x")}, true, true), kNow);
  EXPECT_EQ(names(table), (std::vector<std::string>{"x/a"}));
}

TEST(Table, DeltasChangeAndDelete) {
  Table table;
  table.take(batch({pod("u1", "a", "x", "1")}, true, true), kNow);
  EXPECT_TRUE(table.take(batch({pod("u1", "a", "x", "1")}), kNow).upserts.empty());
  EXPECT_EQ(table.take(batch({pod("u1", "a", "x", "2")}), kNow).upserts.size(), 1u);
  wire::MirrorBatch gone = batch({});
  gone.add_deleted("u1");
  gone.add_deleted("never-seen");
  EXPECT_EQ(table.take(gone, kNow).gone.size(), 1u);
  EXPECT_EQ(table.size(), 0u);
}

TEST(Table, WhatChangesAndIsDeletedInOneBatchIsGone) {
  Table table;
  table.take(batch({pod("u1", "a", "x", "1")}, true, true), kNow);
  wire::MirrorBatch last = batch({pod("u1", "a", "x", "2"), pod("u2", "b", "x", "2")});
  last.add_deleted("u1");
  last.add_deleted("u2");  // it came and went between two looks
  const Changes changes = table.take(last, kNow);
  EXPECT_EQ(table.size(), 0u) << "a row of what is gone would stay until the next full list";
  EXPECT_TRUE(changes.upserts.empty());
  ASSERT_EQ(changes.gone.size(), 1u);
  EXPECT_EQ(changes.gone[0].meta().uid(), "u1");
}

TEST(Table, WhatOtherRowsSayIsThereWhereConditionsOrderAndReadersLook) {
  Table table;
  table.take(batch({pod("u1", "a", "x"), pod("u2", "b", "x"), pod("u3", "c", "x")}, true, true),
             kNow);
  Query query;
  query.complete = [](wire::MirrorRow& row) {
    row.mutable_pod()->set_node(row.meta().name() == "a" ? "9" : "1");
  };
  EXPECT_EQ(table.page(query, std::nullopt).rows[0].pod().node(), "9") << "in the rows' own order";
  query.count = true;
  query.order = {"node", [](const auto& row) { return row.pod().node(); }, true};
  EXPECT_EQ(names(table, query), (std::vector<std::string>{"x/a", "x/c", "x/b"}));
  EXPECT_EQ(table.page(query, std::nullopt).rows[2].pod().node(), "1");
  query.where = [](const auto& row) { return row.pod().node() == "1"; };
  EXPECT_EQ(table.page(query, std::nullopt).total, 2U);
}

TEST(Table, ARecreatedObjectHasItsOwnRow) {
  Table table;
  table.take(batch({pod("u1", "a", "x")}, true, true), kNow);
  table.take(batch({pod("u2", "a", "x")}), kNow);  // the deletion of u1 is still on its way
  EXPECT_EQ(table.size(), 2u);
  wire::MirrorBatch gone = batch({});
  gone.add_deleted("u1");
  table.take(gone, kNow);
  EXPECT_EQ(table.find("x", "a")->meta().uid(), "u2");
  EXPECT_FALSE(table.find("x", "none"));
}

TEST(Table, PagesAreSortedAndFiltered) {
  Table table;
  std::vector<wire::MirrorRow> rows{pod("u1", "b", "y"), pod("u2", "a", "y"), pod("u3", "c", "x"),
                                    pod("u4", "a", "xa")};
  (*rows[1].mutable_meta()->mutable_labels())["app"] = "web";
  table.take(batch(rows, true, true), kNow);
  EXPECT_EQ(names(table), (std::vector<std::string>{"x/c", "xa/a", "y/a", "y/b"}));
  EXPECT_EQ(names(table, {.name_space = "y"}), (std::vector<std::string>{"y/a", "y/b"}));
  EXPECT_EQ(names(table, {.name_space = "w"}), std::vector<std::string>{});
  EXPECT_EQ(names(table, {.labels = {{"app", "web"}}}), (std::vector<std::string>{"y/a"}));
  auto in_c = [](const wire::MirrorRow& row) { return row.meta().name() == "c"; };
  EXPECT_EQ(names(table, {.where = in_c}), (std::vector<std::string>{"x/c"}));
}

TEST(Table, CursorsHoldWhileRowsComeAndGo) {
  Table table;
  table.take(batch({pod("u1", "a", "x"), pod("u2", "b", "x"), pod("u3", "c", "x")}, true, true),
             kNow);
  const Query query{.limit = 1};
  auto page = table.page(query, std::nullopt);
  EXPECT_EQ(page.rows[0].meta().name(), "a");
  wire::MirrorBatch change = batch({pod("u4", "aa", "x")});
  change.add_deleted("u1");
  table.take(change, kNow);
  for (const auto* name : {"aa", "b", "c"}) {
    ASSERT_TRUE(page.next) << name;
    page = table.page(query, page.next);
    EXPECT_EQ(page.rows[0].meta().name(), name);
  }
  EXPECT_FALSE(page.next);
}

TEST(Table, SaysWhatANewerAgentTellsOfTheSameVersion) {
  Table table;
  table.take(batch({pod("u1", "a", "x", "1")}, true, true), kNow);
  auto more = pod("u1", "a", "x", "1");
  more.mutable_pod()->set_pod_ip("10.0.0.1");
  EXPECT_EQ(table.take(batch({more}, true, true), kNow).upserts.size(), 1u);
  EXPECT_EQ(table.find("x", "a")->pod().pod_ip(), "10.0.0.1");
}

TEST(Table, AnErrorKeepsTheRowsAndTheirTime) {
  Table table;
  wire::MirrorBatch first = batch({pod("u1", "a", "x")}, true, true);
  first.set_utc_ms(500'000);
  table.take(first, kNow);
  wire::MirrorBatch broken = batch({});
  broken.set_error("connection refused");
  broken.set_utc_ms(900'000);
  table.take(broken, kNow);
  EXPECT_EQ(table.error(), "connection refused");
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.as_of(), base::from_unix_ms(500'000));
  wire::MirrorBatch late = batch({});
  late.set_utc_ms(9'000'000);  // a node's clock that runs ahead
  table.take(late, kNow);
  EXPECT_EQ(table.as_of(), kNow);
  EXPECT_TRUE(table.error().empty());
}

TEST(Table, RowsThatNoApiServerMakesAreLeftOut) {
  Table table;
  table.take(batch({pod("", "a", "x"), pod("u1", "", "x"), pod("u2", "a/b", "x"),
                    pod("u3", "a", std::string(300, 'x')), pod("u4", "good", "x")},
                   true, true),
             kNow);
  EXPECT_EQ(names(table), (std::vector<std::string>{"x/good"}));
}

TEST(Table, RowsAreBounded) {
  Table table;
  table.take(batch({}, true, false), kNow);
  wire::MirrorBatch many = batch({});
  for (std::size_t i = 0; i < kMaxRows + 5; ++i) {
    *many.add_upserts() = pod("u" + std::to_string(i), "n" + std::to_string(i), "x");
  }
  table.take(many, kNow);
  EXPECT_EQ(table.size(), kMaxRows);
  EXPECT_NE(table.error().find("left out"), std::string::npos);
}

TEST(BatchReader, CutsBytesIntoBatchesWhereverTheyAreSplit) {
  const std::string bytes = framed(batch({pod("u1", "a", "x")})) + framed(batch({}, true, true)) +
                            framed(batch({pod("u2", "b", "x")}));
  for (std::size_t piece = 1; piece < bytes.size(); piece += 7) {
    BatchReader reader;
    std::size_t found = 0;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.add(std::string_view(bytes).substr(at, piece));
      for (auto next = reader.next(); next && *next; next = reader.next()) ++found;
    }
    EXPECT_EQ(found, 3u) << piece;
  }
}

TEST(BatchReader, RefusesWhatIsNoBatch) {
  BatchReader long_one;
  long_one.add(std::string("\x00\x10\x00\x01", 4));
  EXPECT_EQ(long_one.next().error().field, "length");
  BatchReader noise;
  noise.add(std::string("\x00\x00\x00\x03\xff\xff\xff", 7));
  EXPECT_EQ(noise.next().error().field, "batch");
}

}  // namespace
}  // namespace slipway::mirror
