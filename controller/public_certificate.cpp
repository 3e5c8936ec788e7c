// SPDX-License-Identifier: Apache-2.0
#include "controller/public_certificate.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/ip/address.hpp>

#include "controller/config/tls_files.hpp"
#include "protocol/base/log.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::controller {

namespace {

constexpr std::chrono::minutes kClockSlack{5};  ///< certificates are good a little earlier

std::string own_host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

bool is_address(const std::string& text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(text, error);
  return !error;
}

}  // namespace

PublicCertificate::PublicCertificate(const config::Config& config,
                                     const links::Authority& authority, const base::Clock& clock)
    : config_(config), authority_(authority), clock_(clock) {}

base::Result<std::optional<net::TlsServer>> PublicCertificate::look() {
  return config_.tls.given() ? read_own() : issue();
}

std::string PublicCertificate::roots_pem() const {
  return authority_.bundle_pem() + own_roots_pem_;
}

base::Result<std::optional<net::TlsServer>> PublicCertificate::read_own() {
  auto own = config::read_tls_files(config_.tls, clock_.utc());
  if (!own) return base::fail(own);
  if (own->sha256 == shown_) return std::nullopt;
  for (const auto& warning : own->warnings) spdlog::warn("public certificate: {}", warning);
  shown_ = own->sha256;
  own_roots_pem_ = own->roots_pem;
  spdlog::info("public certificate: {} is in force", config_.tls.certificate.string());
  return std::move(own->server);
}

base::Result<std::optional<net::TlsServer>> PublicCertificate::issue() {
  const auto& ca = authority_.public_issuer();
  const auto now = clock_.utc();
  const auto digest = pki::sha256_hex(ca.certificate_pem);
  if (digest == shown_ && now - issued_ < kPublicCertificateRenewal) return std::nullopt;
  pki::CertificateRequest request;
  request.common_name = "slipway-controller";
  request.usage = pki::Usage::kServer;
  request.dns_names = {"localhost", own_host_name()};
  request.ip_addresses = {"127.0.0.1", "::1"};
  auto names = config_.names;
  names.push_back(config_.listen.address);
  for (const auto& name : names) {
    (is_address(name) ? request.ip_addresses : request.dns_names).push_back(name);
  }
  request.not_before = now - kClockSlack;
  request.not_after = now + kPublicCertificateLife;
  auto leaf = pki::issue(ca, request);
  if (!leaf) return base::fail(leaf);
  shown_ = digest;
  issued_ = now;
  return net::TlsServer{.certificate_chain_pem = leaf->certificate_pem + ca.certificate_pem,
                        .key_pem = leaf->key_pem,
                        .client_ca_pem = {}};
}

}  // namespace slipway::controller
