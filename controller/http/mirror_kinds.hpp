// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "controller/access/rights.hpp"
#include "controller/mirror/mirror.hpp"
#include "report.pb.h"

namespace slipway::http {

/// Something of a row that lists are sorted or filtered by.
struct Column {
  enum Use {
    kSort,    ///< numbers and times too: digits enough that they compare as texts
    kFilter,  ///< too long or too alike to sort by
    kBoth,
  };
  std::string_view name;  ///< of the parameter, and for `sort`
  Use use = kBoth;
  std::string (*value)(const wire::MirrorRow& row);
  std::string_view allowed = "";  ///< the values that there are, if that is known: "a b c"
};

/// Whose eyes a kind's rows are for.
enum class Scope {
  kNamespaced,  ///< who sees the row's namespace
  kNamespace,   ///< a row is a namespace: who sees it
  kVolume,      ///< who sees the namespace of its claim; without a claim, who sees all
  kShared,      ///< who sees the cluster
};

/// A kind of the mirror that has a path. To show another kind add a row to the table, the view of
/// its row, and its path to openapi.yaml.
struct ShownKind {
  std::string_view kind;
  Scope scope = Scope::kNamespaced;
  std::span<const Column> columns;
  /// What `search` looks at beside the name; null: nothing.
  std::string (*more_text)(const wire::MirrorRow& row) = nullptr;
  access::Act needs = access::Act::kLook;  ///< of who lists it
  /// For Query::complete, where other rows say something of a row; null: they do not.
  std::function<void(wire::MirrorRow&)> (*completion)(const mirror::Mirror& mirror,
                                                      const base::ClusterId& cluster) = nullptr;
};

std::span<const ShownKind> shown_kinds();
/// Columns that every kind has: name, namespace, created, application, owner.
std::span<const Column> common_columns();

}  // namespace slipway::http
