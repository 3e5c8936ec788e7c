// SPDX-License-Identifier: Apache-2.0
#include "controller/config/tls_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "protocol/base/files.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const base::UtcTime kNow = base::from_unix_ms(1'800'000'000'000);

/// A certificate and its key in files of a temporary directory.
class TlsFiles : public testing::Test {
 protected:
  TlsFiles() {
    std::string pattern = testing::TempDir() + "slipway-tls-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    tls_ = {.certificate = root_ / "public.crt", .key = root_ / "public.key", .ca = {}};
    put(issued(kNow + 24h * 60));
  }
  ~TlsFiles() override { std::filesystem::remove_all(root_); }

  pki::KeyPair issued(base::UtcTime until) const {
    return pki::issue(ca_, {.common_name = "x",
                            .dns_names = {"x.example"},
                            .usage = pki::Usage::kServer,
                            .not_before = kNow - 1h,
                            .not_after = until})
        .value();
  }
  void put(const pki::KeyPair& pair, int key_mode = 0600) const {
    ASSERT_TRUE(base::write_file(tls_.certificate, pair.certificate_pem + ca_.certificate_pem));
    ASSERT_TRUE(base::write_file(tls_.key, pair.key_pem, key_mode));
  }

  pki::KeyPair ca_ = pki::make_ca("own", kNow - 24h, kNow + 24h * 365);
  std::filesystem::path root_;
  TlsConfig tls_;
};

TEST_F(TlsFiles, GoodOnesAreReadAndTheirRootIsKnown) {
  const auto own = read_tls_files(tls_, kNow);
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(own->roots_pem, ca_.certificate_pem);
  EXPECT_TRUE(own->warnings.empty());
  tls_.ca = root_ / "ca.pem";
  const auto other = pki::make_ca("root", kNow, kNow + 24h);
  ASSERT_TRUE(base::write_file(tls_.ca, other.certificate_pem));
  EXPECT_EQ(read_tls_files(tls_, kNow)->roots_pem, other.certificate_pem);
  EXPECT_NE(read_tls_files(tls_, kNow)->sha256, own->sha256);
}

TEST_F(TlsFiles, AnErrorNamesItsFile) {
  put(issued(kNow + 24h));
  EXPECT_THAT(read_tls_files(tls_, kNow + 25h).error().message,
              testing::AllOf(HasSubstr("public.crt"), HasSubstr("expired")));
  ASSERT_TRUE(base::write_file(tls_.key, pki::make_key(), 0600));
  EXPECT_THAT(read_tls_files(tls_, kNow).error().message,
              testing::AllOf(HasSubstr("public.key"), HasSubstr("not that of")));
  std::filesystem::remove(tls_.key);
  EXPECT_THAT(read_tls_files(tls_, kNow).error().message, HasSubstr("public.key"));
  std::filesystem::remove(tls_.certificate);
  EXPECT_THAT(read_tls_files(tls_, kNow).error().message, HasSubstr("public.crt"));
}

TEST_F(TlsFiles, AKeyForAllAndAnEndThatIsNearAreWarnedOf) {
  put(issued(kNow + 24h * 3), 0640);
  const auto own = read_tls_files(tls_, kNow);
  ASSERT_TRUE(own);
  ASSERT_EQ(own->warnings.size(), 2U);
  EXPECT_THAT(own->warnings[0], HasSubstr("0600"));
  EXPECT_THAT(own->warnings[1], HasSubstr("ends at"));
}

TEST(TlsConfig, CertificateAndKeyComeTogetherWithAbsolutePaths) {
  EXPECT_TRUE(parse_config("tls: {certificate: /a, key: /b, ca: /c}"));
  EXPECT_FALSE(parse_config("")->tls.given());
  for (const auto& [text, field] : {std::pair{"tls: {certificate: /a}", "tls.key"},
                                    std::pair{"tls: {key: /a}", "tls.certificate"},
                                    std::pair{"tls: {ca: /a}", "tls.certificate"},
                                    std::pair{"tls: {certificate: a, key: /b}", "tls.certificate"},
                                    std::pair{"tls: {cert: /a}", "tls.cert"}}) {
    const auto refused = parse_config(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().field, field);
  }
}

}  // namespace
}  // namespace slipway::config
