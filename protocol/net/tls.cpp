// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "protocol/net/tls_context.hpp"
#include "protocol/pki/openssl.hpp"

namespace slipway::net {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

Result<> use_certificate(SSL_CTX* context, const std::string& chain_pem,
                         const std::string& key_pem) {
  const auto chain = pki::certificates_of(chain_pem);
  if (chain.empty()) return fail(ErrorCode::kInvalid, "no certificate in PEM", "certificate");
  const auto key = pki::private_key_of(key_pem);
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
  const auto roots = pki::certificates_of(ca_pem);
  if (roots.empty()) return fail(ErrorCode::kInvalid, "no CA certificate in PEM", "ca");
  for (const pki::X509Ptr& root : roots) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get());
  }
  ERR_clear_error();
  return {};
}

// The last certificate that the server shows must be the pinned CA, and the whole chain must verify
// to that one alone: a copy of the CA's certificate behind a foreign leaf does not help anybody.
int verify_pinned(X509_STORE_CTX* store, void* argument) {
  const auto* context = static_cast<const TlsContext*>(argument);
  STACK_OF(X509)* shown = X509_STORE_CTX_get0_untrusted(store);
  const int count = shown ? sk_X509_num(shown) : 0;
  X509* last = count > 0 ? sk_X509_value(shown, count - 1) : nullptr;
  if (!last ||
      std::ranges::find(context->pins, pki::certificate_sha256(last)) == context->pins.end()) {
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

std::string lower_hex(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
  // Silent connections hold no buffers; a record is read by one call, not its head apart.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
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
    for (const pki::X509Ptr& root : pki::certificates_of(tls.client_ca_pem)) {
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
    for (const std::string& pin : tls.ca_sha256) context->pins.push_back(lower_hex(pin));
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

}  // namespace slipway::net
