// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/object_reader.hpp"

#include <boost/json.hpp>

namespace slipway::base {

namespace {

namespace json = boost::json;

constexpr std::size_t kMostNamed = 64;  ///< bytes of a name that nobody knows

const json::object& none() {
  static const json::object empty;
  return empty;
}

std::string_view kind_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "true or false";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "a list";
    case json::kind::object:
      return "an object";
    default:
      return "a number";
  }
}

std::string whole_number(std::int64_t least, std::int64_t most) {
  return "a whole number, " + std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace

ObjectReader::ObjectReader(const json::value& value, std::string path)
    : object_(value.if_object()), path_(std::move(path)) {
  if (object_ != nullptr) return;
  object_ = &none();
  const auto where = path_.empty() ? "the body" : path_;
  fault_ = Error{ErrorCode::kInvalid,
                 where + " must be a JSON object, not " + std::string(kind_of(value)),
                 path_.empty() ? "body" : path_};
}

const json::value* ObjectReader::find(const std::string& name) {
  asked_.insert(name);
  return object_->if_contains(name);
}

std::string ObjectReader::text(const std::string& name, std::size_t most_bytes) {
  if (find(name) == nullptr) {
    refuse(name, "is missing");
    return {};
  }
  auto value = optional_text(name, most_bytes);
  if (value.empty()) refuse(name, "must not be empty");
  return value;
}

std::string ObjectReader::optional_text(const std::string& name, std::size_t most_bytes) {
  const auto* value = find(name);
  if (value == nullptr) return {};
  const auto* text = value->if_string();
  if (text == nullptr) {
    refuse_type(name, "a string", *value);
    return {};
  }
  if (text->size() > most_bytes) {
    refuse(name, "has more than " + std::to_string(most_bytes) + " bytes");
    return {};
  }
  return std::string(text->data(), text->size());
}

std::int64_t ObjectReader::number(const std::string& name, std::int64_t least, std::int64_t most) {
  if (find(name) == nullptr) refuse(name, "is missing");
  return number(name, least, least, most);
}

std::int64_t ObjectReader::number(const std::string& name, std::int64_t otherwise,
                                  std::int64_t least, std::int64_t most) {
  const auto* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_number()) {
    refuse_type(name, whole_number(least, most), *value);
    return otherwise;
  }
  boost::system::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  if (!error && !value->is_double() && number >= least && number <= most) return number;
  refuse(name, "must be " + whole_number(least, most));
  return otherwise;
}

bool ObjectReader::flag(const std::string& name, bool otherwise) {
  const auto* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) refuse_type(name, "true or false", *value);
  return value->is_bool() ? value->as_bool() : otherwise;
}

const json::value* ObjectReader::optional_object(const std::string& name) {
  const auto* value = find(name);
  if (value == nullptr || value->is_object()) return value;
  refuse_type(name, "a JSON object", *value);
  return nullptr;
}

const json::array& ObjectReader::list(const std::string& name, std::size_t most) {
  static const json::array kNone;
  const auto wanted = "a list of 1 to " + std::to_string(most);
  const auto* value = find(name);
  if (value == nullptr) {
    refuse(name, "is missing: " + wanted);
    return kNone;
  }
  const auto* array = value->if_array();
  if (array != nullptr && !array->empty() && array->size() <= most) return *array;
  if (array == nullptr) {
    refuse_type(name, wanted, *value);
  } else {
    refuse(name, "must be " + wanted + ", and has " + std::to_string(array->size()));
  }
  return kNone;
}

const json::array* ObjectReader::optional_list(const std::string& name, std::size_t most) {
  const auto* value = find(name);
  if (value == nullptr) return nullptr;
  const auto* array = value->if_array();
  if (array == nullptr) {
    refuse_type(name, "a list", *value);
  } else if (array->size() > most) {
    refuse(name, "has more than " + std::to_string(most) + " items");
    return nullptr;
  }
  return array;
}

std::vector<std::string> ObjectReader::optional_texts(const std::string& name, std::size_t most,
                                                      std::size_t most_bytes) {
  std::vector<std::string> texts;
  const auto* items = optional_list(name, most);
  if (items == nullptr) return texts;
  for (const auto& item : *items) {
    const auto one = name + "[" + std::to_string(texts.size()) + "]";
    const auto* text = item.if_string();
    if (text == nullptr) {
      refuse_type(one, "a string", item);
      break;
    }
    if (text->size() > most_bytes) {
      refuse(one, "has more than " + std::to_string(most_bytes) + " bytes");
      break;
    }
    texts.emplace_back(text->data(), text->size());
  }
  return texts;
}

std::string ObjectReader::at(const std::string& name) const {
  return path_.empty() ? name : path_ + "." + name;
}

void ObjectReader::refuse(const std::string& name, const std::string& why) {
  if (!fault_) fault_ = Error{ErrorCode::kInvalid, at(name) + " " + why, at(name)};
}

void ObjectReader::refuse_type(const std::string& name, const std::string& wanted,
                               const json::value& came) {
  refuse(name, "must be " + wanted + ", not " + std::string(kind_of(came)));
}

void ObjectReader::take(std::optional<Error> inner) {
  if (!fault_) fault_ = std::move(inner);
}

std::optional<Error> ObjectReader::fault() {
  for (const auto& [key, value] : *object_) {
    const std::string name(key.data(), key.size());
    if (asked_.contains(name)) continue;
    std::string known;
    for (const auto& one : asked_) known += (known.empty() ? "" : ", ") + one;
    refuse(name.substr(0, kMostNamed), known.empty()
                                           ? "is no field: this object has none"
                                           : "is no field of this object, which has " + known);
    break;
  }
  return fault_;
}

}  // namespace slipway::base
