// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/pki/pki.hpp"

namespace slipway::pki {
namespace {

using namespace std::chrono_literals;

const base::UtcTime kNow = base::from_unix_ms(1'800'000'000'000);

/// A server's chain: a leaf and the CA that signed it.
struct Chain {
  KeyPair ca = make_ca("a CA", kNow - 24h, kNow + 24h * 365);
  KeyPair leaf = of(ca, Usage::kServer);

  static KeyPair of(const KeyPair& ca, Usage usage) {
    return issue(ca, {.common_name = "controller.example",
                      .dns_names = {"controller.example"},
                      .usage = usage,
                      .not_before = kNow - 1h,
                      .not_after = kNow + 24h})
        .value();
  }
  std::string pem() const { return leaf.certificate_pem + ca.certificate_pem; }
};

/// The words of the refusal, empty where it is good; `field` in front.
std::string judged(const std::string& chain, const std::string& key, base::UtcTime now = kNow) {
  const auto good = check_server_chain(chain, key, now);
  return good ? "" : good.error().field + ": " + good.error().message;
}

TEST(ServerChain, AGoodOneIsTaken) {
  const Chain chain;
  EXPECT_EQ(judged(chain.pem(), chain.leaf.key_pem), "");
  EXPECT_EQ(judged(chain.leaf.certificate_pem, chain.leaf.key_pem), "");  // issuers may be left out
}

TEST(ServerChain, EachFaultIsNamed) {
  const Chain chain;
  const Chain other;
  const auto& key = chain.leaf.key_pem;
  EXPECT_THAT(judged("", key), testing::StartsWith("certificate: no certificate"));
  EXPECT_THAT(judged(chain.pem(), "nonsense"), testing::StartsWith("key: not a private key"));
  EXPECT_THAT(judged(chain.pem(), other.leaf.key_pem), testing::HasSubstr("the key is not that"));
  EXPECT_THAT(judged(chain.ca.certificate_pem + chain.leaf.certificate_pem, key),
              testing::HasSubstr("the leaf comes first"));
  EXPECT_THAT(judged(chain.leaf.certificate_pem + other.ca.certificate_pem, key),
              testing::HasSubstr("certificate 1 is not signed by the next one"));
  EXPECT_THAT(judged(chain.pem(), key, kNow + 25h),
              testing::HasSubstr("certificate 1 has expired"));
  EXPECT_THAT(judged(chain.pem(), key, kNow - 2h), testing::HasSubstr("is good only from"));
  const auto client = Chain::of(chain.ca, Usage::kClient);
  EXPECT_THAT(judged(client.certificate_pem, client.key_pem),
              testing::HasSubstr("not made for servers"));
}

TEST(ServerChain, TheIssuerIsFoundByItsSignature) {
  const Chain one;
  const Chain other;
  const auto both = other.ca.certificate_pem + one.ca.certificate_pem;
  EXPECT_EQ(issuer_of(one.leaf.certificate_pem, both), inspect(one.ca.certificate_pem)->sha256);
  EXPECT_EQ(issuer_of(one.leaf.certificate_pem, other.ca.certificate_pem), "");
  EXPECT_EQ(issuer_of("nonsense", both), "");
  EXPECT_EQ(split_chain(both).size(), 2U);
  EXPECT_EQ(split_chain(both)[1], one.ca.certificate_pem);
}

TEST(ServerChain, CertificatesDifferInTheirSerials) {
  const Chain one;
  const Chain other;
  const auto serial = inspect(one.leaf.certificate_pem)->serial;
  EXPECT_GE(serial.size(), 16U);
  EXPECT_NE(serial, inspect(other.leaf.certificate_pem)->serial);
}

}  // namespace
}  // namespace slipway::pki
