// SPDX-License-Identifier: Apache-2.0
#include "agent/link/identity_store.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "protocol/base/files.hpp"
#include "protocol/pki/pki.hpp"

namespace slipway::agent_link {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;

base::UtcTime now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

class IdentityStoreTest : public testing::Test {
 protected:
  IdentityStoreTest() {
    std::string pattern = testing::TempDir() + "identity-XXXXXX";
    root_ = mkdtemp(pattern.data());
  }
  ~IdentityStoreTest() override { std::filesystem::remove_all(root_); }

  std::filesystem::path dir() const { return root_ / "state"; }
  Pins pin() const { return {pki::inspect(ca_.certificate_pem)->sha256}; }
  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 07777 : 0;
  }
  wire::EnrolResponse answer_for(const std::string& key, const pki::KeyPair& ca) {
    wire::EnrolResponse answer;
    answer.set_certificate_pem(*pki::sign_csr(
        ca, *pki::make_csr(key, "n"),
        {.common_name = "machine-1", .not_before = now() - 1min, .not_after = now() + 24h}));
    answer.set_ca_pem(ca.certificate_pem);
    return answer;
  }

  std::filesystem::path root_;
  pki::KeyPair ca_ = pki::make_ca("ca", now() - 1h, now() + 24h);
};

TEST_F(IdentityStoreTest, TheKeyIsMadeOnceAndIsSecret) {
  IdentityStore store(dir());
  auto key = store.key();
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(*IdentityStore(dir()).key(), *key);
  EXPECT_EQ(mode_of(dir()), 0700U);
  EXPECT_EQ(mode_of(dir() / "node.key"), 0600U);
}

TEST_F(IdentityStoreTest, ADamagedKeyIsReplaced) {
  IdentityStore store(dir());
  ASSERT_TRUE(store.key());
  ASSERT_TRUE(base::write_file(dir() / "node.key", "damaged", 0600));
  auto key = store.key();
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST_F(IdentityStoreTest, ACertificateOfOurKeyIsKeptAndReadBack) {
  IdentityStore store(dir());
  EXPECT_FALSE(store.load(pin())->has_value());
  auto kept = store.keep(answer_for(*store.key(), ca_), pin());
  ASSERT_TRUE(kept) << kept.error().message;
  auto read = IdentityStore(dir()).load(pin());
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->machine_id, "machine-1");
  EXPECT_EQ((*read)->not_after, std::chrono::floor<std::chrono::seconds>(kept->not_after));
  EXPECT_EQ(mode_of(dir() / "node.crt"), 0600U);
}

TEST_F(IdentityStoreTest, ForeignAnswersAreRefusedAndNothingIsKept) {
  IdentityStore store(dir());
  const pki::KeyPair other = pki::make_ca("other", now() - 1h, now() + 24h);
  EXPECT_FALSE(store.keep(answer_for(pki::make_key(), ca_), pin()));
  EXPECT_FALSE(store.keep(answer_for(*store.key(), other), pin()));
  EXPECT_FALSE(store.keep({}, pin()));
  EXPECT_FALSE(std::filesystem::exists(dir() / "node.crt"));
}

TEST_F(IdentityStoreTest, ACertificateByAnotherCaThanTheOneBesideItIsRefused) {
  IdentityStore store(dir());
  auto answer = answer_for(*store.key(), pki::make_ca("other", now() - 1h, now() + 24h));
  answer.set_ca_pem(ca_.certificate_pem);
  const auto refused = store.keep(answer, pin());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("none of the CAs"), std::string::npos);
  EXPECT_FALSE(store.load(pin())->has_value());
}

TEST_F(IdentityStoreTest, ACertificateOfAnotherControllerDoesNotCount) {
  IdentityStore store(dir());
  ASSERT_TRUE(store.keep(answer_for(*store.key(), ca_), pin()));
  auto read = store.load({std::string(64, '0')});
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->has_value());
}

TEST_F(IdentityStoreTest, TheControllerIsRemembered) {
  IdentityStore store(dir());
  EXPECT_EQ(store.remembered().error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(store.remember({.endpoint = {.host = "fd00::1", .port = 7443}, .ca_sha256 = pin()}));
  auto controller = store.remembered();
  ASSERT_TRUE(controller) << controller.error().message;
  EXPECT_EQ(controller->endpoint.host, "fd00::1");
  EXPECT_EQ(controller->endpoint.port, 7443);
  EXPECT_EQ(controller->ca_sha256, pin());
  ASSERT_TRUE(base::write_file(dir() / "controller.yaml", "host: x\n", 0600));
  EXPECT_EQ(store.remembered().error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace slipway::agent_link
