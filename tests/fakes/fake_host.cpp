// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_host.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace slipway::fakes {

using base::ErrorCode;

void FakeHost::program(std::string prefix, int code, std::string output) {
  program(std::move(prefix),
          [code, output](const std::string&) { return base::Exit{code, output}; });
}

void FakeHost::program(std::string prefix, std::function<base::Exit(const std::string&)> run) {
  programs_[std::move(prefix)] = std::move(run);
}

bool FakeHost::ran(std::string_view prefix) const {
  return std::ranges::any_of(commands, [&](const auto& line) { return line.starts_with(prefix); });
}

void FakeHost::forget() {
  commands.clear();
  changes.clear();
  calls.clear();
}

base::Task<base::Result<base::Exit>> FakeHost::run(base::Command command) {
  std::string line;
  for (const auto& word : command.argv) line += (line.empty() ? "" : " ") + word;
  if (!command.input.empty()) line += " < " + command.input;
  commands.push_back(line);
  if (std::ranges::find(missing_, command.argv.front()) != missing_.end())
    co_return base::fail(ErrorCode::kNotFound, "no such program: " + command.argv.front());
  base::Exit exit;
  const std::function<base::Exit(const std::string&)>* best = nullptr;
  std::size_t length = 0;
  for (const auto& [prefix, run] : programs_) {
    if (!line.starts_with(prefix) || prefix.size() < length) continue;
    best = &run;
    length = prefix.size();
  }
  if (best) exit = (*best)(line);
  if (command.on_line && !exit.output.empty()) command.on_line(exit.output);
  co_return exit;
}

base::Task<base::Result<bootstrap::Answer>> FakeHost::call(bootstrap::Call call) {
  calls.push_back(call);
  if (on_call) co_return on_call(call);
  co_return base::fail(ErrorCode::kUnavailable, "connection refused");
}

base::Task<> FakeHost::sleep(base::Duration duration) {
  time.advance(std::chrono::ceil<std::chrono::milliseconds>(duration));
  if (on_sleep) on_sleep();
  const auto executor = co_await base::asio::this_coro::executor;
  co_await base::asio::post(executor, base::asio::use_awaitable);
}

base::Result<std::string> FakeHost::read(const std::filesystem::path& path) {
  const auto found = files.find(path.string());
  if (found == files.end()) return base::fail(ErrorCode::kNotFound, "no file " + path.string());
  return found->second.content;
}

base::Result<std::string> FakeHost::read_head(const std::filesystem::path& path,
                                              std::size_t bytes) {
  auto content = read(path);
  if (!content) return content;
  return content->substr(0, bytes);
}

bool FakeHost::exists(const std::filesystem::path& path) {
  return files.contains(path.string()) || directories.contains(path.string());
}

base::Result<bootstrap::Space> FakeHost::space(const std::filesystem::path& path) {
  const auto found = spaces.find(path.string());
  return found == spaces.end() ? bootstrap::Space{1ULL << 40, 1ULL << 40} : found->second;
}

std::vector<std::string> FakeHost::list(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  const auto prefix = directory.string() + "/";
  for (const auto& [path, file] : files) {
    if (!path.starts_with(prefix)) continue;
    const auto name = path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size());
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

base::Result<> FakeHost::write(const std::filesystem::path& path, std::string content, int mode,
                               std::string owner) {
  files[path.string()] = {std::move(content), mode, std::move(owner)};
  changes.push_back("write " + path.string());
  return {};
}

base::Result<> FakeHost::set(const std::filesystem::path& path, std::string_view value) {
  if (std::ranges::find(refused_, path.string()) != refused_.end())
    return base::fail(ErrorCode::kDenied, "Read-only file system");
  files[path.string()].content = value;
  changes.push_back("set " + path.string() + "=" + std::string(value));
  return {};
}

base::Result<> FakeHost::make_directory(const std::filesystem::path& path, int mode,
                                        std::string owner) {
  directories[path.string()] = {"", mode, std::move(owner)};
  return {};
}

base::Result<> FakeHost::remove(const std::filesystem::path& path) {
  const auto prefix = path.string() + "/";
  const auto count = std::erase_if(files, [&](const auto& entry) {
    return entry.first == path.string() || entry.first.starts_with(prefix);
  });
  if (count > 0) changes.push_back("remove " + path.string());
  return {};
}

base::Result<> FakeHost::set_clock(base::UtcTime to) {
  if (!may_set_clock) return base::fail(ErrorCode::kDenied, "Operation not permitted");
  time.set(to);
  changes.push_back("clock");
  return {};
}

}  // namespace slipway::fakes
