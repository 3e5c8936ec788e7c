// SPDX-License-Identifier: Apache-2.0
// What people ask about machines without a controller: the files and the kernel know it.
#include "controller/cloud/local/local_cloud.hpp"
#include "controller/cloud/local/record.hpp"
#include "controller/cloud/local/runc.hpp"

namespace slipway::cloud::local {
using base::ErrorCode;
using base::fail;

base::Result<std::vector<ListedMachine>> list_machines(const std::filesystem::path& directory,
                                                       const std::string& installation) {
  Layout layout(directory, installation);
  if (auto ok = layout.check(); !ok) return fail(ok);
  std::vector<ListedMachine> list;
  for (const MachineRecord& record : load_machines(layout)) {
    std::string state = "stopped";
    if (record.phase == Phase::kMaking) state = "building";
    if (record.phase == Phase::kDeleting) state = "deleting";
    if (first_process(layout, record.id) != 0) state = "running";
    list.push_back({record.id.value, record.name, record.address, state,
                    files_of(layout, record.id).console()});
  }
  return list;
}

base::Result<std::vector<std::string>> exec_in_machine(const std::filesystem::path& directory,
                                                       const std::string& installation,
                                                       const std::string& name,
                                                       std::vector<std::string> argv,
                                                       bool terminal) {
  auto machines = list_machines(directory, installation);
  if (!machines) return fail(machines);
  for (const ListedMachine& machine : *machines) {
    if (machine.name != name && machine.id != name) continue;
    if (machine.state != "running") continue;  // names may come back, ids do not
    Layout layout(directory, installation);
    auto command = runc_command(layout, host_cgroups());
    command.push_back("exec");
    if (terminal) command.push_back("--tty");
    command.push_back(layout.machine(machine.id));
    command.insert(command.end(), argv.begin(), argv.end());
    return command;
  }
  return fail(ErrorCode::kNotFound, "no running machine is called " + name);
}

}  // namespace slipway::cloud::local
