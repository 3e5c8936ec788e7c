// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/containers/container_runtime.hpp"
#include "protocol/base/wakeup.hpp"

namespace slipway::fakes {

/// A container runtime in memory: it records what it is asked and plays the shim at the fifos.
class FakeContainerRuntime : public containers::ContainerRuntime {
 public:
  explicit FakeContainerRuntime(boost::asio::any_io_executor executor) : changed_(executor) {}

  std::map<std::string, containers::Container> containers;  ///< by "namespace/pod/container"
  std::vector<std::string> programs;                        ///< that start; empty: all
  std::vector<std::string> calls;  ///< "create id", "start", "resize 80x24", "kill" …
  std::vector<containers::ExecSpec> specs;
  std::function<base::Task<>()> resizing;  ///< what happens before a resize is done; may be empty

  /// A process that runs: what it prints and when it ends is the test's to say.
  struct Process {
    int input = -1;
    int output = -1;
    int errors = -1;
    std::optional<int> code;
    void print(const std::string& text) const { (void)!::write(output, text.data(), text.size()); }
    void complain(const std::string& text) const {
      (void)!::write(errors, text.data(), text.size());
    }
    std::string read() const {
      char buffer[4096];
      const auto count = ::read(input, buffer, sizeof buffer);
      return count > 0 ? std::string(buffer, static_cast<std::size_t>(count)) : std::string{};
    }
  };
  std::map<std::string, Process> processes;  ///< by exec id

  /// The only process that runs, once it does.
  base::Task<std::string> started() {
    while (processes.empty()) co_await changed_.wait();
    co_return processes.begin()->first;
  }
  void end(const std::string& id, int code) {
    auto& process = processes.at(id);
    for (int* fd : {&process.input, &process.output, &process.errors}) {
      if (*fd >= 0) ::close(std::exchange(*fd, -1));
    }
    process.code = code;
    changed_.notify();
  }
  /// Waits until `call` was recorded.
  base::Task<> called(std::string call) {
    while (std::ranges::find(calls, call) == calls.end()) co_await changed_.wait();
  }

  base::Task<base::Result<containers::Container>> find(containers::ContainerName name) override {
    note("find");
    if (auto valid = containers::check(name); !valid) co_return base::fail(valid);
    const auto found = containers.find(name.pod_namespace + "/" + name.pod + "/" + name.container);
    if (found == containers.end()) {
      co_return base::fail(base::ErrorCode::kNotFound, "no such container");
    }
    co_return found->second;
  }
  base::Task<base::Result<>> create(containers::ExecSpec spec) override {
    note("create");
    specs.push_back(std::move(spec));
    co_return base::Result<>{};
  }
  base::Task<base::Result<std::uint32_t>> start(containers::ExecId id) override {
    note("start");
    const auto& spec = specs.back();
    bool there = programs.empty();
    for (const auto& program : programs) {
      there |= spec.process.find("[\"" + program + "\"") != std::string::npos;
    }
    if (!there) co_return base::fail(base::ErrorCode::kNotFound, "no such file or directory");
    Process process;
    process.input = ::open(spec.stdin_path.c_str(), O_RDONLY | O_NONBLOCK);
    process.output = ::open(spec.stdout_path.c_str(), O_WRONLY | O_NONBLOCK);
    if (!spec.stderr_path.empty()) {
      process.errors = ::open(spec.stderr_path.c_str(), O_WRONLY | O_NONBLOCK);
    }
    processes[id.exec_id] = process;
    changed_.notify();
    co_return 42U;
  }
  base::Task<base::Result<>> resize(containers::ExecId, std::uint32_t columns,
                                    std::uint32_t rows) override {
    note("resize " + std::to_string(columns) + "x" + std::to_string(rows));
    if (resizing) co_await resizing();
    co_return base::Result<>{};
  }
  base::Task<base::Result<>> close_stdin(containers::ExecId) override {
    note("close_stdin");
    co_return base::Result<>{};
  }
  base::Task<base::Result<int>> wait(containers::ExecId id) override {
    while (!processes.at(id.exec_id).code) {
      co_await changed_.wait();
      const auto state = co_await boost::asio::this_coro::cancellation_state;
      if (state.cancelled() != boost::asio::cancellation_type::none) {
        co_return base::fail(base::ErrorCode::kUnavailable, "cancelled");
      }
    }
    co_return *processes.at(id.exec_id).code;
  }
  base::Task<base::Result<>> kill(containers::ExecId id) override {
    note("kill");
    if (processes.contains(id.exec_id)) end(id.exec_id, 137);
    co_return base::Result<>{};
  }
  base::Task<base::Result<>> remove(containers::ExecId) override {
    note("remove");
    co_return base::Result<>{};
  }

 private:
  void note(std::string call) {
    calls.push_back(std::move(call));
    changed_.notify();
  }
  base::Wakeup changed_;
};

}  // namespace slipway::fakes
