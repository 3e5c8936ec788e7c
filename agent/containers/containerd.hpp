// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <memory>

#include "agent/containers/container_runtime.hpp"

namespace slipway::containers {

/// containerd over gRPC on its unix socket, in the namespace `k8s.io` and no other. Calls run on
/// gRPC's threads and resume on the io thread; a cancelled task cancels its call.
class Containerd : public ContainerRuntime {
 public:
  /// Dials at the first call; containerd may start, stop and restart meanwhile.
  explicit Containerd(std::filesystem::path socket = "/run/containerd/containerd.sock");
  ~Containerd() override;

  base::Task<base::Result<Container>> find(ContainerName name) override;
  base::Task<base::Result<>> create(ExecSpec spec) override;
  base::Task<base::Result<std::uint32_t>> start(ExecId id) override;
  base::Task<base::Result<>> resize(ExecId id, std::uint32_t columns, std::uint32_t rows) override;
  base::Task<base::Result<>> close_stdin(ExecId id) override;
  base::Task<base::Result<int>> wait(ExecId id) override;
  base::Task<base::Result<>> kill(ExecId id) override;
  base::Task<base::Result<>> remove(ExecId id) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::containers
