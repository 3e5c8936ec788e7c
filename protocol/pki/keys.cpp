// SPDX-License-Identifier: Apache-2.0
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include <array>

#include "protocol/pki/openssl.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::pki {

using base::ErrorCode;
using base::fail;
using base::Result;

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string random_hex(std::size_t count) {
  std::string bytes(count, '\0');
  must(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1,
       "draw random bytes");
  return to_hex(bytes);
}

std::string public_key_sha256(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  must(size > 0, "encode a public key");
  const std::string bytes(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return sha256_hex(bytes);
}

std::string make_key(KeyType type) {
  PkeyPtr key(type == KeyType::kEcdsaP256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048));
  must(key != nullptr, "make a key");
  return written([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Result<std::string> public_key_of(std::string_view key_pem) {
  PkeyPtr key = private_key_of(key_pem);
  if (!key) return fail(ErrorCode::kInvalid, "not a private key in PEM", "key");
  return written([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key.get()); });
}

}  // namespace slipway::pki
