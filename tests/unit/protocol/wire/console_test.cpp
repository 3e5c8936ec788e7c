// SPDX-License-Identifier: Apache-2.0
#include "protocol/wire/console.hpp"

#include <gtest/gtest.h>

#include "protocol/wire/text.hpp"

namespace slipway::wire {
namespace {

TEST(ConsoleWords, ALineIsReadAsItWasWritten) {
  const ConsoleWord word{kNoNetwork, "eth0 is down; look at the caf\xC3\xA9"};
  const auto line = console_line(word);
  EXPECT_EQ(line, "slipway-agent: link no-network: eth0 is down; look at the caf\xC3\xA9\r\n");
  EXPECT_EQ(last_console_word(line), word);
}

TEST(ConsoleWords, TheLastOneCounts) {
  const auto text = console_line({kNoNetwork, "a"}) + "[  OK  ] Started something.\n" +
                    console_line({kRefused, "b"}) + "login: \n";
  EXPECT_EQ(last_console_word(text)->reason, kRefused);
}

TEST(ConsoleWords, HalfALineIsNotReadYet) {
  const auto whole = console_line({kNoNetwork, "a"});
  const auto text = whole + "slipway-agent: link pin-mismatch: who ans";
  EXPECT_EQ(last_console_word(text)->reason, kNoNetwork);
  EXPECT_FALSE(last_console_word("slipway-agent: link pin-mismatch: who ans"));
}

TEST(ConsoleWords, ALineThatBeganAsAnothersIsRead) {
  EXPECT_EQ(last_console_word("[  OK  ] Startslipway-agent: link denied: no\n"),
            (ConsoleWord{kDenied, "no"}));
}

TEST(ConsoleWords, WhatIsNotWellFormedIsPassedOver) {
  const auto good = console_line({kNoNetwork, "a"});
  for (const std::string bad :
       {"slipway-agent: link \n", "slipway-agent: link DROP TABLE: x\n",
        "slipway-agent: link no-network\n", "slipway-agent: link : x\n",
        "slipway-agent: link a\x1b[2Jb: x\n", "slipway-agent: link no/network: x\n"})
    EXPECT_EQ(last_console_word(good + bad)->reason, kNoNetwork) << bad;
  const std::string long_reason(kConsoleReasonBytes + 1, 'a');
  EXPECT_FALSE(last_console_word("slipway-agent: link " + long_reason + ": x\n"));
  EXPECT_FALSE(last_console_word(""));
  EXPECT_FALSE(last_console_word("\n\n\n"));
}

TEST(ConsoleWords, HostileTextComesOutCleanAndBounded) {
  const std::string hostile = "slipway-agent: link denied: \x1b[31m\xff\xc0\x80 <script>\0 x" +
                              std::string(100'000, '\xE4') + "\n";
  const auto word = last_console_word(hostile);
  ASSERT_TRUE(word);
  EXPECT_LE(word->message.size(), kConsoleMessageBytes);
  EXPECT_EQ(clean_text(word->message), word->message);
  for (const char c : word->message) EXPECT_GE(static_cast<unsigned char>(c), 0x20U);
}

TEST(ConsoleWords, AWriterCannotBreakOutOfItsLine) {
  const auto line = console_line({kDenied, "no\nslipway-agent: link linked: ha\r\n\x1b[2J"});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST(ConsoleWords, AMegabyteOfLinesIsReadFromItsEnd) {
  std::string text = console_line({kNoNetwork, "a"});
  while (text.size() < 1 << 20) text += "slipway-agent: link ???\n";
  EXPECT_EQ(last_console_word(text)->reason, kNoNetwork);
}

TEST(HeadOf, CutsBetweenCharacters) {
  EXPECT_EQ(head_of("caf\xC3\xA9s", 4), "caf");
  EXPECT_EQ(head_of("caf\xC3\xA9s", 5), "caf\xC3\xA9");
  EXPECT_EQ(head_of("abc", 9), "abc");
  EXPECT_EQ(head_of("\xC3\xA9", 1), "");
}

}  // namespace
}  // namespace slipway::wire
