// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "agent/app.hpp"
#include "protocol/base/log.hpp"
#include "protocol/wire/limits.hpp"

namespace {

constexpr int kBadConfig = 78;  // EX_CONFIG: starting again changes nothing

int run_agent(const std::string& config_path) {
  auto config = slipway::config::read_agent_config(config_path);
  if (!config) {
    std::fprintf(stderr, "slipway-agent: %s\n", config.error().message.c_str());
    return kBadConfig;
  }
  slipway::base::start_log("slipway-agent", {.level = config->log_level, .json = config->log_json});
  auto origin = slipway::agent::find_origin(*config);
  if (!origin) {
    spdlog::critical("{}", origin.error().message);
    return kBadConfig;
  }
  slipway::agent::App app(*config, std::move(*origin));
  return app.run();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App cli("Slipway's node agent: makes a machine a Kubernetes node and links it");
  cli.require_subcommand(1);
  std::string config_path = "/etc/slipway/agent.yaml";
  auto* run = cli.add_subcommand("run", "enrol this machine and serve it until stopped");
  run->add_option("--config", config_path, "the agent's own settings")->capture_default_str();
  auto* version = cli.add_subcommand("version", "print the agent's and the protocol's version");
  CLI11_PARSE(cli, argc, argv);
  if (version->parsed()) {
    std::printf("slipway-agent %s (protocol %u)\n", SLIPWAY_VERSION,
                slipway::wire::kProtocolVersion);
    return 0;
  }
  try {
    return run_agent(config_path);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "slipway-agent: %s\n", error.what());
    return 1;
  }
}
