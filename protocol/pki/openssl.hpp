// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// OpenSSL's objects as values with an owner; for the sources of this folder and TLS's alone.
namespace slipway::pki {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using X509ReqPtr = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;

/// For what only fails on a broken machine (no memory, no entropy): start-up or a bug.
inline void must(bool good, const char* what) {
  if (good) return;
  ERR_clear_error();
  throw std::runtime_error(std::string("OpenSSL failed to ") + what);
}

/// Never asks a terminal for the password of an encrypted PEM: there is none here.
inline int no_password(char*, int, int, void*) {
  return -1;
}

inline BioPtr bio_of(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// What a writer (PEM_write_bio_…) puts out.
template <class Write>
std::string written(Write write) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  must(bio && write(bio.get()) == 1, "write PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

/// All of a PEM's certificates, in order; the rest of it is passed over.
inline std::vector<X509Ptr> certificates_of(std::string_view pem) {
  std::vector<X509Ptr> certificates;
  BioPtr bio = bio_of(pem);
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)) {
    certificates.emplace_back(one);
  }
  ERR_clear_error();
  return certificates;
}

inline X509Ptr certificate_of(std::string_view pem) {
  BioPtr bio = bio_of(pem);
  X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  return certificate;
}

inline PkeyPtr private_key_of(std::string_view pem) {
  BioPtr bio = bio_of(pem);
  PkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  return key;
}

/// Lower-case hex SHA-256 of a key's SubjectPublicKeyInfo in DER.
std::string public_key_sha256(EVP_PKEY* key);
/// Lower-case hex SHA-256 of a certificate in DER.
std::string certificate_sha256(X509* certificate);
/// The subject's CN, empty without one.
std::string common_name_of(X509* certificate);
std::string to_hex(std::string_view bytes);

}  // namespace slipway::pki
