// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.hpp"

namespace slipway::base {

/// Reads a JSON object that somebody sent, strictly: what is missing, of another type or asked for
/// by nobody is refused (kInvalid) by its path, "registries[0].host", with what is wanted there.
/// The first fault is kept; ask `fault()` after the last read.
class ObjectReader {
 public:
  /// `path`: where the value stands in the body; empty: it is the body.
  explicit ObjectReader(const boost::json::value& value, std::string path = {});

  bool has(const std::string& name) const { return object_->contains(name); }
  std::string text(const std::string& name, std::size_t most_bytes);  ///< required, not empty
  std::string optional_text(const std::string& name, std::size_t most_bytes);
  std::int64_t number(const std::string& name, std::int64_t least, std::int64_t most);
  std::int64_t number(const std::string& name, std::int64_t otherwise, std::int64_t least,
                      std::int64_t most);
  bool flag(const std::string& name, bool otherwise);
  const boost::json::value* optional_object(const std::string& name);  ///< nullptr: none there
  /// Required, with at least one element.
  const boost::json::array& list(const std::string& name, std::size_t most);
  const boost::json::array* optional_list(const std::string& name, std::size_t most);
  std::vector<std::string> optional_texts(const std::string& name, std::size_t most,
                                          std::size_t most_bytes);

  /// Its path in the body.
  std::string at(const std::string& name) const;
  void refuse(const std::string& name, const std::string& why);
  /// The fault of an object inside this one, which says its whole path itself.
  void take(std::optional<Error> inner);
  std::optional<Error> fault();

 private:
  const boost::json::value* find(const std::string& name);
  void refuse_type(const std::string& name, const std::string& wanted,
                   const boost::json::value& came);

  const boost::json::object* object_;
  std::string path_;
  std::set<std::string> asked_;
  std::optional<Error> fault_;
};

}  // namespace slipway::base
