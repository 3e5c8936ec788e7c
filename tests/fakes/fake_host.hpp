// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/bootstrap/host.hpp"
#include "tests/fakes/manual_clock.hpp"

namespace slipway::fakes {

/// One that is set by its machine, which moves no monotonic clock.
class SetClock : public ManualClock {
 public:
  base::UtcTime utc() const override { return ManualClock::utc() + set_by_; }
  void set(base::UtcTime to) { set_by_ += to - utc(); }

 private:
  base::UtcTime::duration set_by_{};
};

/// A machine in memory that records what is done to it. Programs end with 0 and say nothing unless
/// a test says otherwise; files are those that were written; nobody answers HTTP.
class FakeHost : public bootstrap::Host {
 public:
  struct File {
    std::string content;
    int mode = 0644;
    std::string owner;
    bool operator==(const File&) const = default;
  };

  // What a test sets.
  /// The longest `prefix` of the command line (words joined by one space) decides.
  void program(std::string prefix, int code, std::string output = {});
  void program(std::string prefix, std::function<base::Exit(const std::string& line)> run);
  void missing_program(const std::string& name) { missing_.push_back(name); }
  void file(const std::string& path, std::string content) { files[path] = {std::move(content)}; }
  void refuse_set(const std::string& path) { refused_.push_back(path); }
  std::function<base::Result<bootstrap::Answer>(const bootstrap::Call&)> on_call;
  std::function<void()> on_sleep;  ///< after the clock has moved on
  bool may_set_clock = true;
  std::map<std::string, bootstrap::Space> spaces;  ///< by mount point; elsewhere there is plenty

  // What a test reads.
  std::map<std::string, File> files;
  std::map<std::string, File> directories;
  std::vector<std::string> commands;  ///< command lines in order
  std::vector<std::string> changes;   ///< "write PATH", "set PATH=VALUE", "remove PATH", "clock"
  std::vector<bootstrap::Call> calls;
  SetClock time;

  bool ran(std::string_view prefix) const;
  void forget();  ///< commands, changes and calls so far

  base::Task<base::Result<base::Exit>> run(base::Command command) override;
  base::Task<base::Result<bootstrap::Answer>> call(bootstrap::Call call) override;
  base::Task<> sleep(base::Duration duration) override;
  base::Result<std::string> read(const std::filesystem::path& path) override;
  base::Result<std::string> read_head(const std::filesystem::path& path,
                                      std::size_t bytes) override;
  bool exists(const std::filesystem::path& path) override;
  base::Result<bootstrap::Space> space(const std::filesystem::path& path) override;
  std::vector<std::string> list(const std::filesystem::path& directory) override;
  base::Result<> write(const std::filesystem::path& path, std::string content, int mode,
                       std::string owner) override;
  base::Result<> set(const std::filesystem::path& path, std::string_view value) override;
  base::Result<> make_directory(const std::filesystem::path& path, int mode,
                                std::string owner) override;
  base::Result<> remove(const std::filesystem::path& path) override;
  base::Result<> set_clock(base::UtcTime time) override;
  const base::Clock& clock() const override { return time; }

 private:
  std::map<std::string, std::function<base::Exit(const std::string&)>> programs_;
  std::vector<std::string> missing_;
  std::vector<std::string> refused_;
};

}  // namespace slipway::fakes
