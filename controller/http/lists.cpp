// SPDX-License-Identifier: Apache-2.0
#include "controller/http/lists.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kDigits = 20;

}  // namespace

ListRequest read_list_request(QueryReader& query, const std::vector<std::string_view>& names) {
  ListRequest wanted{.page = read_page(query), .search = base::lower_case(query.text("search"))};
  wanted.descending = read_descending(query);
  wanted.sort = query.text("sort");
  if (query.has("sort") && std::ranges::find(names, wanted.sort) == names.end()) {
    std::string known;
    for (const auto name : names) known += (known.empty() ? "" : ", ") + std::string(name);
    query.refuse("sort", "is one of " + known);
  }
  return wanted;
}

std::string sortable(std::uint64_t number) {
  const auto digits = std::to_string(number);
  return std::string(kDigits - digits.size(), '0') + digits;
}

std::string sortable(base::UtcTime time) {
  const auto ms = base::to_unix_ms(time);
  return sortable(static_cast<std::uint64_t>(ms > 0 ? ms : 0));
}

}  // namespace slipway::http
