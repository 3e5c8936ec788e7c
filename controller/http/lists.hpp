// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/http/responses.hpp"
#include "protocol/base/clock.hpp"
#include "protocol/base/letter_case.hpp"

namespace slipway::http {

/// Something that the rows of a list are sorted by.
template <class Row>
struct ListColumn {
  enum Use {
    kSort,    ///< numbers and times: sortable(), so that they compare as texts
    kSearch,  ///< a text that `search` looks into too
  };
  std::string_view name;  ///< for `sort`
  std::function<std::string(const Row&)> value;
  Use use = kSort;
};
template <class Row>
using ListColumns = std::vector<ListColumn<Row>>;

/// What a list that is whole in memory was asked for, in the words of the mirror's lists.
struct ListRequest {
  PageRequest page;
  std::string search = {};  ///< in lower case; empty: all
  std::string sort = {};    ///< empty: the rows' own order
  bool descending = false;
};
/// `limit`, `cursor`, `search`, `sort` by one of `names`, `order`.
ListRequest read_list_request(QueryReader& query, const std::vector<std::string_view>& names);

template <class Row>
ListRequest read_list_request(QueryReader& query, const ListColumns<Row>& columns) {
  std::vector<std::string_view> names;
  for (const auto& column : columns) names.push_back(column.name);
  return read_list_request(query, names);
}

/// Digits enough that they compare as texts.
std::string sortable(std::uint64_t number);
std::string sortable(base::UtcTime time);

/// The rows that were asked for, in the order that was asked for; rows that are alike stay in
/// their own.
template <class Row>
std::vector<Row> chosen(std::vector<Row> rows, const ListRequest& wanted,
                        const ListColumns<Row>& columns) {
  if (!wanted.search.empty()) {
    std::erase_if(rows, [&](const Row& row) {
      return std::ranges::none_of(columns, [&](const auto& column) {
        return column.use == ListColumn<Row>::kSearch &&
               base::lower_case(column.value(row)).contains(wanted.search);
      });
    });
  }
  const auto by = std::ranges::find(columns, wanted.sort, &ListColumn<Row>::name);
  if (by == columns.end()) {
    if (wanted.descending) std::ranges::reverse(rows);
    return rows;
  }
  std::vector<std::pair<std::string, std::size_t>> order;
  order.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    order.emplace_back(base::lower_case(by->value(rows[i])), i);
  std::ranges::sort(order, [&](const auto& left, const auto& right) {
    if (left.first == right.first) return left.second < right.second;
    return (left.first < right.first) != wanted.descending;
  });
  std::vector<Row> sorted;
  sorted.reserve(rows.size());
  for (const auto& [value, at] : order) sorted.push_back(std::move(rows[at]));
  return sorted;
}

/// One page of them, with `total`: how many fit in all.
template <class Row, class Key, class View>
base::Result<boost::json::object> list_of(std::vector<Row> rows, const ListRequest& wanted,
                                          const ListColumns<Row>& columns, Key key, View view) {
  const auto all = chosen(std::move(rows), wanted, columns);
  auto body = page_of(all, wanted.page, key, view);
  if (body) (*body)["total"] = all.size();
  return body;
}

template <class Row, class Key, class View>
Answer list_response(std::vector<Row> rows, const ListRequest& wanted,
                     const ListColumns<Row>& columns, Key key, View view) {
  auto body = list_of(std::move(rows), wanted, columns, key, view);
  if (!body) return base::fail(body);
  return json_response(200, *body);
}

}  // namespace slipway::http
