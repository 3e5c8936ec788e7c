// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "protocol/pki/openssl.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::pki {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kNameLimit = 64;  // X.520's upper bound of CN and O
constexpr std::size_t kDnsNameLimit = 253;
constexpr std::size_t kSerialBytes = 16;  // 127 random bits: positive, at most 20 bytes

void set_serial(X509* certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  must(RAND_bytes(bytes.data(), bytes.size()) == 1, "draw a serial");
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  BIGNUM* number = BN_bin2bn(bytes.data(), bytes.size(), nullptr);
  must(number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)), "set a serial");
  BN_free(number);
}

std::time_t seconds(base::UtcTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

void set_validity(X509* certificate, base::UtcTime not_before, base::UtcTime not_after) {
  must(ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(not_before)) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(not_after)),
       "set a validity");
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  must(extension && X509_add_ext(certificate, extension, -1) == 1, "add an extension");
  X509_EXTENSION_free(extension);
}

void add_name(X509_NAME* name, const char* part, std::string_view value) {
  must(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(value.data()),
                                  static_cast<int>(value.size()), -1, 0) == 1,
       "name a certificate");
}

void sign(X509* certificate, EVP_PKEY* key) {
  must(X509_sign(certificate, key, EVP_sha256()) > 0, "sign a certificate");
}

std::string to_pem(X509* certificate) {
  return written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

bool is_dns_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '*';
  };
  return !name.empty() && name.size() <= kDnsNameLimit && std::ranges::all_of(name, good);
}

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameLimit &&
         std::ranges::none_of(name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Result<> check(const CertificateRequest& request) {
  if (!is_name(request.common_name)) {
    return fail(ErrorCode::kInvalid, "a common name has 1 to 64 printable bytes", "common_name");
  }
  for (const std::string& name : request.organizations) {
    if (!is_name(name)) {
      return fail(ErrorCode::kInvalid, "an organization has 1 to 64 printable bytes",
                  "organizations");
    }
  }
  for (const std::string& name : request.dns_names) {
    if (!is_dns_name(name)) {
      return fail(ErrorCode::kInvalid, "not a DNS name: " + name, "dns_names");
    }
  }
  for (const std::string& address : request.ip_addresses) {
    if (!is_address(address)) {
      return fail(ErrorCode::kInvalid, "not an IP address: " + address, "ip_addresses");
    }
  }
  if (request.not_after <= request.not_before) {
    return fail(ErrorCode::kInvalid, "a certificate must end after it begins", "not_after");
  }
  return {};
}

std::string alternative_names(const CertificateRequest& request) {
  std::string names;
  const auto add = [&](const char* kind, const std::string& value) {
    if (!names.empty()) names += ',';
    names += kind + value;
  };
  for (const std::string& name : request.dns_names) add("DNS:", name);
  for (const std::string& address : request.ip_addresses) add("IP:", address);
  return names;
}

const char* extended_usage(Usage usage) {
  switch (usage) {
    case Usage::kServer:
      return "serverAuth";
    case Usage::kClient:
      return "clientAuth";
    case Usage::kBoth:
      break;
  }
  return "serverAuth,clientAuth";
}

/// The certificate of `public_key`, with subject and extensions from `request` alone.
Result<std::string> make_leaf(const KeyPair& ca, EVP_PKEY* public_key,
                              const CertificateRequest& request) {
  if (auto good = check(request); !good) return fail(good);
  X509Ptr issuer = certificate_of(ca.certificate_pem);
  PkeyPtr issuer_key = private_key_of(ca.key_pem);
  if (!issuer || !issuer_key || X509_check_private_key(issuer.get(), issuer_key.get()) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::kInternal, "the CA's certificate and key do not belong together", "ca");
  }
  X509Ptr leaf(X509_new());
  must(leaf && X509_set_version(leaf.get(), X509_VERSION_3) == 1, "make a certificate");
  set_serial(leaf.get());
  set_validity(leaf.get(), request.not_before, request.not_after);
  X509_NAME* subject = X509_get_subject_name(leaf.get());
  for (const std::string& organization : request.organizations) {
    add_name(subject, "O", organization);
  }
  add_name(subject, "CN", request.common_name);
  must(X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer.get())) == 1 &&
           X509_set_pubkey(leaf.get(), public_key) == 1,
       "fill a certificate");
  add_extension(leaf.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(leaf.get(), issuer.get(), NID_ext_key_usage, extended_usage(request.usage));
  add_extension(leaf.get(), issuer.get(), NID_subject_key_identifier, "hash");
  add_extension(leaf.get(), issuer.get(), NID_authority_key_identifier, "keyid:always");
  const std::string names = alternative_names(request);
  if (!names.empty()) add_extension(leaf.get(), issuer.get(), NID_subject_alt_name, names);
  sign(leaf.get(), issuer_key.get());
  return to_pem(leaf.get());
}

}  // namespace

KeyPair make_ca(std::string_view common_name, base::UtcTime not_before, base::UtcTime not_after) {
  KeyPair pair;
  pair.key_pem = make_key(KeyType::kEcdsaP256);
  PkeyPtr key = private_key_of(pair.key_pem);
  X509Ptr ca(X509_new());
  must(ca && X509_set_version(ca.get(), X509_VERSION_3) == 1, "make a certificate");
  set_serial(ca.get());
  set_validity(ca.get(), not_before, not_after);
  add_name(X509_get_subject_name(ca.get()), "CN", common_name);
  must(X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get())) == 1 &&
           X509_set_pubkey(ca.get(), key.get()) == 1,
       "fill a certificate");
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,digitalSignature,keyCertSign,cRLSign");
  add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  add_extension(ca.get(), ca.get(), NID_authority_key_identifier, "keyid:always");
  sign(ca.get(), key.get());
  pair.certificate_pem = to_pem(ca.get());
  return pair;
}

Result<KeyPair> issue(const KeyPair& ca, const CertificateRequest& request) {
  KeyPair pair;
  pair.key_pem = make_key(KeyType::kEcdsaP256);
  PkeyPtr key = private_key_of(pair.key_pem);
  auto certificate = make_leaf(ca, key.get(), request);
  if (!certificate) return fail(certificate);
  pair.certificate_pem = std::move(*certificate);
  return pair;
}

Result<std::string> sign_csr(const KeyPair& ca, std::string_view csr_pem,
                             const CertificateRequest& request) {
  if (auto good = parse_csr(csr_pem); !good) return fail(good);
  BioPtr bio = bio_of(csr_pem);
  X509ReqPtr csr(PEM_read_bio_X509_REQ(bio.get(), nullptr, no_password, nullptr));
  must(csr != nullptr, "read a request that was read before");
  return make_leaf(ca, X509_REQ_get0_pubkey(csr.get()), request);
}

}  // namespace slipway::pki
