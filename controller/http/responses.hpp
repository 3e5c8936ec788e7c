// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <functional>
#include <string>
#include <vector>

#include "controller/http/input.hpp"
#include "protocol/net/http.hpp"

namespace slipway::http {

net::HttpResponse json_response(int status, const boost::json::value& body);
net::HttpResponse text_response(int status, std::string body,
                                std::string type = "text/plain; charset=utf-8");
net::HttpResponse empty_response(int status);

/// A cursor that names an item by its key, and where it stood in case it goes meanwhile.
std::string cursor_at(std::size_t index, const std::string& key);
/// Index of the first item after the cursor; kInvalid, field "cursor".
base::Result<std::size_t> first_after(const std::string& cursor, std::size_t count,
                                      const std::function<std::string(std::size_t)>& key_of);

/// One page of a list that is whole in memory, as {"items": […], "nextCursor": …}.
template <class T, class Key, class View>
base::Result<boost::json::object> page_of(const std::vector<T>& all, const PageRequest& page,
                                          Key key, View view) {
  auto begin = first_after(page.cursor, all.size(), [&](std::size_t i) { return key(all[i]); });
  if (!begin) return base::fail(begin);
  const auto end = std::min(all.size(), *begin + page.limit);
  boost::json::array items;
  for (std::size_t i = *begin; i < end; ++i) items.push_back(view(all[i]));
  boost::json::object body{{"items", std::move(items)}};
  if (end < all.size() && end > 0) body["nextCursor"] = cursor_at(end - 1, key(all[end - 1]));
  return body;
}

}  // namespace slipway::http
