// SPDX-License-Identifier: Apache-2.0
#include "protocol/base/log.hpp"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "protocol/base/clock.hpp"

namespace slipway::base {
namespace {

std::string json_string(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

/// One JSON object a line: time, level, program, message.
class JsonLines : public spdlog::formatter {
 public:
  explicit JsonLines(std::string program) : program_(std::move(program)) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto time = std::chrono::floor<std::chrono::milliseconds>(message.time);
    const auto level = spdlog::level::to_string_view(message.level);
    fmt::format_to(std::back_inserter(out),
                   R"({{"time":"{}","level":"{}","program":{},"message":{}}})"
                   "\n",
                   to_rfc3339(time), std::string_view(level.data(), level.size()),
                   json_string(program_),
                   json_string({message.payload.data(), message.payload.size()}));
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonLines>(program_);
  }

 private:
  std::string program_;
};

}  // namespace

void start_log(const std::string& program, const LogOptions& options) {
  auto logger = options.json ? spdlog::stderr_logger_mt(program) : spdlog::stderr_color_mt(program);
  if (options.json) {
    logger->set_formatter(std::make_unique<JsonLines>(program));
  } else {
    logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %v");
  }
  logger->set_level(spdlog::level::from_str(options.level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace slipway::base
