// SPDX-License-Identifier: Apache-2.0
#include "cloud-init/user_data.hpp"

#include <algorithm>
#include <string_view>

namespace slipway::cloud_init {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kHexDigits = 64;
constexpr std::size_t kMaxPins = 2;
constexpr std::size_t kLabelLimit = 63;
constexpr std::size_t kHostLimit = 253;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_hex64(std::string_view text) {
  return text.size() == kHexDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_v6(std::string_view host) {
  return host.find(':') != std::string_view::npos;
}

bool is_host(std::string_view host) {
  const bool v6 = is_v6(host);
  return !host.empty() && host.size() <= kHostLimit && std::ranges::all_of(host, [&](char c) {
    return is_plain(c) || c == '.' || (v6 && c == ':');
  });
}

}  // namespace

Result<std::string> render(const UserData& data) {
  if (!is_host(data.controller_host)) {
    return fail(ErrorCode::kInvalid, "not a host name or address", "controller_host");
  }
  if (data.controller_port == 0) {
    return fail(ErrorCode::kInvalid, "a port is 1 to 65535", "controller_port");
  }
  const auto& pins = data.ca_sha256;
  if (pins.empty() || pins.size() > kMaxPins || !std::ranges::all_of(pins, is_hex64)) {
    return fail(ErrorCode::kInvalid, "not one or two times 64 lower-case hex digits", "ca_sha256");
  }
  if (!is_hex64(data.token)) {
    return fail(ErrorCode::kInvalid, "not 64 lower-case hex digits", "token");
  }
  const std::string host =
      is_v6(data.controller_host) ? "[" + data.controller_host + "]" : data.controller_host;
  return "#cloud-config\n"
         "slipway:\n"
         "  version: 1\n"
         "  controller: https://" +
         host + ":" + std::to_string(data.controller_port) +
         "\n"
         "  ca_sha256: " +
         (pins.size() == 1 ? pins[0] : "[" + pins[0] + ", " + pins[1] + "]") +
         "\n"
         "  token: " +
         data.token + "\n";
}

Result<std::string> render(const MetaData& data) {
  const auto is_label = [](std::string_view text) {
    return !text.empty() && text.size() <= kLabelLimit && std::ranges::all_of(text, is_plain);
  };
  if (!is_label(data.instance_id)) {
    return fail(ErrorCode::kInvalid, "not 1 to 63 letters, digits and -", "instance_id");
  }
  if (!is_label(data.local_hostname)) {
    return fail(ErrorCode::kInvalid, "not a DNS label", "local_hostname");
  }
  return "instance-id: " + data.instance_id + "\nlocal-hostname: " + data.local_hostname + "\n";
}

}  // namespace slipway::cloud_init
