// SPDX-License-Identifier: Apache-2.0
#include "agent/containers/names.hpp"

#include <gtest/gtest.h>

namespace slipway::containers {
namespace {

std::string field_refused(ContainerName name) {
  auto valid = check(name);
  return valid ? "" : valid.error().field;
}

TEST(ContainerNames, TakesWhatKubernetesTakes) {
  EXPECT_EQ(field_refused({"default", "web-5d4f8c7b9-abcde", "main"}), "");
  EXPECT_EQ(field_refused({"kube-system", "etcd.master-1.local", ""}), "");
  EXPECT_EQ(field_refused({"a", std::string(253, 'a'), std::string(63, 'b')}), "");
}

TEST(ContainerNames, RefusesWhatCouldLeaveItsPlace) {
  for (const std::string bad : {"", "..", "../x", "a/b", "a_b", "-a", "a-", "A", "a\"b", "a b"}) {
    EXPECT_EQ(field_refused({bad, "pod", "c"}), "namespace") << bad;
    EXPECT_EQ(field_refused({"ns", bad, "c"}), "pod") << bad;
    if (!bad.empty()) EXPECT_EQ(field_refused({"ns", "pod", bad}), "container") << bad;
  }
  EXPECT_EQ(field_refused({"ns", "a..b", "c"}), "pod");
  EXPECT_EQ(field_refused({"ns", std::string("a\0b", 3), "c"}), "pod");
  EXPECT_EQ(field_refused({"ns", std::string(254, 'a'), "c"}), "pod");
  EXPECT_EQ(field_refused({std::string(64, 'a'), "pod", "c"}), "namespace");
}

}  // namespace
}  // namespace slipway::containers
