// SPDX-License-Identifier: Apache-2.0
#include "controller/quotas/quantity.hpp"

#include <gtest/gtest.h>

namespace slipway::quotas {
namespace {

struct Good {
  const char* text;
  Unit unit;
  std::int64_t amount;
};
struct Bad {
  const char* text;
  Unit unit;
  const char* why;
};

TEST(Quantity, IsReadExactly) {
  for (const auto& [text, unit, amount] : std::initializer_list<Good>{
           {"0", Unit::kMilli, 0},
           {"2", Unit::kMilli, 2000},
           {"500m", Unit::kMilli, 500},
           {"0.1", Unit::kMilli, 100},
           {".5", Unit::kMilli, 500},
           {"5.", Unit::kMilli, 5000},
           {"+1.250", Unit::kMilli, 1250},
           {"1000000u", Unit::kMilli, 1000},
           {"2000000n", Unit::kMilli, 2},
           {"1k", Unit::kMilli, 1'000'000},
           {"1Gi", Unit::kBytes, 1 << 30},
           {"1.5Gi", Unit::kBytes, 1'610'612'736},
           {"0.5Ki", Unit::kBytes, 512},
           {"128M", Unit::kBytes, 128'000'000},
           {"1e3", Unit::kBytes, 1000},
           {"2E2", Unit::kBytes, 200},
           {"1E", Unit::kBytes, 1'000'000'000'000'000'000},
           {"1200e-2", Unit::kBytes, 12},
           {"1000m", Unit::kBytes, 1},
           {"7Ei", Unit::kBytes, std::int64_t{7} << 60},
           {"0Ei", Unit::kBytes, 0},
           {"0e36", Unit::kBytes, 0},
           {"0e-36", Unit::kBytes, 0},
           {"000000000000000000000012.000000000000000000000", Unit::kCount, 12},
           {"9223372036854775806", Unit::kCount, 9'223'372'036'854'775'806}}) {
    const auto read = parse_quantity(text, unit);
    ASSERT_TRUE(read) << text << ": " << read.error().message;
    EXPECT_EQ(*read, amount) << text;
  }
}

TEST(Quantity, SaysWhatIsWrong) {
  const char* none = "is no quantity";
  for (const auto& [text, unit, why] :
       std::initializer_list<Bad>{{"", Unit::kBytes, none},
                                  {" 1", Unit::kBytes, none},
                                  {"1 ", Unit::kBytes, none},
                                  {"1 Gi", Unit::kBytes, none},
                                  {"Gi", Unit::kBytes, none},
                                  {".", Unit::kBytes, none},
                                  {"1.2.3", Unit::kBytes, none},
                                  {"1,5", Unit::kBytes, none},
                                  {"++1", Unit::kBytes, none},
                                  {"1GB", Unit::kBytes, none},
                                  {"1gi", Unit::kBytes, none},
                                  {"1KI", Unit::kBytes, none},
                                  {"1K", Unit::kBytes, none},
                                  {"1e", Unit::kBytes, none},
                                  {"1e1.5", Unit::kBytes, none},
                                  {"1e99999999999", Unit::kBytes, none},
                                  {"1e37", Unit::kBytes, none},
                                  {"0x10", Unit::kBytes, none},
                                  {"NaN", Unit::kBytes, none},
                                  {"inf", Unit::kBytes, none},
                                  {"１", Unit::kBytes, none},
                                  {"12345678901234567890", Unit::kCount, none},
                                  {"-1", Unit::kMilli, "is negative"},
                                  {"-0", Unit::kMilli, "is negative"},
                                  {"9223372036854775807", Unit::kCount, "is too large"},
                                  {"9223372036854775807", Unit::kMilli, "is too large"},
                                  {"8Ei", Unit::kBytes, "is too large"},
                                  {"1e36", Unit::kBytes, "is too large"},
                                  {"1234567890123456789Ei", Unit::kBytes, "is too large"},
                                  {"0.0001", Unit::kMilli, "is finer than a thousandth"},
                                  {"1u", Unit::kMilli, "is finer than a thousandth"},
                                  {"1e-36", Unit::kMilli, "is finer than a thousandth"},
                                  {"0.5", Unit::kBytes, "is no whole number"},
                                  {"1.1Ki", Unit::kBytes, "is no whole number"},
                                  {"1500m", Unit::kCount, "is no whole number"}}) {
    const auto read = parse_quantity(text, unit);
    ASSERT_FALSE(read) << text << " was read as " << *read;
    EXPECT_NE(read.error().message.find(why), std::string::npos) << text << read.error().message;
  }
  const std::string nul("1\0", 2);
  EXPECT_FALSE(parse_quantity(nul, Unit::kCount));
  EXPECT_FALSE(parse_quantity(std::string(1 << 20, '9'), Unit::kCount));
  EXPECT_LT(parse_quantity(std::string(1 << 20, '9'), Unit::kCount).error().message.size(), 300U);
}

TEST(Quantity, WhatIsUsedIsRoundedUp) {
  EXPECT_EQ(*parse_quantity("1u", Unit::kMilli, Finer::kRoundedUp), 1);
  EXPECT_EQ(*parse_quantity("1500m", Unit::kCount, Finer::kRoundedUp), 2);
  EXPECT_EQ(*parse_quantity("2", Unit::kCount, Finer::kRoundedUp), 2);
}

TEST(Quantity, IsWrittenAsTheApiServerDoesAndReadBackTheSame) {
  EXPECT_EQ(quantity_text(2000, Unit::kMilli), "2");
  EXPECT_EQ(quantity_text(2500, Unit::kMilli), "2500m");
  EXPECT_EQ(quantity_text(0, Unit::kBytes), "0");
  EXPECT_EQ(quantity_text(1'610'612'736, Unit::kBytes), "1536Mi");
  EXPECT_EQ(quantity_text(1000, Unit::kBytes), "1000");
  EXPECT_EQ(quantity_text(1024, Unit::kCount), "1024");
  for (const auto unit : {Unit::kMilli, Unit::kBytes, Unit::kCount}) {
    for (std::int64_t amount = 1; amount > 0 && amount < (std::int64_t{1} << 61); amount *= 3) {
      EXPECT_EQ(*parse_quantity(quantity_text(amount, unit), unit), amount);
    }
  }
}

}  // namespace
}  // namespace slipway::quotas
