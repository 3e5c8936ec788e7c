// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "protocol/base/task.hpp"

namespace slipway::terminal {

using Descriptor = base::asio::posix::stream_descriptor;

/// The fifos of one attempt to start one process, in a directory of their own that goes with them:
/// a failed attempt can never write into another's stream.
class Fifos {
 public:
  /// Makes and opens them. `with_stderr` is false for terminals.
  static base::Result<Fifos> make(base::asio::any_io_executor executor,
                                  const std::filesystem::path& run_dir, const std::string& name,
                                  bool with_stderr);
  ~Fifos();
  Fifos(Fifos&&) noexcept = default;
  Fifos& operator=(Fifos&&) = delete;

  std::string stdin_path() const { return (dir_.path / "stdin").string(); }
  std::string stdout_path() const { return (dir_.path / "stdout").string(); }
  std::string stderr_path() const;

  Descriptor& input() { return *input_; }
  Descriptor& output() { return *output_; }
  bool has_errors() const { return errors_.has_value(); }
  Descriptor& errors() { return *errors_; }

  /// The process has its ends now: from here on its end is the end of the outputs.
  void started();

 private:
  /// Removed with everything in it, by whoever holds it last.
  struct Directory {
    std::filesystem::path path;
    explicit Directory(std::filesystem::path at) : path(std::move(at)) {}
    Directory(Directory&& other) noexcept : path(std::exchange(other.path, {})) {}
    ~Directory();
  };
  explicit Fifos(Directory dir) : dir_(std::move(dir)) {}

  Directory dir_;
  std::optional<Descriptor> input_;
  std::optional<Descriptor> output_;
  std::optional<Descriptor> errors_;
  std::optional<Descriptor>
      held_output_;  // writers, so that the outputs do not end before the start
  std::optional<Descriptor> held_errors_;
};

}  // namespace slipway::terminal
