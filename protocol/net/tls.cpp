// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <vector>

#include "protocol/net/tls_context.hpp"

namespace slipway::net {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;

int no_password(char*, int, int, void*) {
  return -1;
}

BioPtr bio_of(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::vector<X509Ptr> certificates_of(const std::string& pem) {
  std::vector<X509Ptr> certificates;
  const BioPtr bio = bio_of(pem);
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)) {
    certificates.emplace_back(one);
  }
  ERR_clear_error();
  return certificates;
}

Result<> use_certificate(SSL_CTX* context, const std::string& chain_pem,
                         const std::string& key_pem) {
  const auto chain = certificates_of(chain_pem);
  if (chain.empty()) return fail(ErrorCode::kInvalid, "no certificate in PEM", "certificate");
  const BioPtr bio = bio_of(key_pem);
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  bool good = key && SSL_CTX_use_certificate(context, chain[0].get()) == 1 &&
              SSL_CTX_use_PrivateKey(context, key.get()) == 1 &&
              SSL_CTX_check_private_key(context) == 1;
  for (std::size_t i = 1; good && i < chain.size(); ++i) {
    good = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  }
  ERR_clear_error();
  if (!good) return fail(ErrorCode::kInvalid, "the key is not that of the certificate", "key");
  return {};
}

Result<> trust(SSL_CTX* context, const std::string& ca_pem) {
  const auto roots = certificates_of(ca_pem);
  if (roots.empty()) return fail(ErrorCode::kInvalid, "no CA certificate in PEM", "ca");
  for (const X509Ptr& root : roots) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get());
  }
  ERR_clear_error();
  return {};
}

std::string sha256_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex.push_back(kDigits[digest[i] >> 4]);
    hex.push_back(kDigits[digest[i] & 15]);
  }
  return hex;
}

// The last certificate that the server shows must be the pinned CA, and the whole chain must verify
// to that one alone: a copy of the CA's certificate behind a foreign leaf does not help anybody.
int verify_pinned(X509_STORE_CTX* store, void* argument) {
  const auto* context = static_cast<const TlsContext*>(argument);
  STACK_OF(X509)* shown = X509_STORE_CTX_get0_untrusted(store);
  const int count = shown ? sk_X509_num(shown) : 0;
  X509* last = count > 0 ? sk_X509_value(shown, count - 1) : nullptr;
  if (!last || sha256_of(last) != context->pin) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
    return 0;
  }
  STACK_OF(X509)* trusted = sk_X509_new_null();
  if (!trusted) return 0;
  sk_X509_push(trusted, last);
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(store), X509_V_FLAG_NO_CHECK_TIME);
  X509_STORE_CTX_set0_trusted_stack(store, trusted);
  const int good = X509_verify_cert(store);
  sk_X509_free(trusted);
  return good == 1 ? 1 : 0;
}

void harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace

TlsContext::TlsContext() : context_(SSL_CTX_new(TLS_method())) {
  if (!context_) throw std::runtime_error("OpenSSL failed to make a TLS context");
  harden(context_);
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

Result<TlsContextPtr> make_server_context(const TlsServer& tls) {
  auto context = std::make_shared<TlsContext>();
  SSL_CTX* native = context->native();
  auto own = use_certificate(native, tls.certificate_chain_pem, tls.key_pem);
  if (!own) return fail(own);
  if (!tls.client_ca_pem.empty()) {
    if (auto trusted = trust(native, tls.client_ca_pem); !trusted) return fail(trusted);
    for (const X509Ptr& root : certificates_of(tls.client_ca_pem)) {
      SSL_CTX_add_client_CA(native, root.get());
    }
    // Asked for, not demanded: enrolment comes without one.
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  }
  return context;
}

Result<TlsContextPtr> make_client_context(const TlsClient& tls) {
  auto context = std::make_shared<TlsContext>();
  SSL_CTX* native = context->native();
  context->server_name = tls.server_name;
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
  if (!tls.ca_sha256.empty()) {
    for (const char c : tls.ca_sha256) {
      context->pin.push_back(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    SSL_CTX_set_cert_verify_callback(native, verify_pinned, context.get());
  } else if (auto trusted = trust(native, tls.ca_pem); !trusted) {
    return fail(trusted);
  }
  if (tls.judged_at) {
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(native),
                               std::chrono::system_clock::to_time_t(*tls.judged_at));
  }
  if (!tls.certificate_pem.empty()) {
    auto own = use_certificate(native, tls.certificate_pem, tls.key_pem);
    if (!own) return fail(own);
  }
  return context;
}

bool expect_name(ssl_st* session, const std::string& name) {
  X509_VERIFY_PARAM* rules = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1) return true;
  ERR_clear_error();
  return X509_VERIFY_PARAM_set1_host(rules, name.c_str(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(session, name.c_str()) == 1;
}

std::string identity_of(ssl_st* session) {
  X509* certificate = SSL_get0_peer_certificate(session);
  if (!certificate || SSL_get_verify_result(session) != X509_V_OK) return {};
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

std::string verify_error_of(ssl_st* session) {
  const long result = SSL_get_verify_result(session);
  return result == X509_V_OK ? std::string() : X509_verify_cert_error_string(result);
}

}  // namespace slipway::net
