// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "controller/cloud/cloud.hpp"
#include "controller/cloud/local/record.hpp"

namespace slipway::cloud::local {

/// The sizes that local machines come in.
const std::vector<Flavor>& local_flavors();

/// Checks a spec and turns it into a record without image and address: flavor to numbers, volumes
/// to devices in order, with a system disk in front when the spec names none. kInvalid with the
/// field that is wrong.
base::Result<MachineRecord> record_of(const MachineSpec& spec);

/// What callers see of a record; `state` is not in it.
Machine machine_of(const MachineRecord& record, const Layout& layout, MachineState state);

}  // namespace slipway::cloud::local
