// SPDX-License-Identifier: Apache-2.0
#include "protocol/release/release.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/signing_key.hpp"

namespace slipway::release {
namespace {

using base::ErrorCode;

const Release kRelease{"0.2.0~rc1+git", 17, std::string(64, 'a')};

TEST(Release, AStatementReadsAsItWasWritten) {
  const auto read = parse_statement(statement_of(kRelease));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, kRelease);
}

TEST(Release, WhatIsNoStatementIsNamed) {
  const std::string good = statement_of(kRelease);
  const auto without = [&](const std::string& part, const std::string& instead) {
    auto text = good;
    return text.replace(text.find(part), part.size(), instead);
  };
  const std::pair<std::string, std::string> cases[] = {
      {"", "first"},
      {"slipway-agent release", "first"},
      {without("agent release", "controller release"), "first"},
      {without("slipway-agent release", "slipway-agent release 2"), "first"},
      {without("0.2.0~rc1+git", ""), "version"},
      {without("0.2.0~rc1+git", "0.2.0/../../x"), "version"},
      {without("0.2.0~rc1+git", std::string(65, '1')), "version"},
      {without("size: 17\n", ""), "size"},
      {without("17", "17 bytes"), "size"},
      {without("17", "0"), "size"},
      {without("17", "67108865"), "size"},
      {without("17", "-1"), "size"},
      {without("17", "99999999999999999999"), "size"},
      {without("aaaa", "AAAA"), "sha256"},
      {without("aaaa", ""), "sha256"},
      {good.substr(0, good.size() - 1), "sha256"},
      {good + "\n", "last"},
      {good + good, "last"},
      {std::string(kMaxStatementBytes + 1, 'x'), "first"},
  };
  for (const auto& [text, field] : cases) {
    const auto read = parse_statement(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(read.error().field, field) << text;
  }
}

TEST(Release, OnlyAKnownKeysSignatureIsBelieved) {
  const fakes::SigningKey ours, other;
  const std::string statement = statement_of(kRelease);
  const std::string keys = other.public_pem() + ours.public_pem();
  const auto believed = believe(statement, ours.sign(statement), keys);
  ASSERT_TRUE(believed) << believed.error().message;
  EXPECT_EQ(*believed, kRelease);
  EXPECT_EQ(believe(statement, ours.sign(statement), other.public_pem()).error().code,
            ErrorCode::kDenied);
  EXPECT_EQ(believe(statement + " ", ours.sign(statement), keys).error().code, ErrorCode::kDenied);
  EXPECT_EQ(believe(statement, "", keys).error().code, ErrorCode::kDenied);
  EXPECT_EQ(believe(statement, ours.sign(statement), "no keys").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(
      believe("signed, but no statement", ours.sign("signed, but no statement"), keys).error().code,
      ErrorCode::kInvalid);
}

}  // namespace
}  // namespace slipway::release
