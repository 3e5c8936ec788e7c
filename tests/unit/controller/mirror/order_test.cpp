// SPDX-License-Identifier: Apache-2.0
// Sorted pages, and that their cursors hold: against a plain model, with thousands of rows.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "controller/mirror/table.hpp"
#include "tests/unit/controller/mirror/rows.hpp"

namespace slipway::mirror {
namespace {

using testing::ElementsAre;

const base::UtcTime kNow = base::from_unix_ms(1'000'000);

std::string ip_of(const wire::MirrorRow& row) {
  return row.pod().pod_ip();
}
Order by_ip(bool descending = false) {
  return {"podIp", ip_of, descending};
}

wire::MirrorRow pod_at(const std::string& uid, const std::string& name_space,
                       const std::string& ip) {
  auto row = pod(uid, "n-" + uid, name_space);
  row.mutable_pod()->set_pod_ip(ip);
  return row;
}

std::vector<std::string> uids(const std::vector<wire::MirrorRow>& rows) {
  std::vector<std::string> all;
  for (const auto& row : rows) all.push_back(row.meta().uid());
  return all;
}

TEST(Order, SortsByAColumnAndThenByKey) {
  Table table;
  table.take(
      batch({pod_at("1", "b", "2"), pod_at("2", "a", "2"), pod_at("3", "c", "1")}, true, true),
      kNow);
  EXPECT_THAT(uids(table.page({.order = by_ip()}, {}).rows), ElementsAre("3", "2", "1"));
  EXPECT_THAT(uids(table.page({.order = by_ip(true)}, {}).rows), ElementsAre("1", "2", "3"));
  EXPECT_THAT(uids(table.page({.order = {"namespace", {}, true}}, {}).rows),
              ElementsAre("3", "1", "2"));
}

TEST(Order, CountsAllThatMatch) {
  Table table;
  table.take(
      batch({pod_at("1", "b", "2"), pod_at("2", "a", "2"), pod_at("3", "c", "1")}, true, true),
      kNow);
  Query query{.limit = 1, .count = true};
  EXPECT_EQ(table.page(query, {}).total, 3u);
  query.where = [](const auto& row) { return row.pod().pod_ip() == "2"; };
  const auto page = table.page(query, {});
  EXPECT_EQ(page.total, 2u);
  EXPECT_EQ(page.rows.size(), 1u);
  ASSERT_TRUE(page.next);
  const auto rest = table.page(query, page.next);
  EXPECT_EQ(rest.total, 2u) << "whichever page it is";
  EXPECT_FALSE(rest.next);
}

TEST(Order, NamespacesAreTakenTogether) {
  Table table;
  table.take(
      batch({pod_at("1", "a", "9"), pod_at("2", "b", "1"), pod_at("3", "c", "1")}, true, true),
      kNow);
  const std::set<std::string> two{"a", "c", "none"};
  EXPECT_THAT(uids(table.page({.name_spaces = two}, {}).rows), ElementsAre("1", "3"));
  EXPECT_THAT(uids(table.page({.name_spaces = two, .order = by_ip()}, {}).rows),
              ElementsAre("3", "1"));
  EXPECT_THAT(uids(table.page({.name_space = "b", .name_spaces = two}, {}).rows), ElementsAre());
  EXPECT_THAT(uids(table.page({.name_spaces = std::set<std::string>{}}, {}).rows), ElementsAre());
}

TEST(Order, ACursorIsOfItsOrder) {
  const Place place{std::string("a/\0\xff", 4), {"ns", "name", "uid"}};
  const auto text = cursor_of(by_ip(true), place);
  EXPECT_EQ(*place_at(by_ip(true), text), place);
  EXPECT_NE(place_at(by_ip(), text).error().message.find("another order"), std::string::npos);
  EXPECT_FALSE(place_at({"name", ip_of, true}, text));
  EXPECT_FALSE(place_at({}, text));
  EXPECT_FALSE(place_at(by_ip(), "ns/name/uid"));
  EXPECT_TRUE(place_at({}, "ns/name/uid"));
  for (const auto* wrong : {"podIp/desc/0/ns/name/uid", "podIp/desc/0g/ns/name/uid", "////", ""}) {
    EXPECT_EQ(place_at(by_ip(true), wrong).error().field, "cursor") << wrong;
  }
}

/// Rows as a plain vector: what the table must say.
class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed) {}

  std::size_t draw(std::size_t below) { return random_() % below; }
  wire::MirrorRow fresh() {
    const auto uid = "u" + std::to_string(made_++);
    return pod_at(uid, "ns" + std::to_string(draw(7)), std::to_string(draw(40)));
  }
  wire::MirrorBatch change(std::size_t count) {
    auto made = batch({});
    std::vector<wire::MirrorRow> upserts;
    for (std::size_t i = 0; i < count; ++i) {
      const auto kind = draw(3);
      if (kind == 0 || rows_.empty()) {
        upserts.push_back(rows_.emplace_back(fresh()));
        continue;
      }
      auto& row = rows_[draw(rows_.size())];
      if (kind == 1) {
        touched_.insert(row.meta().uid());
        row.mutable_pod()->set_pod_ip(std::to_string(draw(40)));
        upserts.push_back(row);
      } else {
        touched_.insert(row.meta().uid());
        made.add_deleted(row.meta().uid());
        std::swap(row, rows_.back());
        rows_.pop_back();
      }
    }
    for (const auto& row : upserts) *made.add_upserts() = row;
    return made;
  }
  std::vector<wire::MirrorRow> matching(const Query& query) const {
    std::vector<wire::MirrorRow> all;
    for (const auto& row : rows_) {
      const auto& in = row.meta().pod_namespace();
      if (query.name_spaces && !query.name_spaces->contains(in)) continue;
      if (!query.where || query.where(row)) all.push_back(row);
    }
    const auto key = [&](const wire::MirrorRow& row) {
      const auto& meta = row.meta();
      return Place{query.order.value ? query.order.value(row) : "",
                   {meta.pod_namespace(), meta.name(), meta.uid()}};
    };
    std::ranges::sort(all, {}, key);
    if (query.order.descending) std::ranges::reverse(all);
    return all;
  }
  std::set<std::string> take_touched() { return std::exchange(touched_, {}); }
  std::set<std::string> present() const {
    std::set<std::string> all;
    for (const auto& row : rows_) all.insert(row.meta().uid());
    return all;
  }
  const std::vector<wire::MirrorRow>& rows() const { return rows_; }

 private:
  std::mt19937_64 random_;
  std::vector<wire::MirrorRow> rows_;
  std::set<std::string> touched_;
  std::size_t made_ = 0;
};

Query drawn(Model& model) {
  Query query{.limit = 1 + model.draw(60), .count = model.draw(2) == 0};
  query.order.descending = model.draw(2) == 0;
  if (model.draw(3) > 0) query.order = by_ip(query.order.descending);
  if (model.draw(2) == 0) {
    query.where = [](const auto& row) { return row.pod().pod_ip().size() == 2; };
  }
  if (model.draw(3) == 0) query.name_spaces = std::set<std::string>{"ns1", "ns4", "ns5"};
  return query;
}

TEST(Order, ManyRowsInAnyOrderAsAPlainModelHasThem) {
  Model model(1);
  Table table;
  table.take(batch({}, true, true), kNow);
  for (int round = 0; round < 40; ++round) {
    table.take(model.change(250), kNow);
    ASSERT_EQ(table.size(), model.rows().size());
    const Query query = drawn(model);
    const auto expected = uids(model.matching(query));
    std::vector<std::string> got;
    std::optional<Place> after;
    do {
      auto page = table.page(query, after);
      if (query.count) EXPECT_EQ(page.total, expected.size());
      EXPECT_LE(page.rows.size(), query.limit);
      std::ranges::copy(uids(page.rows), std::back_inserter(got));
      after = page.next;
      // As text and back, as it goes by the client.
      if (after) after = *place_at(query.order, cursor_of(query.order, *after));
    } while (after);
    ASSERT_EQ(got, expected) << "round " << round;
  }
}

TEST(Order, WhoPagesWhileRowsComeAndGoGetsEachThatStaysOnce) {
  Model model(2);
  Table table;
  table.take(batch({}, true, true), kNow);
  table.take(model.change(3000), kNow);
  for (int round = 0; round < 15; ++round) {
    Query query = drawn(model);
    query.where = {};
    query.name_spaces.reset();
    model.take_touched();
    auto stayed = model.present();
    std::map<std::string, int> seen;
    std::optional<Place> after;
    do {
      const auto page = table.page(query, after);
      for (const auto& uid : uids(page.rows)) ++seen[uid];
      after = page.next;
      table.take(model.change(20), kNow);
    } while (after);
    for (const auto& uid : model.take_touched()) stayed.erase(uid);
    for (const auto& uid : stayed) EXPECT_EQ(seen[uid], 1) << uid << " in round " << round;
  }
}

}  // namespace
}  // namespace slipway::mirror
