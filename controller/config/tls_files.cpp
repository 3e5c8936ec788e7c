// SPDX-License-Identifier: Apache-2.0
#include "controller/config/tls_files.hpp"

#include <sys/stat.h>

#include "protocol/base/files.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::config {

namespace {

using base::ErrorCode;

constexpr std::size_t kMaxPemBytes = 256 << 10;
constexpr std::chrono::hours kSoon{24 * 14};
constexpr mode_t kOthers = 077;

std::unexpected<base::Error> in_file(const std::filesystem::path& file, const base::Error& why) {
  return base::fail(why.code, file.string() + ": " + why.message, why.field);
}

bool open_to_others(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && (status.st_mode & kOthers) != 0;
}

}  // namespace

base::Result<OwnTls> read_tls_files(const TlsConfig& tls, base::UtcTime now) {
  auto chain = base::read_file(tls.certificate, kMaxPemBytes);
  if (!chain) return in_file(tls.certificate, chain.error());
  auto key = base::read_file(tls.key, kMaxPemBytes);
  if (!key) return in_file(tls.key, key.error());
  if (auto good = pki::check_server_chain(*chain, *key, now); !good) {
    return in_file(good.error().field == "key" ? tls.key : tls.certificate, good.error());
  }
  OwnTls own;
  own.roots_pem = pki::split_chain(*chain).back();
  if (!tls.ca.empty()) {
    auto roots = base::read_file(tls.ca, kMaxPemBytes);
    if (!roots) return in_file(tls.ca, roots.error());
    const auto each = pki::split_chain(*roots);
    if (each.empty()) {
      return in_file(tls.ca, {ErrorCode::kInvalid, "no certificate in PEM", "ca"});
    }
    own.roots_pem.clear();
    for (const auto& one : each) own.roots_pem += one;
  }
  own.sha256 = pki::sha256_hex(*chain + *key + own.roots_pem);
  if (open_to_others(tls.key)) {
    own.warnings.push_back(tls.key.string() + " can be read by others: chmod 0600");
  }
  if (const auto leaf = pki::inspect(*chain); leaf && leaf->not_after - now < kSoon) {
    own.warnings.push_back(tls.certificate.string() + " ends at " +
                           base::to_rfc3339(leaf->not_after));
  }
  own.server = {
      .certificate_chain_pem = std::move(*chain), .key_pem = std::move(*key), .client_ca_pem = {}};
  return own;
}

}  // namespace slipway::config
