// SPDX-License-Identifier: Apache-2.0
#include "protocol/manifest/yaml_json.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include "protocol/wire/text.hpp"

namespace slipway::manifest {
namespace {

namespace json = boost::json;
using base::ErrorCode;

constexpr auto kWhole = "manifest";

Place where(const YAML::Mark& mark) {
  return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1};
}

std::unexpected<Fault> wrong(const YAML::Mark& mark, std::string what, std::string field = kWhole) {
  return std::unexpected(
      Fault{{ErrorCode::kInvalid, std::move(what), std::move(field)}, where(mark)});
}

bool any_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

/// Decimal, 0x, 0o, 0b, or octal by a leading zero, with a sign, as strconv.ParseInt(s, 0, 64).
std::optional<json::value> as_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char kind = static_cast<char>(text[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
    text.remove_prefix(kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  constexpr auto kMin = static_cast<std::uint64_t>(1) << 63;
  if (negative) {
    if (value > kMin) return std::nullopt;
    return json::value(static_cast<std::int64_t>(0 - value));
  }
  if (value < kMin) return json::value(static_cast<std::int64_t>(value));
  return json::value(value);
}

/// `[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?`
std::optional<double> as_float(std::string_view text) {
  const auto digits = [&text] {
    std::size_t count = 0;
    while (!text.empty() && text[0] >= '0' && text[0] <= '9') text.remove_prefix(1), ++count;
    return count;
  };
  const std::string whole(text);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t before = digits();
  std::size_t after = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    after = digits();
  }
  if (before + after == 0) return std::nullopt;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (digits() == 0) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return std::strtod(whole.c_str(), nullptr);
}

/// Builds JSON from yaml-cpp's nodes; counts what it makes, since anchors multiply.
class Converter {
 public:
  Checked<json::value> convert(const YAML::Node& node, std::size_t depth) {
    if (depth > kManifestDepth) return wrong(node.Mark(), "nested too deeply");
    if (++made_ > kManifestValues) return wrong(node.Mark(), "too large, or its anchors multiply");
    switch (node.Type()) {
      case YAML::NodeType::Sequence:
        return sequence(node, depth);
      case YAML::NodeType::Map:
        return map(node, depth);
      case YAML::NodeType::Scalar:
        return scalar(node);
      default:
        return json::value(nullptr);
    }
  }

 private:
  /// One step further down; the path is that of what is being read.
  class Step {
   public:
    Step(std::string& path, const std::string& step) : path_(path), before_(path.size()) {
      if (!path.empty() && !step.starts_with('[')) path += '.';
      path += step;
    }
    ~Step() { path_.resize(before_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::string& path_;
    std::size_t before_;
  };

  std::unexpected<Fault> refuse(const YAML::Node& node, std::string what) const {
    return wrong(node.Mark(), std::move(what), path_.empty() ? kWhole : path_);
  }

  Checked<json::value> scalar(const YAML::Node& node) {
    const auto& tag = node.Tag();
    bytes_ += node.Scalar().size();
    if (bytes_ > kManifestLimitBytes * 2) return wrong(node.Mark(), "its anchors multiply");
    if (tag == "?" || tag.empty()) {
      auto value = resolve_scalar(node.Scalar());
      if (value.is_double() && !(std::abs(value.get_double()) <= 1.7e308)) {
        return refuse(node, "JSON knows no such number: " + node.Scalar());
      }
      return value;
    }
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return json::value(node.Scalar());
    auto value = resolve_scalar(node.Scalar());
    const bool fits = (tag == "tag:yaml.org,2002:int" && (value.is_int64() || value.is_uint64())) ||
                      (tag == "tag:yaml.org,2002:bool" && value.is_bool()) ||
                      (tag == "tag:yaml.org,2002:null" && value.is_null()) ||
                      (tag == "tag:yaml.org,2002:float" && value.is_number());
    if (fits) return value;
    return refuse(node, "cannot be read as " + tag);
  }

  Checked<json::value> sequence(const YAML::Node& node, std::size_t depth) {
    json::array array;
    for (const auto& item : node) {
      const Step step(path_, "[" + std::to_string(array.size()) + "]");
      auto value = convert(item, depth + 1);
      if (!value) return value;
      array.push_back(std::move(*value));
    }
    return json::value(std::move(array));
  }

  Checked<json::value> map(const YAML::Node& node, std::size_t depth) {
    json::object object;
    json::object merged;
    for (const auto& item : node) {
      if (!item.first.IsScalar()) return refuse(item.first, "a key must be a plain word");
      const bool plain = item.first.Tag() == "?" || item.first.Tag().empty();
      auto key = key_of(item.first.Scalar(), plain);
      const Step step(path_, key);
      auto value = convert(item.second, depth + 1);
      if (!value) return value;
      if (plain && item.first.Scalar() == "<<") {
        if (!merge(*value, merged)) return refuse(item.first, "only mappings can be merged");
        continue;
      }
      if (object.contains(key)) return refuse(item.first, "the key is there twice: " + key);
      object.emplace(std::move(key), std::move(*value));
    }
    for (auto& [key, value] : merged) {
      if (!object.contains(key)) object.emplace(key, std::move(value));
    }
    return json::value(std::move(object));
  }

  /// What kubectl makes of keys that are no strings: `1:` is "1", `yes:` is "true".
  static std::string key_of(const std::string& text, bool plain) {
    if (!plain) return text;
    const auto value = resolve_scalar(text);
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    if (value.is_int64() || value.is_uint64()) return json::serialize(value);
    return text;
  }

  static bool merge(json::value& from, json::object& into) {
    if (from.is_object()) {
      for (auto& [key, value] : from.get_object()) {
        if (!into.contains(key)) into.emplace(key, value);
      }
      return true;
    }
    if (!from.is_array()) return false;
    return std::ranges::all_of(from.get_array(), [&into](json::value& one) {
      return one.is_object() && merge(one, into);
    });
  }

  std::string path_;
  std::size_t made_ = 0;
  std::size_t bytes_ = 0;
};

/// The next step of a path, taken off its front: a key, or "[3]".
std::string_view take_step(std::string_view& path) {
  if (path.starts_with('.')) path.remove_prefix(1);
  const auto end = path.starts_with('[') ? path.find(']') + 1 : path.find_first_of(".[");
  const auto step = path.substr(0, end);
  path.remove_prefix(step.size());
  return step;
}

/// What a step leads to; an undefined node: nothing.
YAML::Node below(const YAML::Node& node, std::string_view step) {
  if (node.IsMap()) return node[std::string(step)];
  if (!node.IsSequence() || !step.starts_with('[')) return YAML::Node(YAML::NodeType::Undefined);
  std::size_t index = 0;
  const auto parsed = std::from_chars(step.data() + 1, step.data() + step.size(), index);
  if (parsed.ec != std::errc{} || index >= node.size()) {
    return YAML::Node(YAML::NodeType::Undefined);
  }
  return node[index];
}

/// Of the key: a value that is not written has the place of what comes after it.
YAML::Mark key_mark(const YAML::Node& node, std::string_view key) {
  for (const auto& entry : node) {
    if (node.IsMap() && entry.first.IsScalar() && entry.first.Scalar() == key) {
      return entry.first.Mark();
    }
  }
  return node.Mark();
}

}  // namespace

std::string sentence_of(const Fault& fault) {
  if (fault.at.line == 0) return fault.error.message;
  return "line " + std::to_string(fault.at.line) + ", column " + std::to_string(fault.at.column) +
         ": " + fault.error.message;
}

Place YamlDocument::place_of(std::string_view field) const {
  YAML::Node at = *text_;
  auto mark = at.Mark();
  while (!field.empty()) {
    const auto step = take_step(field);
    const auto next = step.empty() ? YAML::Node(YAML::NodeType::Undefined) : below(at, step);
    if (!next.IsDefined()) break;
    mark = next.IsNull() ? key_mark(at, step) : next.Mark();
    at.reset(next);
  }
  return where(mark);
}

json::value resolve_scalar(std::string_view text) {
  if (any_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (any_of(text, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) {
    return true;
  }
  if (any_of(text, {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) {
    return false;
  }
  if (any_of(text, {".nan", ".NaN", ".NAN"})) return std::strtod("nan", nullptr);
  if (any_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) {
    return std::strtod("inf", nullptr);
  }
  if (any_of(text, {"-.inf", "-.Inf", "-.INF"})) return std::strtod("-inf", nullptr);
  const char first = text[0];
  const bool numeric =
      (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
  if (!numeric || text.size() > 128) return json::string(text);
  std::string bare(text);
  if (first != '.') std::erase(bare, '_');
  if (auto integer = as_integer(bare)) return *integer;
  if (auto number = as_float(bare)) return *number;
  return json::string(text);
}

Checked<std::vector<YamlDocument>> parse_yaml(std::string_view text) {
  const YAML::Mark nowhere = YAML::Mark::null_mark();
  if (text.size() > kManifestLimitBytes) return wrong(nowhere, "larger than 4 MiB");
  if (text.contains('\0')) return wrong(nowhere, "it holds a zero byte");
  if (wire::clean_text(text) != text) return wrong(nowhere, "it is not UTF-8");
  std::vector<YAML::Node> nodes;
  try {
    nodes = YAML::LoadAll(std::string(text));
  } catch (const YAML::Exception& error) {
    return wrong(error.mark, "this is not YAML: " + error.msg);
  }
  std::vector<YamlDocument> documents;
  for (const auto& node : nodes) {
    if (!node.IsDefined() || node.IsNull()) continue;
    auto value = Converter().convert(node, 0);
    if (!value) return std::unexpected(std::move(value.error()));
    documents.emplace_back(std::move(*value), std::make_shared<const YAML::Node>(node));
  }
  return documents;
}

}  // namespace slipway::manifest
