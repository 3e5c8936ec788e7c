// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/key_pairs.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdlib>
#include <filesystem>

#include "controller/clusters/cluster_rows.hpp"

namespace slipway::clusters {
namespace {

template <class T>
T run(base::Task<T> task) {
  boost::asio::io_context io;
  auto done = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
  io.run();
  return done.get();
}

/// A folder for temporary files that no other test writes to.
class OwnTemporary {
 public:
  OwnTemporary() {
    std::string pattern = testing::TempDir() + "key-pairs-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
    ::setenv("TMPDIR", path_.c_str(), 1);
  }
  ~OwnTemporary() {
    ::unsetenv("TMPDIR");
    std::filesystem::remove_all(path_);
  }
  bool empty() const { return std::filesystem::is_empty(path_); }

 private:
  std::filesystem::path path_;
};

TEST(SshKeys, APairIsMadeWhosePublicHalfIsReadAgain) {
  const OwnTemporary temporary;
  auto made = run(make_ssh_key("ops"));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->public_key.line.starts_with("ssh-ed25519 AAAA")) << made->public_key.line;
  EXPECT_TRUE(made->public_key.line.ends_with(" ops"));
  EXPECT_TRUE(made->public_key.fingerprint.starts_with("SHA256:"));
  EXPECT_TRUE(made->private_key.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----"));
  auto again = run(read_ssh_public_key("  " + made->public_key.line + "\n"));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->line, made->public_key.line);
  EXPECT_EQ(again->fingerprint, made->public_key.fingerprint);
  EXPECT_TRUE(temporary.empty());
}

TEST(SshKeys, WhatIsNoPublicKeyIsRefused) {
  auto pair = run(make_ssh_key("x"));
  ASSERT_TRUE(pair);
  const std::string& good = pair->public_key.line;
  for (const std::string& bad :
       {std::string("x"), std::string("ssh-ed25519 AAAA"), pair->private_key, good + "\n" + good,
        "command=\"id\" " + good, "ssh-rsa " + good.substr(good.find(' ') + 1),
        good + std::string(kMaxPublicKeyBytes, 'c'), std::string("ssh-ed25519 ")}) {
    auto read = run(read_ssh_public_key(bad));
    ASSERT_FALSE(read) << bad;
    EXPECT_EQ(read.error().code, base::ErrorCode::kInvalid);
    EXPECT_EQ(read.error().field, "publicKey");
    EXPECT_EQ(read.error().message.find("b3BlbnNza"), std::string::npos) << "shows a private key";
  }
}

TEST(KeyPairs, AreKeptByNameAndNotDeletedUnderACluster) {
  const auto database = store::Database::in_memory();
  KeyPairs pairs(*database);
  const KeyPair ops{.name = "ops", .public_key = "ssh-ed25519 A ops", .fingerprint = "SHA256:a"};
  ASSERT_TRUE(pairs.add(ops));
  EXPECT_EQ(pairs.add(ops).error().code, base::ErrorCode::kConflict);
  for (const char* name : {"", "-a", "a b", "a/b", "ü"}) {
    EXPECT_EQ(pairs.add({.name = name}).error().field, "name") << name;
  }
  EXPECT_EQ(pairs.find("ops")->public_key, ops.public_key);
  EXPECT_FALSE(pairs.find("other"));

  ClusterRow cluster{ClusterId{"c1"}, {}, ClusterState::kCreating, ""};
  cluster.spec.name = "demo";
  cluster.spec.key_pair = "ops";
  Rows{*database}.insert(cluster);
  const auto refused = pairs.remove("ops");
  EXPECT_EQ(refused.error().code, base::ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("demo"), std::string::npos);
  EXPECT_EQ(pairs.remove("other").error().code, base::ErrorCode::kNotFound);
  ASSERT_TRUE(pairs.add({.name = "free"}));
  EXPECT_TRUE(pairs.remove("free"));
  EXPECT_EQ(pairs.list().size(), 1U);
}

}  // namespace
}  // namespace slipway::clusters
