// SPDX-License-Identifier: Apache-2.0
#include "agent/release/slots.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <cerrno>
#include <system_error>

#include "protocol/base/descriptor.hpp"
#include "protocol/base/files.hpp"

namespace slipway::agent_release {

namespace json = boost::json;
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr char kFile[] = "slots.json";
constexpr std::size_t kFileLimitBytes = 64 << 10;

json::object write_candidate(const Candidate& what) {
  return {{"sha256", what.sha256}, {"attempt", what.attempt}};
}

Candidate read_candidate(const json::object& from) {
  return {json::value_to<std::string>(from.at("sha256")),
          json::value_to<std::uint32_t>(from.at("attempt"))};
}

std::string write_slots(const Slots& slots) {
  json::object out{{"current", slots.current}};
  if (slots.trial) {
    auto trial = write_candidate(slots.trial->what);
    trial["starts"] = slots.trial->starts;
    out["trial"] = std::move(trial);
  }
  if (slots.failure) {
    auto failure = write_candidate(slots.failure->what);
    failure["why"] = slots.failure->why;
    out["failure"] = std::move(failure);
  }
  return json::serialize(out) + "\n";
}

Slots read_slots(const std::string& text) {
  const json::value whole = json::parse(text);
  const auto& in = whole.as_object();
  Slots slots{.current = json::value_to<std::string>(in.at("current")),
              .trial = std::nullopt,
              .failure = std::nullopt};
  if (const auto* trial = in.if_contains("trial")) {
    const auto& from = trial->as_object();
    slots.trial = {read_candidate(from), json::value_to<unsigned>(from.at("starts"))};
  }
  if (const auto* failure = in.if_contains("failure")) {
    const auto& from = failure->as_object();
    slots.failure = {read_candidate(from), json::value_to<std::string>(from.at("why"))};
  }
  return slots;
}

}  // namespace

void Slots::give_up(std::string why) {
  if (!trial) return;
  failure = Failure{trial->what, std::move(why)};
  trial.reset();
}

Slots SlotStore::read() const {
  const auto text = base::read_file(directory_ / kFile, kFileLimitBytes);
  if (!text) return {};
  try {
    return read_slots(*text);
  } catch (const std::exception&) {
    return {};
  }
}

Result<> SlotStore::make_directory() const {
  std::error_code error;
  std::filesystem::create_directories(directory_.parent_path(), error);
  if (::mkdir(directory_.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(ErrorCode::kInternal,
              "cannot make " + directory_.string() + ": " + std::generic_category().message(errno));
}

Result<Slots> SlotStore::update(const std::function<void(Slots&)>& change) {
  if (auto made = make_directory(); !made) return fail(made);
  const base::Descriptor lock(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0) {
    return fail(ErrorCode::kInternal, "cannot lock " + directory_.string() + ": " +
                                          std::generic_category().message(errno));
  }
  Slots slots = read();
  change(slots);
  auto written = base::write_file(directory_ / kFile, write_slots(slots), 0600);
  if (!written) return fail(written);
  return slots;
}

void SlotStore::sweep() {
  const Slots slots = read();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
    const std::string name = entry.path().filename().string();
    const bool kept =
        name == kFile || name == slots.current || (slots.trial && name == slots.trial->what.sha256);
    if (!kept) std::filesystem::remove(entry.path(), error);
  }
}

}  // namespace slipway::agent_release
