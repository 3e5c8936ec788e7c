// SPDX-License-Identifier: Apache-2.0
#include "agent/config/section.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace slipway::config {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

std::string place_of(YAML::Mark mark, const std::string& source) {
  if (mark.is_null()) mark = YAML::Mark();  // of an empty document: its beginning
  mark.line = std::max(mark.line, 0);
  mark.column = std::max(mark.column, 0);
  return source + ", line " + std::to_string(mark.line + 1) + ", column " +
         std::to_string(mark.column + 1);
}

std::unexpected<base::Error> bad_at(const YAML::Mark& mark, const std::string& source,
                                    std::string field, const std::string& what) {
  return fail(ErrorCode::kInvalid, place_of(mark, source) + ": " + what, std::move(field));
}

}  // namespace

Result<YAML::Node> load_document(std::string_view text, const std::string& source) {
  if (text.size() > kDocumentLimitBytes) {
    return fail(ErrorCode::kInvalid,
                source + ": longer than 64 KiB; it is not what this file is for");
  }
  const std::size_t zero = text.find('\0');
  if (zero != std::string_view::npos) {
    const auto line = 1 + std::ranges::count(text.substr(0, zero), '\n');
    return fail(ErrorCode::kInvalid, source + ", line " + std::to_string(line) +
                                         ": a NUL byte; write the file as plain text");
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.size() > 1) {
      return bad_at(documents[1].Mark(), source, "",
                    "a second YAML document; leave one, without '---' between");
    }
    return documents.empty() ? YAML::Node() : documents[0];
  } catch (const YAML::Exception& error) {
    return bad_at(error.mark, source, "", "not YAML: " + error.msg);
  }
}

Result<Section> Section::open(YAML::Node node, std::string path, std::string source) {
  if (!node.IsMap()) {
    return bad_at(node.Mark(), source, path,
                  (path.empty() ? std::string("the document") : path) +
                      " is not a mapping; write `key: value` lines");
  }
  Section section(std::move(node), std::move(path), std::move(source));
  std::set<std::string> seen;
  for (const auto& entry : section.node_) {
    if (!entry.first.IsScalar()) {
      return bad_at(entry.first.Mark(), section.source_, section.path_,
                    "a key that is not plain text");
    }
    const std::string& key = entry.first.Scalar();
    if (!seen.insert(key).second) {
      return bad_at(entry.first.Mark(), section.source_, section.field_of(key),
                    section.field_of(key) + " is given twice; remove one");
    }
  }
  return section;
}

Result<> Section::only(std::initializer_list<std::string_view> keys) const {
  for (const auto& entry : node_) {
    const std::string& key = entry.first.Scalar();
    if (std::ranges::find(keys, key) != keys.end()) continue;
    std::string known;
    for (const std::string_view one : keys) known += (known.empty() ? "" : ", ") + std::string(one);
    return bad_at(entry.first.Mark(), source_, field_of(key),
                  field_of(key) + " is not known; known are " + known);
  }
  return {};
}

YAML::Node Section::find(std::string_view key) const {
  for (const auto& entry : node_) {
    if (entry.first.Scalar() == key) return entry.second;
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

bool Section::has(std::string_view key) const {
  return find(key).IsDefined();
}

std::string Section::field_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

std::unexpected<base::Error> Section::bad(std::string_view key, const std::string& what) const {
  YAML::Mark mark = node_.Mark();
  for (const auto& entry : node_) {
    // The key's place, since an empty value's is the next line.
    if (entry.first.Scalar() == key) mark = entry.first.Mark();
  }
  return bad_at(mark, source_, field_of(key), field_of(key) + " " + what);
}

Result<YAML::Node> Section::scalar(std::string_view key) const {
  YAML::Node value = find(key);
  if (!value.IsDefined()) return bad(key, "is missing; add it");
  if (value.IsNull()) return bad(key, "is empty; give it a value");
  if (!value.IsScalar()) return bad(key, "is not a single value");
  return value;
}

Result<std::string> Section::text(std::string_view key) const {
  auto value = scalar(key);
  if (!value) return fail(value);
  if (value->Scalar().empty()) return bad(key, "is empty; give it a value");
  return value->Scalar();
}

Result<bool> Section::flag(std::string_view key) const {
  auto value = scalar(key);
  if (!value) return fail(value);
  if (value->Scalar() == "true") return true;
  if (value->Scalar() == "false") return false;
  return bad(key, "is neither true nor false");
}

Result<std::int64_t> Section::number(std::string_view key) const {
  auto value = scalar(key);
  if (!value) return fail(value);
  const std::string& digits = value->Scalar();
  std::int64_t number = 0;
  const auto end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return bad(key, "is not a whole number");
  return number;
}

Result<std::vector<std::string>> Section::list(std::string_view key) const {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return bad(key, "is missing; add it");
  if (!value.IsSequence()) return bad(key, "is not a list; write `- item` lines");
  std::vector<std::string> items;
  for (const YAML::Node& item : value) {
    if (!item.IsScalar()) {
      return bad_at(item.Mark(), source_, field_of(key),
                    field_of(key) + " has an item that is not a single value");
    }
    items.push_back(item.Scalar());
  }
  return items;
}

Result<Section> Section::section(std::string_view key) const {
  const YAML::Node value = find(key);
  if (!value.IsDefined()) return bad(key, "is missing; add it");
  return open(value, field_of(key), source_);
}

}  // namespace slipway::config
