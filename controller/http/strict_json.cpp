// SPDX-License-Identifier: Apache-2.0
#include "controller/http/strict_json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "protocol/base/json_text.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using boost::system::error_code;

constexpr std::size_t kMostNamed = 64;  ///< bytes of a key, in what is said about it

/// Goes along with the parser and keeps no values, only where it is.
class Walk {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return enter(false); }
  bool on_object_end(std::size_t, error_code&) { return leave(); }
  bool on_array_begin(error_code&) { return enter(true); }
  bool on_array_end(std::size_t, error_code&) { return leave(); }

  bool on_key_part(std::string_view part, std::size_t, error_code&) {
    key_ += part;
    return true;
  }
  bool on_key(std::string_view part, std::size_t, error_code& error) {
    key_ += part;
    auto& here = levels_.back();
    here.key = std::move(key_);
    key_.clear();
    const bool fresh = here.keys.insert(here.key).second;
    if (here.key.contains('\0')) return refuse("has a name with a zero character in it", error);
    return fresh || refuse("is there twice", error);
  }

  bool on_string_part(std::string_view part, std::size_t, error_code& error) {
    return !part.contains('\0') || refuse_text(error);
  }
  bool on_string(std::string_view part, std::size_t, error_code& error) {
    if (part.contains('\0')) return refuse_text(error);
    return step();
  }
  bool on_number_part(std::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, std::string_view, error_code&) { return step(); }
  bool on_uint64(std::uint64_t, std::string_view, error_code&) { return step(); }
  bool on_double(double, std::string_view, error_code&) { return step(); }
  bool on_bool(bool, error_code&) { return step(); }
  bool on_null(error_code&) { return step(); }
  bool on_comment_part(std::string_view, error_code&) { return true; }
  bool on_comment(std::string_view, error_code&) { return true; }

  std::optional<base::Error> fault;

 private:
  struct Level {
    bool list = false;
    std::size_t at = 0;  ///< of a list
    std::string key = {};
    std::set<std::string> keys = {};
  };

  bool enter(bool list) {
    levels_.push_back({.list = list});
    return true;
  }
  bool leave() {
    levels_.pop_back();
    return step();
  }
  /// A value is over.
  bool step() {
    if (!levels_.empty()) ++levels_.back().at;
    return true;
  }

  /// "objects[1].name".
  std::string path() const {
    std::string text;
    for (const auto& level : levels_) {
      if (level.list) {
        text += "[" + std::to_string(level.at) + "]";
      } else {
        auto name = level.key.substr(0, kMostNamed);
        std::erase(name, '\0');
        text += (text.empty() ? "" : ".") + name;
      }
    }
    return text.empty() ? "body" : text;
  }
  bool refuse_text(error_code& error) { return refuse("holds a zero character", error); }
  bool refuse(const char* why, error_code& error) {
    const auto where = path();
    fault = base::Error{base::ErrorCode::kInvalid, where + " " + why, where};
    error = json::error::exception;  // any: it ends the walk
    return false;
  }

  std::string key_;
  std::vector<Level> levels_;
};

}  // namespace

std::optional<base::Error> ambiguity_in(std::string_view text) {
  json::parse_options deep;
  deep.max_depth = base::kJsonDepth;  // nobody reads values that lie deeper
  json::basic_parser<Walk> parser{deep};
  error_code error;
  (void)parser.write_some(false, text.data(), text.size(), error);
  return std::move(parser.handler().fault);
}

}  // namespace slipway::http
