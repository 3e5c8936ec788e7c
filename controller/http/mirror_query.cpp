// SPDX-License-Identifier: Apache-2.0
#include "controller/http/mirror_query.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "controller/clusters/cluster_rules.hpp"
#include "controller/http/lists.hpp"
#include "protocol/base/letter_case.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kMaxTerms = 32;  // of a selector, values of a filter
constexpr std::size_t kMaxNamespaces = 500;
constexpr std::size_t kMaxTextBytes = 4096;  // of a parameter
constexpr std::size_t kMaxNamespaceName = 63;
constexpr std::size_t kMaxLabelKey = 253 + 1 + 63;
constexpr std::size_t kMaxLabelValue = 63;

using Condition = std::function<bool(const wire::MirrorRow&)>;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c != ',') {
      parts.back() += c;
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<const Column*> columns_of(const ShownKind& shown, bool sorting) {
  std::vector<const Column*> all;
  for (const auto list : {common_columns(), shown.columns}) {
    for (const auto& column : list) {
      if (column.use == Column::kBoth || (column.use == Column::kSort) == sorting) {
        all.push_back(&column);
      }
    }
  }
  return all;
}

void read_order(const ShownKind& shown, QueryReader& in, mirror::Order& order) {
  order.descending = read_descending(in);
  order.name = in.text("sort");
  if (!in.has("sort")) order.name = "namespace";
  std::vector<std::string> names;
  for (const auto* column : columns_of(shown, true)) {
    names.emplace_back(column->name);
    // The namespace comes first in the rows' own order.
    if (column->name == order.name && order.name != "namespace") order.value = column->value;
  }
  if (std::ranges::find(names, order.name) == names.end()) {
    in.refuse("sort", "is one of " + joined(names));
  }
}

/// "Deployment/web" is the whole, "web" any kind's.
bool fits(const Column& column, const std::string& wanted, const std::string& value) {
  if (value == wanted) return true;
  if (column.name != "owner" && column.name != "object" && column.name != "target") return false;
  return wanted.find('/') == std::string::npos && value.ends_with("/" + wanted);
}

void read_filter(const Column& column, QueryReader& in, std::vector<Condition>& all) {
  const std::string name(column.name);
  if (!in.has(name)) return;
  const auto wanted = split(in.text(name));
  if (wanted.size() > kMaxTerms) in.refuse(name, "has at most " + std::to_string(kMaxTerms));
  auto allowed = std::string(column.allowed);
  std::ranges::replace(allowed, ' ', ',');
  const auto known = split(allowed);
  for (const auto& value : wanted) {
    if (allowed.empty() || std::ranges::find(known, value) != known.end()) continue;
    in.refuse(name, "is one of " + joined(known) + ", or several with commas");
  }
  all.emplace_back([&column, wanted](const wire::MirrorRow& row) {
    const auto value = column.value(row);
    return std::ranges::any_of(wanted, [&](const auto& one) { return fits(column, one, value); });
  });
}

void read_namespaces(const ShownKind& shown, QueryReader& in, mirror::Query& query) {
  if (shown.scope != Scope::kNamespaced) return;
  query.name_space = in.text("namespace");
  const auto lists =
      in.all("namespaces");  // kMaxNamespaces are longer than other parameters may be
  if (lists.empty()) return;
  if (lists.size() > 1) in.refuse("namespaces", "is given twice");
  if (in.has("namespace")) in.refuse("namespaces", "and namespace exclude each other");
  query.name_spaces.emplace();
  for (const auto& name : split(lists.front())) {
    if (!clusters::is_dns_label(name, kMaxNamespaceName)) {
      in.refuse("namespaces", "are names of namespaces with commas between them");
    }
    query.name_spaces->insert(name);
  }
  if (query.name_spaces->size() > kMaxNamespaces) {
    in.refuse("namespaces", "are at most " + std::to_string(kMaxNamespaces));
  }
}

void read_search(const ShownKind& shown, QueryReader& in, std::vector<Condition>& all) {
  const auto wanted = base::lower_case(in.text("search"));
  if (wanted.empty()) return;
  all.emplace_back([&shown, wanted](const wire::MirrorRow& row) {
    if (base::lower_case(row.meta().name()).find(wanted) != std::string::npos) return true;
    return shown.more_text != nullptr &&
           base::lower_case(shown.more_text(row)).find(wanted) != std::string::npos;
  });
}

bool is_label_text(const std::string& text, std::size_t most, bool may_be_empty) {
  if (text.empty()) return may_be_empty;
  return text.size() <= most && std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
         });
}

}  // namespace

bool LabelTerm::holds(const wire::ObjectMeta& meta) const {
  const auto found = meta.labels().find(key);
  const bool there = found != meta.labels().end();
  switch (kind) {
    case kEqual:
      return there && found->second == value;
    case kNotEqual:
      return !there || found->second != value;
    case kThere:
      return there;
    case kAbsent:
      break;
  }
  return !there;
}

base::Result<std::vector<LabelTerm>> parse_labels(const std::string& text) {
  std::vector<LabelTerm> terms;
  for (const auto& part : split(text)) {
    LabelTerm term;
    const auto equals = part.find('=');
    if (equals == std::string::npos) {
      term.kind = part.starts_with('!') ? LabelTerm::kAbsent : LabelTerm::kThere;
      term.key = part.substr(part.starts_with('!') ? 1 : 0);
    } else {
      const bool differs = equals > 0 && part[equals - 1] == '!';
      term.kind = differs ? LabelTerm::kNotEqual : LabelTerm::kEqual;
      term.key = part.substr(0, equals - (differs ? 1 : 0));
      term.value = part.substr(equals + (part.substr(equals).starts_with("==") ? 2 : 1));
    }
    if (!is_label_text(term.key, kMaxLabelKey, false) ||
        !is_label_text(term.value, kMaxLabelValue, true)) {
      return base::fail(base::ErrorCode::kInvalid,
                        "labels are terms like a=b, a!=b, a or !a with commas between them",
                        "labels");
    }
    terms.push_back(std::move(term));
  }
  if (terms.size() <= kMaxTerms) return terms;
  return base::fail(base::ErrorCode::kInvalid,
                    "labels has at most " + std::to_string(kMaxTerms) + " terms", "labels");
}

base::Result<mirror::Query> read_list(const ShownKind& shown, const Fields& fields) {
  for (const auto& [name, value] : fields) {
    if (value.size() <= kMaxTextBytes || name == "namespaces") continue;
    return base::fail(base::ErrorCode::kInvalid, name.substr(0, 64) + " is too long",
                      name.substr(0, 64));
  }
  QueryReader in(fields);
  const auto page = read_page(in);
  mirror::Query query;
  query.kind = shown.kind;
  query.limit = page.limit;
  query.cursor = page.cursor;
  query.count = true;
  std::vector<Condition> conditions;
  read_order(shown, in, query.order);
  read_namespaces(shown, in, query);
  read_search(shown, in, conditions);
  for (const auto* column : columns_of(shown, false)) {
    (void)in.text(std::string(column->name));
    read_filter(*column, in, conditions);
  }
  const auto labels = in.text("labels");
  if (auto fault = in.fault()) return std::unexpected(*fault);
  if (!labels.empty()) {
    auto terms = parse_labels(labels);
    if (!terms) return base::fail(terms);
    conditions.emplace_back([terms = std::move(*terms)](const wire::MirrorRow& row) {
      return std::ranges::all_of(terms, [&](const auto& one) { return one.holds(row.meta()); });
    });
  }
  if (!conditions.empty()) {
    query.where = [conditions = std::move(conditions)](const wire::MirrorRow& row) {
      return std::ranges::all_of(conditions, [&](const auto& one) { return one(row); });
    };
  }
  return query;
}

}  // namespace slipway::http
