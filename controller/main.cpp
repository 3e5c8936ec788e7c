// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "controller/commands.hpp"
#include "protocol/base/version.hpp"

namespace {

constexpr char kDefaultState[] = "/var/lib/slipway";

/// What the command line said.
struct Arguments {
  std::string state = kDefaultState;
  std::string config;
  std::string listen;
  std::string image;
  std::string name;
  std::vector<std::string> command;
  bool follow = false;
};

int fail(const slipway::base::Error& error) {
  std::fprintf(stderr, "slipway-controller: %s\n", error.message.c_str());
  return 2;
}

/// The configuration file with what the command line says on top.
int serve(const Arguments& arguments) {
  slipway::config::Config config;
  if (!arguments.config.empty()) {
    auto loaded = slipway::config::load_config(arguments.config);
    if (!loaded) return fail(loaded.error());
    config = std::move(*loaded);
  }
  if (!arguments.listen.empty()) {
    auto listen = slipway::config::parse_listen(arguments.listen);
    if (!listen) return fail(listen.error());
    config.listen = *listen;
  }
  if (!arguments.image.empty()) config.cloud.image = arguments.image;
  return slipway::controller::serve(config, arguments.state);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace slipway::controller;
  Arguments arguments;
  int status = 0;
  CLI::App cli("Slipway's controller: Kubernetes clusters on a private cloud");
  cli.require_subcommand(1);
  auto add = [&](CLI::App* parent, const char* name, const char* what, auto run) {
    auto* command = parent->add_subcommand(name, what);
    command->callback([&status, run] { status = run(); });
    return command;
  };
  auto with_state = [&](CLI::App* command) {
    command->add_option("--state", arguments.state, "state directory")->capture_default_str();
    return command;
  };
  auto with_name = [&](CLI::App* command, const char* what) {
    with_state(command)->add_option("name", arguments.name, what)->required();
    return command;
  };

  auto* run =
      with_state(add(&cli, "serve", "run the controller", [&] { return serve(arguments); }));
  run->add_option("--config", arguments.config, "configuration file (YAML)");
  run->add_option("--listen", arguments.listen, "public address, as 127.0.0.1:8443");
  run->add_option("--image", arguments.image, "directory of the node image");

  auto* machine =
      cli.add_subcommand("machine", "machines of the local cloud, for people who debug");
  machine->require_subcommand(1);
  with_state(add(machine, "list", "show them", [&] { return list_machines(arguments.state); }));
  auto* shell = add(machine, "shell", "a root shell in one, or a command after --", [&] {
    return machine_shell(arguments.state, arguments.name, arguments.command);
  });
  with_name(shell, "machine")->add_option("command", arguments.command, "instead of a shell");
  auto* console = add(machine, "console", "what one printed at its console", [&] {
    return machine_console(arguments.state, arguments.name, arguments.follow);
  });
  with_name(console, "machine")->add_flag("-f,--follow", arguments.follow, "go on");
  with_state(add(machine, "purge", "remove all that a stopped controller's machines left",
                 [&] { return purge_machines(arguments.state); }));

  auto* user = cli.add_subcommand("user", "users");
  user->require_subcommand(1);
  with_name(add(user, "reset-password", "set a generated password and print it",
                [&] { return reset_password(arguments.state, arguments.name); }),
            "user");
  with_state(add(user, "list", "show them", [&] { return list_users(arguments.state); }));

  auto* audit = cli.add_subcommand("audit", "what was done");
  audit->require_subcommand(1);
  with_state(add(audit, "verify", "check the log's chain, and the heads exported each minute",
                 [&] { return verify_audit(arguments.state); }));
  add(&cli, "version", "print the version", [] {
    std::printf("slipway-controller %s\n", slipway::base::version());
    return 0;
  });
  CLI11_PARSE(cli, argc, argv);
  return status;
}
