// SPDX-License-Identifier: Apache-2.0
#include "agent/containers/process_spec.hpp"

#include <boost/json.hpp>

namespace slipway::containers {
namespace {

namespace json = boost::json;
using base::ErrorCode;

base::Result<json::object> parse_object(std::string_view text) {
  if (text.size() > kSpecLimitBytes) {
    return base::fail(ErrorCode::kExhausted, "the container's spec is too large");
  }
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (error || !value.is_object()) {
    return base::fail(ErrorCode::kInternal, "the container's spec is not a JSON object");
  }
  return std::move(value.as_object());
}

void set_terminal_type(json::object& process) {
  json::array environment;
  if (const auto* old = process.if_contains("env"); old != nullptr && old->is_array()) {
    for (const auto& entry : old->as_array()) {
      if (entry.is_string() && entry.as_string().starts_with("TERM=")) continue;
      environment.push_back(entry);
    }
  }
  environment.push_back("TERM=xterm");
  process["env"] = std::move(environment);
}

}  // namespace

base::Result<std::string> process_of(std::string_view spec) {
  auto object = parse_object(spec);
  if (!object) return base::fail(object);
  const auto* process = object->if_contains("process");
  if (process == nullptr || !process->is_object()) {
    return base::fail(ErrorCode::kInternal, "the container's spec has no process");
  }
  return json::serialize(*process);
}

base::Result<std::string> exec_process(std::string_view process,
                                       const std::vector<std::string>& command, bool tty) {
  auto object = parse_object(process);
  if (!object) return base::fail(object);
  if (command.empty() || command.front().empty()) {
    return base::fail(ErrorCode::kInvalid, "no command given", "command");
  }
  (*object)["args"] = json::array(command.begin(), command.end());
  (*object)["terminal"] = tty;
  object->erase("consoleSize");
  object->erase("commandLine");
  if (tty) set_terminal_type(*object);
  return json::serialize(*object);
}

}  // namespace slipway::containers
