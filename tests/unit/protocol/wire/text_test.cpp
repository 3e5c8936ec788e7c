// SPDX-License-Identifier: Apache-2.0
#include "protocol/wire/text.hpp"

#include <gtest/gtest.h>

#include "report.pb.h"

namespace slipway::wire {
namespace {

TEST(Text, ReplacesOnlyWhatIsInvalid) {
  EXPECT_EQ(clean_text(""), "");
  EXPECT_EQ(clean_text("plain \xe4\xb8\xad\xf0\x9f\x9a\xa2"), "plain \xe4\xb8\xad\xf0\x9f\x9a\xa2");
  for (const char* bad : {"\x80", "\xff", "\xc0", "\xc3", "\xf8"}) {
    EXPECT_EQ(clean_text(bad), "\xef\xbf\xbd") << bad;
  }
  EXPECT_EQ(clean_text("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
  EXPECT_EQ(clean_text("\xe4\xb8"), "\xef\xbf\xbd\xef\xbf\xbd");                  // cut short
}

TEST(Text, CleansEveryFieldOfAMessage) {
  MirrorRow row;
  row.mutable_meta()->set_name("a\xff");
  (*row.mutable_meta()->mutable_labels())["k"] = "v\xff";
  row.mutable_workload()->add_images("i\xff");
  row.mutable_workload()->add_images("fine");
  clean_texts(row);
  EXPECT_EQ(row.meta().name(), "a\xef\xbf\xbd");
  EXPECT_EQ(row.meta().labels().at("k"), "v\xef\xbf\xbd");
  EXPECT_EQ(row.workload().images(0), "i\xef\xbf\xbd");
  MirrorRow parsed;
  EXPECT_TRUE(parsed.ParseFromString(row.SerializeAsString()));
}

TEST(Text, LeavesBytesAlone) {
  IntentOutcome outcome;
  outcome.set_body("\xff\xfe");
  clean_texts(outcome);
  EXPECT_EQ(outcome.body(), "\xff\xfe");
}

}  // namespace
}  // namespace slipway::wire
