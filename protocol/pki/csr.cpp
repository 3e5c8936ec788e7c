// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "protocol/pki/openssl.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::pki {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kCsrLimitBytes = 16 << 10;

bool is_p256(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return false;
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return false;
  const std::string_view group(name.data(), size);
  return group == "prime256v1" || group == "P-256";
}

std::unexpected<base::Error> bad(std::string message) {
  ERR_clear_error();
  return fail(ErrorCode::kInvalid, std::move(message), "csr");
}

}  // namespace

Result<std::string> make_csr(std::string_view key_pem, std::string_view common_name) {
  PkeyPtr key = private_key_of(key_pem);
  if (!key) return fail(ErrorCode::kInvalid, "not a private key in PEM", "key");
  X509ReqPtr csr(X509_REQ_new());
  must(csr && X509_REQ_set_version(csr.get(), X509_REQ_VERSION_1) == 1, "make a request");
  if (X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(csr.get()), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(common_name.data()),
                                 static_cast<int>(common_name.size()), -1, 0) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::kInvalid, "a common name has 1 to 64 bytes of UTF-8", "common_name");
  }
  must(X509_REQ_set_pubkey(csr.get(), key.get()) == 1 &&
           X509_REQ_sign(csr.get(), key.get(), EVP_sha256()) > 0,
       "sign a request");
  return written([&](BIO* bio) { return PEM_write_bio_X509_REQ(bio, csr.get()); });
}

Result<Csr> parse_csr(std::string_view csr_pem) {
  if (csr_pem.size() > kCsrLimitBytes) return bad("the request is over 16 KiB");
  if (csr_pem.empty()) return bad("the request is empty");
  BioPtr bio = bio_of(csr_pem);
  X509ReqPtr csr(PEM_read_bio_X509_REQ(bio.get(), nullptr, no_password, nullptr));
  if (!csr) return bad("not a certificate request (PKCS#10) in PEM");
  EVP_PKEY* key = X509_REQ_get0_pubkey(csr.get());
  if (!key) return bad("the request holds no readable public key");
  if (!is_p256(key)) return bad("the request's key is not ECDSA P-256");
  if (X509_REQ_verify(csr.get(), key) != 1) {
    return bad("the request's signature is not that of its key");
  }
  return Csr{public_key_sha256(key)};
}

}  // namespace slipway::pki
