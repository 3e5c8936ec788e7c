// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "protocol/pki/openssl.hpp"

namespace slipway::fakes {

/// An Ed25519 key that signs releases.
class SigningKey {
 public:
  SigningKey() : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")) {}

  std::string public_pem() const {
    return pki::written([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key_.get()); });
  }
  std::string sign(std::string_view message) const {
    std::unique_ptr<EVP_MD_CTX, pki::Freer<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get());
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>(message.data()), message.size());
    return signature;
  }

 private:
  pki::PkeyPtr key_;
};

}  // namespace slipway::fakes
