// SPDX-License-Identifier: Apache-2.0
#include "protocol/pki/pki.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <memory>

namespace slipway::pki {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

// Certificates are checked by OpenSSL against the machine's clock, so they begin near now.
base::UtcTime now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

CertificateRequest request_of(std::string name) {
  return {.common_name = std::move(name),
          .organizations = {"system:masters"},
          .dns_names = {"etcd.local"},
          .ip_addresses = {"10.0.0.7", "::1"},
          .usage = Usage::kBoth,
          .not_before = now() - 1min,
          .not_after = now() + 24h};
}

X509* read_certificate(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return certificate;
}

/// Whether `leaf` verifies to `ca` for `purpose`, strictly (as Go's crypto/x509 does: AKI, SKI).
bool verifies(const std::string& ca_pem, const std::string& leaf_pem, int purpose) {
  X509* ca = read_certificate(ca_pem);
  X509* leaf = read_certificate(leaf_pem);
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, ca);
  X509_STORE_CTX* context = X509_STORE_CTX_new();
  X509_STORE_CTX_init(context, store, leaf, nullptr);
  X509_STORE_CTX_set_purpose(context, purpose);
  X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT);
  const bool good = X509_verify_cert(context) == 1;
  X509_STORE_CTX_free(context);
  X509_STORE_free(store);
  X509_free(leaf);
  X509_free(ca);
  return good;
}

/// A CSR whose key is made by `make`; for what parse_csr must refuse.
std::string csr_of(EVP_PKEY* key) {
  X509_REQ* csr = X509_REQ_new();
  X509_REQ_set_pubkey(csr, key);
  X509_REQ_sign(csr, key, EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509_REQ(bio, csr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  X509_REQ_free(csr);
  EVP_PKEY_free(key);
  return pem;
}

TEST(Pki, IssuedCertificateVerifiesToItsCaForItsUsesOnly) {
  const KeyPair ca = make_ca("slipway", now() - 1h, now() + 100h);
  CertificateRequest request = request_of("node-1");
  auto both = issue(ca, request);
  ASSERT_TRUE(both);
  EXPECT_TRUE(verifies(ca.certificate_pem, both->certificate_pem, X509_PURPOSE_SSL_SERVER));
  EXPECT_TRUE(verifies(ca.certificate_pem, both->certificate_pem, X509_PURPOSE_SSL_CLIENT));
  request.usage = Usage::kClient;
  auto client = issue(ca, request);
  ASSERT_TRUE(client);
  EXPECT_FALSE(verifies(ca.certificate_pem, client->certificate_pem, X509_PURPOSE_SSL_SERVER));
  const KeyPair other = make_ca("slipway", now() - 1h, now() + 100h);
  EXPECT_FALSE(verifies(other.certificate_pem, both->certificate_pem, X509_PURPOSE_SSL_SERVER));
}

TEST(Pki, NamesAndValidityAreTheRequestsOwn) {
  const KeyPair ca = make_ca("slipway", now() - 1h, now() + 100h);
  const CertificateRequest request = request_of("node-1");
  auto pair = issue(ca, request);
  ASSERT_TRUE(pair);
  X509* certificate = read_certificate(pair->certificate_pem);
  EXPECT_EQ(X509_check_host(certificate, "etcd.local", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate, "node-1", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(certificate, "10.0.0.7", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "::1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "10.0.0.8", 0), 0);
  X509_free(certificate);
  auto facts = inspect(pair->certificate_pem);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->common_name, "node-1");
  EXPECT_EQ(facts->not_after, std::chrono::floor<std::chrono::seconds>(request.not_after));
  EXPECT_EQ(facts->sha256.size(), 64U);
  EXPECT_NE(facts->sha256, facts->public_key_sha256);
}

TEST(Pki, SerialsDiffer) {
  const KeyPair ca = make_ca("slipway", now(), now() + 1h);
  auto one = issue(ca, request_of("a"));
  auto two = issue(ca, request_of("a"));
  X509* first = read_certificate(one->certificate_pem);
  X509* second = read_certificate(two->certificate_pem);
  EXPECT_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(first), X509_get0_serialNumber(second)), 0);
  X509_free(first);
  X509_free(second);
}

TEST(Pki, BadRequestsNameTheirField) {
  const KeyPair ca = make_ca("slipway", now(), now() + 1h);
  const auto field_of = [&](auto change) {
    CertificateRequest request = request_of("node");
    change(request);
    auto pair = issue(ca, request);
    return pair ? std::string("accepted") : pair.error().field;
  };
  EXPECT_EQ(field_of([](auto& r) { r.common_name = ""; }), "common_name");
  EXPECT_EQ(field_of([](auto& r) { r.common_name = std::string(65, 'a'); }), "common_name");
  EXPECT_EQ(field_of([](auto& r) { r.common_name = "a\nb"; }), "common_name");
  EXPECT_EQ(field_of([](auto& r) { r.organizations = {""}; }), "organizations");
  EXPECT_EQ(field_of([](auto& r) { r.dns_names = {"a,DNS:evil"}; }), "dns_names");
  EXPECT_EQ(field_of([](auto& r) { r.ip_addresses = {"10.0.0"}; }), "ip_addresses");
  EXPECT_EQ(field_of([](auto& r) { r.not_after = r.not_before; }), "not_after");
}

TEST(Pki, CsrIsSignedWithoutItsOwnSubject) {
  const KeyPair ca = make_ca("slipway", now() - 1h, now() + 100h);
  const std::string key = make_key();
  auto csr = make_csr(key, "i-want-to-be-admin");
  ASSERT_TRUE(csr);
  auto parsed = parse_csr(*csr);
  ASSERT_TRUE(parsed);
  auto certificate = sign_csr(ca, *csr, request_of("node-1"));
  ASSERT_TRUE(certificate);
  auto facts = inspect(*certificate);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->common_name, "node-1");
  EXPECT_EQ(facts->public_key_sha256, parsed->public_key_sha256);
  EXPECT_TRUE(verifies(ca.certificate_pem, *certificate, X509_PURPOSE_SSL_CLIENT));
}

TEST(Pki, ForeignCsrsAreRefused) {
  auto csr = make_csr(make_key(), "n");
  ASSERT_TRUE(csr);
  std::string wrong_signature = *csr;
  // The signature is the end of the DER: change a byte of the last base64 line but one.
  const std::size_t at = wrong_signature.rfind("\n-----END") - 12;
  wrong_signature[at] = wrong_signature[at] == 'A' ? 'B' : 'A';
  const std::string bad[] = {
      "",
      "nonsense",
      std::string(20'000, 'A'),
      "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
      "-----BEGIN CERTIFICATE REQUEST-----\nProc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-128-CBC,00000000000000000000000000000000\n\nAAAA\n"
      "-----END CERTIFICATE REQUEST-----\n",
      csr->substr(0, csr->size() / 2),
      wrong_signature,
      csr_of(EVP_RSA_gen(2048)),
      csr_of(EVP_EC_gen("P-384")),
      csr_of(EVP_EC_gen("secp256k1")),
      make_key(),
  };
  for (const std::string& pem : bad) {
    auto parsed = parse_csr(pem);
    ASSERT_FALSE(parsed) << pem.substr(0, 200);
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(parsed.error().field, "csr");
  }
}

TEST(Pki, KeysOfBothTypesHaveAPublicHalf) {
  for (const KeyType type : {KeyType::kEcdsaP256, KeyType::kRsa2048}) {
    auto half = public_key_of(make_key(type));
    ASSERT_TRUE(half);
    EXPECT_TRUE(half->starts_with("-----BEGIN PUBLIC KEY-----"));
  }
  EXPECT_FALSE(public_key_of("nonsense"));
  EXPECT_FALSE(make_csr("nonsense", "n"));
  EXPECT_FALSE(make_csr(make_key(), std::string(65, 'a')));
}

TEST(Pki, MismatchedCaIsAnInternalError) {
  KeyPair ca = make_ca("slipway", now(), now() + 1h);
  ca.key_pem = make_key();
  auto pair = issue(ca, request_of("n"));
  ASSERT_FALSE(pair);
  EXPECT_EQ(pair.error().code, ErrorCode::kInternal);
}

TEST(Pki, DigestsAndRandomness) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(random_hex(32).size(), 64U);
  EXPECT_NE(random_hex(32), random_hex(32));
  EXPECT_FALSE(inspect("nonsense"));
}

}  // namespace
}  // namespace slipway::pki
