// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/base/clock.hpp"
#include "protocol/base/descriptor.hpp"
#include "protocol/base/result.hpp"

namespace slipway::recordings {

/// Who had a shell where, and why.
struct Subject {
  std::string user;
  std::string from;  ///< address
  std::string cluster;
  std::string node;
  std::string reason;
};

struct TerminalExtent {
  std::uint32_t columns = 80;
  std::uint32_t rows = 24;
};

/// One session's file while it is written: asciicast v2,
/// https://docs.asciinema.org/manual/asciicast/v2
class Recording {
 public:
  /// Makes the file, 0600. `ended` is called at the end of its life.
  static base::Result<std::unique_ptr<Recording>> begin(
      std::filesystem::path file, std::string id, const Subject& subject, TerminalExtent extent,
      const base::Clock& clock, std::uint64_t most_bytes, std::function<void()> ended);
  ~Recording();
  Recording(const Recording&) = delete;

  const std::string& id() const { return id_; }
  /// What the terminal shows. An error (kExhausted at `most_bytes`, or the disk's) means that
  /// it is not recorded: it must not be shown.
  base::Result<> output(std::string_view bytes);
  base::Result<> resize(TerminalExtent extent);

 private:
  Recording(std::filesystem::path path, std::string id, const base::Clock& clock,
            std::uint64_t most_bytes)
      : path_(std::move(path)),
        id_(std::move(id)),
        clock_(clock),
        begun_(clock.monotonic()),
        left_(most_bytes) {}
  base::Result<> event(std::string_view kind, std::string_view data);
  base::Result<> line(const std::string& text);

  std::filesystem::path path_;
  std::string id_;
  const base::Clock& clock_;
  base::MonotonicTime begun_;
  base::Descriptor file_;
  std::function<void()> ended_;
  std::string begun_character_;  // bytes of a character whose rest has not come
  std::uint64_t left_;           // bytes that may still be written
};

}  // namespace slipway::recordings
