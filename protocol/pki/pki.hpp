// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/clock.hpp"
#include "protocol/base/result.hpp"

namespace slipway::pki {

/// A certificate with its private key, both PEM. The key is a secret: sealed or 0600, never logged.
struct KeyPair {
  std::string certificate_pem;
  std::string key_pem;
};

enum class Usage {
  kServer,  ///< TLS server
  kClient,  ///< TLS client
  kBoth,    ///< both: links, etcd members
};

enum class KeyType {
  kEcdsaP256,  ///< ours
  kRsa2048,    ///< where Kubernetes components expect it (sa.key)
};

struct CertificateRequest {
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  Usage usage = Usage::kBoth;
  base::UtcTime not_before;
  base::UtcTime not_after;
};

/// A new private key, PKCS#8 PEM.
std::string make_key(KeyType type = KeyType::kEcdsaP256);
/// The public key of a private one, PKIX PEM (sa.pub).
base::Result<std::string> public_key_of(std::string_view key_pem);
/// A self-signed CA.
KeyPair make_ca(std::string_view common_name, base::UtcTime not_before, base::UtcTime not_after);
/// A key and a leaf certificate signed by `ca`.
base::Result<KeyPair> issue(const KeyPair& ca, const CertificateRequest& request);
/// A CSR (PKCS#10) for a key.
base::Result<std::string> make_csr(std::string_view key_pem, std::string_view common_name);

/// What an untrusted CSR holds: its signature has been checked.
struct Csr {
  std::string public_key_sha256;  ///< hex, of the SubjectPublicKeyInfo DER
};
/// kInvalid: malformed, over 16 KiB, signature wrong, or a key that is not ECDSA P-256; `field`
/// "csr".
base::Result<Csr> parse_csr(std::string_view csr_pem);
/// Signs the CSR's public key; subject and extensions come from `request` alone. PEM.
base::Result<std::string> sign_csr(const KeyPair& ca, std::string_view csr_pem,
                                   const CertificateRequest& request);

struct CertificateFacts {
  std::string serial;  ///< hex
  std::string common_name;
  base::UtcTime not_before;
  base::UtcTime not_after;
  std::string sha256;             ///< hex, of the DER
  std::string public_key_sha256;  ///< hex, of the SubjectPublicKeyInfo DER (kubeadm's caCertHashes)
};
base::Result<CertificateFacts> inspect(std::string_view certificate_pem);
/// Each certificate of a PEM with several, in order.
std::vector<std::string> split_chain(std::string_view chain_pem);
/// Can a server show it? The leaf first, each one signed by the next, the key the leaf's own, made
/// for servers, all of them good at `now`. kInvalid says what is not so; `field` is "certificate"
/// or "key".
base::Result<> check_server_chain(std::string_view chain_pem, std::string_view key_pem,
                                  base::UtcTime now);
/// SHA-256 of the first certificate of `bundle_pem` whose key signed this one; empty: none did.
std::string issuer_of(std::string_view certificate_pem, std::string_view bundle_pem);

/// Whether one of the Ed25519 public keys of `keys_pem` (PKIX PEM, one after the other) made the
/// signature. kInvalid: there is none among them; kDenied: none of them did.
base::Result<> check_ed25519(std::string_view keys_pem, std::string_view message,
                             std::string_view signature);

std::string sha256_hex(std::string_view bytes);
/// Of a file, read in pieces.
base::Result<std::string> sha256_of_file(const std::filesystem::path& path);
/// `count` bytes of the system's generator as lower-case hex.
std::string random_hex(std::size_t count);

}  // namespace slipway::pki
