// SPDX-License-Identifier: Apache-2.0
// What clean_text() lets pass must be a text for every receiver; so must what a console says.
#include "protocol/wire/console.hpp"
#include "protocol/wire/text.hpp"
#include "report.pb.h"
#include "tests/fuzz/input.hpp"

using namespace slipway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto clean = wire::clean_text(text);
  fuzz::require(wire::clean_text(clean) == clean, "clean stays clean");
  wire::StepReport report;
  report.set_log_tail(clean);
  fuzz::require(report.ParseFromString(report.SerializeAsString()), "receivers take it");
  if (const auto word = wire::last_console_word(text)) {
    fuzz::require(word->message.size() <= wire::kConsoleMessageBytes, "a bounded message");
    fuzz::require(wire::clean_text(word->message) == word->message, "a clean message");
    fuzz::require(wire::last_console_word(wire::console_line(*word)).has_value(), "read again");
  }
  return 0;
}
