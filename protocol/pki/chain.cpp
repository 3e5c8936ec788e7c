// SPDX-License-Identifier: Apache-2.0
#include <openssl/x509v3.h>

#include "protocol/pki/openssl.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::pki {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

std::string pem_of(X509* certificate) {
  return written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::unexpected<base::Error> bad_certificate(std::size_t index, const std::string& why) {
  return fail(ErrorCode::kInvalid, "certificate " + std::to_string(index + 1) + " " + why,
              "certificate");
}

Result<> check_dates(std::size_t index, X509* certificate, base::UtcTime now) {
  const auto facts = inspect(pem_of(certificate));
  if (!facts) return fail(facts);
  if (now < facts->not_before) {
    return bad_certificate(index, "is good only from " + base::to_rfc3339(facts->not_before));
  }
  if (now >= facts->not_after) {
    return bad_certificate(index, "has expired at " + base::to_rfc3339(facts->not_after));
  }
  return {};
}

bool signed_by(X509* certificate, X509* issuer) {
  EVP_PKEY* key = X509_get0_pubkey(issuer);
  const bool good = key && X509_verify(certificate, key) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace

std::vector<std::string> split_chain(std::string_view chain_pem) {
  std::vector<std::string> each;
  for (const X509Ptr& one : certificates_of(chain_pem)) each.push_back(pem_of(one.get()));
  return each;
}

Result<> check_server_chain(std::string_view chain_pem, std::string_view key_pem,
                            base::UtcTime now) {
  const auto chain = certificates_of(chain_pem);
  if (chain.empty()) return fail(ErrorCode::kInvalid, "no certificate in PEM", "certificate");
  const PkeyPtr key = private_key_of(key_pem);
  if (!key) return fail(ErrorCode::kInvalid, "not a private key in PEM without password", "key");
  const bool own = X509_check_private_key(chain[0].get(), key.get()) == 1;
  ERR_clear_error();
  if (!own) {
    return fail(ErrorCode::kInvalid,
                "the key is not that of the first certificate (the leaf comes first)", "key");
  }
  if (X509_check_purpose(chain[0].get(), X509_PURPOSE_SSL_SERVER, 0) != 1) {
    return bad_certificate(0, "is not made for servers");
  }
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if (auto good = check_dates(i, chain[i].get(), now); !good) return good;
    if (i + 1 < chain.size() && !signed_by(chain[i].get(), chain[i + 1].get())) {
      return bad_certificate(i, "is not signed by the next one: leaf first, then its issuer");
    }
  }
  return {};
}

std::string issuer_of(std::string_view certificate_pem, std::string_view bundle_pem) {
  const X509Ptr certificate = certificate_of(certificate_pem);
  if (!certificate) return {};
  for (const X509Ptr& one : certificates_of(bundle_pem)) {
    if (signed_by(certificate.get(), one.get())) return certificate_sha256(one.get());
  }
  return {};
}

}  // namespace slipway::pki
