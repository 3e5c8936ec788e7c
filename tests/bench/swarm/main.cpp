// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "protocol/base/log.hpp"
#include "tests/bench/swarm/clients.hpp"
#include "tests/bench/swarm/people.hpp"
#include "tests/bench/swarm/prepare.hpp"
#include "tests/bench/swarm/swarm.hpp"

namespace {

using namespace slipway;

int fail(const std::string& why) {
  std::fprintf(stderr, "slipway-swarm: %s\n", why.c_str());
  return 1;
}

/// Runs one of the programs that stay; what stops their start is said.
template <class Program>
int stay(Program program) {
  std::signal(SIGPIPE, SIG_IGN);
  base::start_log("slipway-swarm", {.level = "warn"});
  try {
    program();
    return 0;
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

/// The words of one command: whom it works on and how long it may run.
struct Words {
  long seconds = 3600;
  swarm::Scratch scratch;
  swarm::SwarmOptions agents;
  swarm::PeopleOptions people;
  swarm::ClientOptions clients;
};

void add_prepare(CLI::App& cli, Words& words, int& status) {
  auto* command =
      cli.add_subcommand("prepare", "make a state directory whose machines agents can be");
  command->add_option("--state", words.scratch.state, "directory to make")->required();
  command->add_option("--agents", words.scratch.agents, "how many machines")->required();
  command->add_option("--clusters", words.scratch.clusters,
                      "of how many clusters; 0: as few as may be");
  command->add_option("--listen", words.scratch.listen, "the controller's public port, IP:PORT")
      ->required();
  command->callback([&] {
    auto made = swarm::prepare(words.scratch);
    status = made ? 0 : fail(made.error().message);
  });
}

void add_run(CLI::App& cli, Words& words, int& status) {
  auto* command = cli.add_subcommand("run", "be the agents; inside the machines' network");
  command->add_option("--state", words.agents.state, "that was prepared")->required();
  command->add_option("--agents", words.agents.agents, "how many; 0: all");
  command->add_option("--controller", words.agents.controller, "the agents' port");
  command->add_option("--churn", words.agents.churn, "agents that leave each second");
  command->add_option("--seed", words.agents.seed, "of what is drawn by chance");
  command->add_option("--seconds", words.seconds, "the end in any case");
  command->callback([&] {
    words.agents.limit = std::chrono::seconds(words.seconds);
    status = stay([&] { swarm::run_agents(words.agents); });
  });
}

void add_people(CLI::App& cli, Words& words, int& status) {
  auto* command = cli.add_subcommand("people", "open terminals and follow logs at the public port");
  command->add_option("--state", words.people.state, "that was prepared")->required();
  command->add_option("--controller", words.people.controller, "the public port")->required();
  command->add_option("--agents", words.people.agents, "on the first so many nodes; 0: all");
  command->add_option("--streams", words.people.streams, "how many at once")->required();
  command->add_option("--slow", words.people.slow, "percent of them that hardly read");
  command->add_option("--life", words.people.life, "seconds of a stream at most; 0: no end");
  command->add_option("--seed", words.people.seed, "of what is drawn by chance");
  command->add_option("--seconds", words.seconds, "the end in any case");
  command->callback([&] {
    words.people.limit = std::chrono::seconds(words.seconds);
    status = stay([&] { swarm::run_people(words.people); });
  });
}

void add_clients(CLI::App& cli, Words& words, int& status) {
  auto* command = cli.add_subcommand("clients", "connect to a peer of the controller");
  command->add_option("--state", words.clients.state, "that was prepared")->required();
  command->add_option("--server", words.clients.server, "IP:PORT")->required();
  command->add_option("--kind", words.clients.kind, "echo or mqtt")
      ->required()
      ->check(CLI::IsMember({"echo", "mqtt"}));
  command->add_option("--agents", words.clients.count, "how many; 0: all");
  command->add_option("--seed", words.clients.seed, "of what is drawn by chance");
  command->add_option("--seconds", words.seconds, "the end in any case");
  command->callback([&] {
    words.clients.limit = std::chrono::seconds(words.seconds);
    status = stay([&] { swarm::run_clients(words.clients); });
  });
}

}  // namespace

int main(int argc, char** argv) {
  Words words;
  int status = 0;
  CLI::App cli("A swarm of simulated agents around one real controller");
  cli.require_subcommand(1);
  add_prepare(cli, words, status);
  add_run(cli, words, status);
  add_people(cli, words, status);
  add_clients(cli, words, status);
  CLI11_PARSE(cli, argc, argv);
  return status;
}
