// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <fstream>

#include "protocol/pki/openssl.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::pki {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

using DigestPtr = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
constexpr std::size_t kPieceBytes = 64 << 10;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::vector<PkeyPtr> ed25519_keys_of(std::string_view pem) {
  std::vector<PkeyPtr> keys;
  BioPtr bio = bio_of(pem);
  while (EVP_PKEY* one = PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr)) {
    PkeyPtr key(one);
    if (EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519) keys.push_back(std::move(key));
  }
  ERR_clear_error();
  return keys;
}

bool made_by(EVP_PKEY* key, std::string_view message, std::string_view signature) {
  DigestPtr context(EVP_MD_CTX_new());
  must(context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1,
       "check a signature");
  const bool good = EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                     bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace

Result<> check_ed25519(std::string_view keys_pem, std::string_view message,
                       std::string_view signature) {
  const auto keys = ed25519_keys_of(keys_pem);
  if (keys.empty()) return fail(ErrorCode::kInvalid, "no Ed25519 public key", "keys");
  for (const auto& key : keys) {
    if (made_by(key.get(), message, signature)) return {};
  }
  return fail(ErrorCode::kDenied, "the signature is by none of the keys", "signature");
}

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::kNotFound, "cannot read " + path.string());
  DigestPtr context(EVP_MD_CTX_new());
  must(context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1, "begin a digest");
  std::string piece(kPieceBytes, '\0');
  do {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<std::size_t>(file.gcount());
    must(EVP_DigestUpdate(context.get(), piece.data(), got) == 1, "go on with a digest");
  } while (file);
  if (!file.eof()) return fail(ErrorCode::kInternal, "cannot read all of " + path.string());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  must(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1, "end a digest");
  return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace slipway::pki
