// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "agent/app.hpp"
#include "agent/link/console.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/version.hpp"
#include "protocol/wire/limits.hpp"

namespace {

constexpr char kUsage[] =
    "slipway-agent: makes a machine a Kubernetes node and links it to its controller\n"
    "  slipway-agent run [--config FILE]  enrol this machine and serve it until stopped;\n"
    "                                     FILE: its own settings, /etc/slipway/agent.yaml\n"
    "  slipway-agent trust DIGEST         trust the CA with this SHA-256 alone, where it was "
    "changed\n"
    "                                     while the machine was away; then restart the service\n"
    "  slipway-agent version              print the agent's and the protocol's version\n";
constexpr char kConfigFile[] = "/etc/slipway/agent.yaml";
constexpr int kBadUsage = 64;   // EX_USAGE
constexpr int kBadConfig = 78;  // EX_CONFIG: starting again changes nothing

// The node is there for others: a log's blocks are mapped one by one, so that each goes back to the
// kernel as it is freed. Left alone, glibc learns from the first to keep the next.
constexpr int kMappedBytes = 32 << 10;
constexpr int kArenas = 1;  // the io thread does nearly all of it

void keep_memory_small() {
  ::mallopt(M_MMAP_THRESHOLD, kMappedBytes);
  ::mallopt(M_ARENA_MAX, kArenas);
}

int run_agent(const std::string& config_path, char** argv) {
  auto config = slipway::config::read_agent_config(config_path);
  if (!config) {
    std::fprintf(stderr, "slipway-agent: %s\n", config.error().message.c_str());
    return kBadConfig;
  }
  auto slots = slipway::agent::slots_of(*config);
  auto running = slipway::agent_release::launch(slots, argv, config->agent_trial);
  slipway::base::start_log("slipway-agent", {.level = config->log_level, .json = config->log_json});
  auto origin = slipway::agent::find_origin(*config);
  if (!origin) {
    spdlog::critical("{}", origin.error().message);
    slipway::agent_link::write_console(slipway::wire::console_line(
        {slipway::wire::kUserData, origin.error().message + "; replace the machine"}));
    return kBadConfig;
  }
  slipway::agent::App app(*config, std::move(*origin), std::move(running));
  return app.run();
}

/// Takes the digest for what the machine trusts; the key, and with it the machine, stay.
int trust(const std::string& digest, const std::string& config_path) {
  const bool hex =
      digest.size() == 64 && digest.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex) {
    std::fputs("slipway-agent: a digest is 64 lower-case hex digits\n", stderr);
    return kBadUsage;
  }
  auto config = slipway::config::read_agent_config(config_path);
  auto origin = config ? slipway::agent::find_origin(*config) : slipway::base::fail(config);
  slipway::base::Result<> kept = origin ? slipway::base::Result<>{} : slipway::base::fail(origin);
  if (kept) {
    origin->controller.ca_sha256 = {digest};
    kept = slipway::agent_link::IdentityStore(config->state_dir).remember(origin->controller);
  }
  if (kept) return 0;
  std::fprintf(stderr, "slipway-agent: %s\n", kept.error().message.c_str());
  return kBadConfig;
}

}  // namespace

int main(int argc, char** argv) {
  keep_memory_small();
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::string command = words.empty() ? "" : words.front();
  if (words.size() == 1 && command == "version") {
    std::printf("slipway-agent %s (protocol %u)\n", slipway::base::version(),
                slipway::wire::kProtocolVersion);
    return 0;
  }
  if (words.size() == 1 && (command == "--help" || command == "-h")) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  if (words.size() == 2 && command == "trust") return trust(words[1], kConfigFile);
  const bool configured = words.size() == 3 && words[1] == "--config";
  if (command != "run" || (words.size() != 1 && !configured)) {
    std::fputs(kUsage, stderr);
    return kBadUsage;
  }
  try {
    return run_agent(configured ? words[2] : kConfigFile, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "slipway-agent: %s\n", error.what());
    return 1;
  }
}
