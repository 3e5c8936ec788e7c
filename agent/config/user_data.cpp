// SPDX-License-Identifier: Apache-2.0
#include "agent/config/user_data.hpp"

#include <algorithm>
#include <charconv>

#include "agent/config/section.hpp"
#include "protocol/base/files.hpp"
#include "protocol/base/letter_case.hpp"

namespace slipway::config {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kHeader = "#cloud-config";
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kMaxPins = 2;
constexpr std::string_view kScheme = "https://";

bool is_hex64(std::string_view text) {
  return text.size() == kHexDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

bool is_host(std::string_view host, bool bracketed) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || (bracketed && c == ':');
  });
}

/// "https://host:port" or "https://[v6]:port", with nothing after it.
bool parse_controller(std::string_view url, UserData& into) {
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  const std::size_t colon = url.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view host = url.substr(0, colon);
  const std::string_view port = url.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!is_host(host, bracketed)) return false;
  const auto end = port.data() + port.size();
  const auto parsed = std::from_chars(port.data(), end, into.controller_port);
  if (parsed.ec != std::errc() || parsed.ptr != end || into.controller_port == 0) return false;
  into.controller_host = std::string(host);
  return true;
}

/// One digest, or a list of two while the controller's CA is changed.
Result<std::vector<std::string>> pins_of(const Section& own) {
  std::vector<std::string> pins;
  if (auto one = own.text("ca_sha256")) {
    pins = {*one};
  } else {
    auto several = own.list("ca_sha256");
    if (!several) return fail(one);
    pins = std::move(*several);
  }
  if (pins.empty() || pins.size() > kMaxPins || !std::ranges::all_of(pins, is_hex64)) {
    return own.bad("ca_sha256",
                   "is not 64 hex digits, the SHA-256 of the controller's CA (or a list of two)");
  }
  for (std::string& pin : pins) pin = base::lower_case(pin);
  return pins;
}

}  // namespace

Result<UserData> parse_user_data(std::string_view text, const std::string& source) {
  const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
  if (first != kHeader) {
    return fail(ErrorCode::kInvalid,
                source + ", line 1, column 1: the first line is not `#cloud-config`");
  }
  auto document = load_document(text, source);
  if (!document) return fail(document);
  auto top = Section::open(*document, "", source);
  if (!top) return fail(top);
  // Other top-level keys are cloud-init's own and none of ours.
  auto own = top->section("slipway");
  if (!own) return fail(own);
  auto version = own->number("version");
  if (!version) return fail(version);
  if (*version != kVersion) {
    return own->bad("version", "is not 1; this agent knows no other: use a newer node image");
  }
  if (auto known = own->only({"version", "controller", "ca_sha256", "token"}); !known) {
    return fail(known);
  }
  auto controller = own->text("controller");
  if (!controller) return fail(controller);
  auto pins = pins_of(*own);
  if (!pins) return fail(pins);
  auto token = own->text("token");
  if (!token) return fail(token);
  UserData data;
  if (!parse_controller(*controller, data)) {
    return own->bad("controller", "is not a controller's address; write https://HOST:PORT");
  }
  if (!is_hex64(*token)) return own->bad("token", "is not 64 hex digits");
  data.ca_sha256 = std::move(*pins);
  data.token = *token;
  return data;
}

Result<UserData> read_seed(const std::vector<std::filesystem::path>& seed_dirs) {
  std::string looked_at;
  for (const std::filesystem::path& directory : seed_dirs) {
    const auto path = directory / "user-data";
    auto text = base::read_file(path, kDocumentLimitBytes + 1);
    if (text) return parse_user_data(*text, path.string());
    if (text.error().code != ErrorCode::kNotFound) return fail(text);
    looked_at += (looked_at.empty() ? "" : ", ") + path.string();
  }
  return fail(ErrorCode::kNotFound, "no user-data: looked for " + looked_at);
}

}  // namespace slipway::config
