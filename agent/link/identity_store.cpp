// SPDX-License-Identifier: Apache-2.0
#include "agent/link/identity_store.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "protocol/base/files.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::agent_link {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr int kSecretMode = 0600;
constexpr std::size_t kFileLimitBytes = 64 << 10;

Result<std::string> public_key_digest(const std::string& key_pem) {
  auto csr = pki::make_csr(key_pem, "node");
  if (!csr) return fail(csr);
  auto parsed = pki::parse_csr(*csr);
  if (!parsed) return fail(parsed);
  return parsed->public_key_sha256;
}

bool shares_one(const Pins& shown, const Pins& pinned) {
  return std::ranges::any_of(
      shown, [&](const auto& one) { return std::ranges::find(pinned, one) != pinned.end(); });
}

std::string joined(const Pins& pins) {
  std::string text;
  for (const auto& pin : pins) text += (text.empty() ? "" : ",") + pin;
  return text;
}

/// kInvalid: not one or two digests.
Result<Pins> pins_of(std::string_view text) {
  Pins pins;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    pins.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  const bool good = !pins.empty() && pins.size() <= kMaxPins &&
                    std::ranges::all_of(pins, [](const auto& pin) { return pin.size() == 64; });
  if (!good) return fail(ErrorCode::kInvalid, "not one or two digests");
  return pins;
}

/// The value of `key` in the flat lines that remember() writes.
std::string value_of(const std::string& text, const std::string& key) {
  const std::size_t begin = ("\n" + text).find("\n" + key + ": ");
  if (begin == std::string::npos) return {};
  const std::size_t from = begin + key.size() + 2;
  return text.substr(from, text.find('\n', from) - from);
}

}  // namespace

Pins digests_of(const std::string& ca_pem) {
  Pins pins;
  for (const auto& one : pki::split_chain(ca_pem)) {
    if (const auto facts = pki::inspect(one)) pins.push_back(facts->sha256);
  }
  return pins;
}

IdentityStore::IdentityStore(std::filesystem::path state_dir) : state_dir_(std::move(state_dir)) {}

Result<> IdentityStore::make_directory() const {
  std::error_code error;
  std::filesystem::create_directories(state_dir_.parent_path(), error);
  if (::mkdir(state_dir_.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(ErrorCode::kDenied,
              "cannot make " + state_dir_.string() + ": " + std::generic_category().message(errno));
}

Result<std::string> IdentityStore::key() {
  const auto path = state_dir_ / "node.key";
  auto kept = base::read_file(path, kFileLimitBytes);
  if (kept && public_key_digest(*kept)) return kept;
  if (!kept && kept.error().code != ErrorCode::kNotFound) return kept;
  if (auto made = make_directory(); !made) return fail(made);
  std::string key = pki::make_key();
  if (auto written = base::write_file(path, key, kSecretMode); !written) return fail(written);
  return key;
}

Result<Identity> IdentityStore::check(std::string key_pem, std::string certificate_pem,
                                      std::string ca_pem, const Pins& ca_sha256) const {
  auto own = pki::inspect(certificate_pem);
  if (!own) return fail(own);
  auto digest = public_key_digest(key_pem);
  if (!digest) return fail(digest);
  if (own->public_key_sha256 != *digest) {
    return fail(ErrorCode::kInvalid, "the certificate is not that of this machine's key");
  }
  if (!shares_one(digests_of(ca_pem), ca_sha256)) {
    return fail(ErrorCode::kInvalid, "the CA is not the one that is pinned");
  }
  if (digests_of(ca_pem).size() > kMaxPins) {
    return fail(ErrorCode::kInvalid, "more CAs than one and its successor");
  }
  if (own->common_name.empty()) return fail(ErrorCode::kInvalid, "the certificate has no name");
  return Identity{.key_pem = std::move(key_pem),
                  .certificate_pem = std::move(certificate_pem),
                  .ca_pem = std::move(ca_pem),
                  .machine_id = own->common_name,
                  .not_before = own->not_before,
                  .not_after = own->not_after};
}

Result<std::optional<Identity>> IdentityStore::load(const Pins& ca_sha256) {
  auto own_key = key();
  if (!own_key) return fail(own_key);
  auto certificate = base::read_file(state_dir_ / "node.crt", kFileLimitBytes);
  auto ca = base::read_file(state_dir_ / "ca.crt", kFileLimitBytes);
  if (!certificate || !ca) return std::nullopt;
  auto identity = check(*own_key, *certificate, *ca, ca_sha256);
  if (!identity) return std::nullopt;
  return *identity;
}

Result<Identity> IdentityStore::keep(const wire::EnrolResponse& response, const Pins& ca_sha256) {
  auto own_key = key();
  if (!own_key) return fail(own_key);
  auto identity = check(*own_key, response.certificate_pem(), response.ca_pem(), ca_sha256);
  if (!identity) return identity;
  if (pki::issuer_of(identity->certificate_pem, identity->ca_pem).empty()) {
    return fail(ErrorCode::kInvalid, "the certificate is by none of the CAs that came with it");
  }
  // The CA first: a certificate without its CA would not be read back.
  for (const auto& [name, content] : {std::pair{"ca.crt", &identity->ca_pem},
                                      std::pair{"node.crt", &identity->certificate_pem}}) {
    auto written = base::write_file(state_dir_ / name, *content, kSecretMode);
    if (!written) return fail(written);
  }
  return identity;
}

Result<Pins> IdentityStore::trust(const std::string& ca_pem, const Pins& ca_sha256) {
  Pins pins = digests_of(ca_pem);
  if (pins.empty() || pins.size() > kMaxPins || !shares_one(pins, ca_sha256)) {
    return fail(ErrorCode::kInvalid, "no CAs that follow from the one that is pinned", "ca");
  }
  const auto path = state_dir_ / "ca.crt";
  if (base::read_file(path, kFileLimitBytes).value_or("") == ca_pem) return pins;
  auto written = base::write_file(path, ca_pem, kSecretMode);
  if (!written) return fail(written);
  return pins;
}

Result<> IdentityStore::remember(const Controller& controller) {
  if (auto made = make_directory(); !made) return made;
  const std::string text = "host: " + controller.endpoint.host +
                           "\nport: " + std::to_string(controller.endpoint.port) +
                           "\nca_sha256: " + joined(controller.ca_sha256) +
                           "\nseed_ca_sha256: " + joined(controller.seed_ca_sha256) + "\n";
  const auto path = state_dir_ / "controller.yaml";
  if (base::read_file(path, kFileLimitBytes).value_or("") == text) return {};
  return base::write_file(path, text, kSecretMode);
}

Result<Controller> IdentityStore::remembered() const {
  const auto path = state_dir_ / "controller.yaml";
  auto text = base::read_file(path, kFileLimitBytes);
  if (!text) return fail(text);
  Controller controller;
  controller.endpoint.host = value_of(*text, "host");
  auto pins = pins_of(value_of(*text, "ca_sha256"));
  controller.seed_ca_sha256 = pins_of(value_of(*text, "seed_ca_sha256")).value_or(Pins{});
  const std::string port = value_of(*text, "port");
  std::from_chars(port.data(), port.data() + port.size(), controller.endpoint.port);
  if (controller.endpoint.host.empty() || controller.endpoint.port == 0 || !pins) {
    return fail(ErrorCode::kInvalid, path.string() + " is damaged; remove it");
  }
  controller.ca_sha256 = std::move(*pins);
  return controller;
}

}  // namespace slipway::agent_link
