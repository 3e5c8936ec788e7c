// SPDX-License-Identifier: Apache-2.0
#include "agent/containers/process_spec.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace slipway::containers {
namespace {

namespace json = boost::json;

constexpr auto kSpec = R"({"ociVersion":"1.0.2","process":{"user":{"uid":1000,"gid":2000},
  "args":["nginx"],"env":["PATH=/bin","TERM=dumb","A=B"],"cwd":"/srv","noNewPrivileges":true,
  "capabilities":{"bounding":["CAP_CHOWN"],"effective":["CAP_CHOWN"]},
  "rlimits":[{"type":"RLIMIT_NOFILE","hard":18446744073709551615,"soft":1024}],
  "oomScoreAdj":-998},"root":{"path":"rootfs"}})";

json::object exec(bool tty) {
  auto process = process_of(kSpec);
  EXPECT_TRUE(process);
  auto made = exec_process(*process, {"/bin/sh", "-c", "id"}, tty);
  EXPECT_TRUE(made);
  return json::parse(*made).as_object();
}

TEST(ProcessSpec, ChangesArgumentsAndTerminalAlone) {
  auto process = exec(false);
  EXPECT_EQ(json::serialize(process["args"]), R"(["/bin/sh","-c","id"])");
  EXPECT_EQ(process["terminal"], false);
  EXPECT_EQ(process["cwd"], "/srv");
  EXPECT_EQ(process["user"].at("uid"), 1000);
  EXPECT_EQ(process["noNewPrivileges"], true);
  EXPECT_EQ(json::serialize(process["env"]), R"(["PATH=/bin","TERM=dumb","A=B"])");
  EXPECT_EQ(process["rlimits"].at(0).at("hard").as_uint64(), 18446744073709551615ULL);
  EXPECT_EQ(process["oomScoreAdj"], -998);
  EXPECT_EQ(json::serialize(process["capabilities"]),
            R"({"bounding":["CAP_CHOWN"],"effective":["CAP_CHOWN"]})");
}

TEST(ProcessSpec, GivesATerminalItsType) {
  auto process = exec(true);
  EXPECT_EQ(process["terminal"], true);
  EXPECT_EQ(json::serialize(process["env"]), R"(["PATH=/bin","A=B","TERM=xterm"])");
}

TEST(ProcessSpec, RefusesWhatIsNoSpec) {
  for (const auto* bad : {"", "[]", "null", "{", "{}", R"({"process":7})", "{\"process\":"}) {
    EXPECT_FALSE(process_of(bad)) << bad;
  }
  EXPECT_EQ(process_of(std::string(kSpecLimitBytes + 1, ' ')).error().code,
            base::ErrorCode::kExhausted);
  EXPECT_EQ(exec_process("{}", {}, false).error().field, "command");
}

}  // namespace
}  // namespace slipway::containers
