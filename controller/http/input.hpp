// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "controller/http/routes.hpp"
#include "protocol/base/object_reader.hpp"
#include "protocol/base/result.hpp"

namespace slipway::http {

inline constexpr std::int64_t kDefaultPage = 100;
inline constexpr std::int64_t kMaxPage = 500;

/// Reads the query of a call, strictly: a parameter that nobody asked for is refused by name. The
/// first fault is kept; ask `fault()` after the last read.
class QueryReader {
 public:
  explicit QueryReader(const Fields& fields) : fields_(fields) {}

  std::string text(const std::string& name);
  bool has(const std::string& name) const;
  bool flag(const std::string& name, bool otherwise);
  std::int64_t number(const std::string& name, std::int64_t otherwise, std::int64_t least,
                      std::int64_t most = std::numeric_limits<std::int64_t>::max());
  std::vector<std::string> all(const std::string& name);
  void refuse(const std::string& name, std::string why);
  /// kInvalid naming the parameter; nullopt: all is well.
  std::optional<base::Error> fault();

 private:
  const Fields& fields_;
  std::set<std::string> asked_;
  std::optional<base::Error> fault_;
};

/// Parses a JSON body. kInvalid: another content type (field "Content-Type"), no JSON.
base::Result<boost::json::value> parse_json(const net::HttpRequest& request);

/// Reads a JSON object in the same way.
using base::ObjectReader;

/// A page of a list that is whole in memory: `cursor` is the key of the last item of the page
/// before.
struct PageRequest {
  std::size_t limit = kDefaultPage;
  std::string cursor;
};
PageRequest read_page(QueryReader& query);
/// `order`: asc or desc.
bool read_descending(QueryReader& query);

}  // namespace slipway::http
