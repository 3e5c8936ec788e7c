// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/http/mirror_kinds.hpp"
#include "controller/http/routes.hpp"
#include "controller/mirror/mirror.hpp"

namespace slipway::http {

/// What a list of a kind was asked for: page, order, filters. Refusals are kInvalid, name the
/// parameter and what it takes. Whose rows these may be is not looked at here.
base::Result<mirror::Query> read_list(const ShownKind& shown, const Fields& fields);

/// One term of a label selector.
struct LabelTerm {
  enum Kind {
    kEqual,     ///< a=b, a==b
    kNotEqual,  ///< a!=b; also where there is no a
    kThere,     ///< a
    kAbsent,    ///< !a
  };
  Kind kind = kThere;
  std::string key;
  std::string value;

  bool holds(const wire::ObjectMeta& meta) const;
};
/// "a=b,!c": all terms must hold. kInvalid, field "labels".
base::Result<std::vector<LabelTerm>> parse_labels(const std::string& text);

}  // namespace slipway::http
