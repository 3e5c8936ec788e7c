// SPDX-License-Identifier: Apache-2.0
#include <ctime>

#include "protocol/pki/openssl.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::pki {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

Result<base::UtcTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::kInvalid, "the certificate's validity is malformed", "certificate");
  }
  return base::UtcTime{std::chrono::seconds{timegm(&parts)}};
}

}  // namespace

std::string common_name_of(X509* certificate) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return {};
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (size < 0) return {};
  std::string name(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return name;
}

std::string serial_of(X509* certificate) {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial));
  return to_hex({bytes, static_cast<std::size_t>(ASN1_STRING_length(serial))});
}

std::string certificate_sha256(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  must(size > 0, "encode a certificate");
  const std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return sha256_hex(bytes);
}

Result<CertificateFacts> inspect(std::string_view certificate_pem) {
  X509Ptr certificate = certificate_of(certificate_pem);
  if (!certificate) {
    return fail(ErrorCode::kInvalid, "not a certificate in PEM", "certificate");
  }
  auto not_before = time_of(X509_get0_notBefore(certificate.get()));
  auto not_after = time_of(X509_get0_notAfter(certificate.get()));
  if (!not_before) return fail(not_before);
  if (!not_after) return fail(not_after);
  EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  if (!key) return fail(ErrorCode::kInvalid, "the certificate has no readable key", "certificate");
  return CertificateFacts{.serial = serial_of(certificate.get()),
                          .common_name = common_name_of(certificate.get()),
                          .not_before = *not_before,
                          .not_after = *not_after,
                          .sha256 = certificate_sha256(certificate.get()),
                          .public_key_sha256 = public_key_sha256(key)};
}

}  // namespace slipway::pki
