// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "controller/http/console_api.hpp"
#include "tests/unit/controller/http/world.hpp"

namespace slipway::http {
namespace {

constexpr console::File kFiles[] = {
    {"assets/page-1a.js", "text/javascript", "\"1a\"", "plain script", "gzipped", "brotlied"},
    {"index.html", "text/html; charset=utf-8", "\"2b\"", "<!doctype html>", "g", "b"}};

struct ConsoleTest : ::testing::Test {
  net::HttpResponse get(const std::string& target, net::Headers headers = {},
                        const std::string& method = "GET") {
    return world.run(
        api.answer({.method = method, .target = target, .headers = std::move(headers)}));
  }
  World world;
  PublicApi api{world.services, console_routes(kFiles)};
};

TEST_F(ConsoleTest, EachPlaceOfThePageIsThePage) {
  for (const auto* place : {"/console/", "/console/sign-in", "/console/management/clusters/a%20b",
                            "/console/business/demo/-/pods?search=%3Cscript%3E"}) {
    auto page = get(place);
    EXPECT_EQ(page.status, 200) << place;
    EXPECT_EQ(page.text(), "<!doctype html>");
    EXPECT_EQ(page.headers.get("Cache-Control"), "no-cache");
    const auto policy = page.headers.get("Content-Security-Policy");
    EXPECT_NE(policy.find("script-src 'self';"), std::string_view::npos) << policy;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string_view::npos) << policy;
    EXPECT_EQ(page.headers.get("X-Content-Type-Options"), "nosniff");
  }
  for (const auto* root : {"/", "/console"}) {
    EXPECT_EQ(get(root).status, 302);
    EXPECT_EQ(get(root).headers.get("Location"), "/console/");
  }
}

TEST_F(ConsoleTest, FilesComeInTheFormThatTheReaderTakes) {
  const std::pair<const char*, const char*> forms[] = {{"", "plain script"},
                                                       {"gzip, deflate, br", "brotlied"},
                                                       {"gzip", "gzipped"},
                                                       {"br;q=0, gzip;q=0.5", "gzipped"},
                                                       {"brotli, x-gzip", "plain script"},
                                                       {"br ; q=1.0", "brotlied"}};
  for (const auto& [accepted, body] : forms) {
    auto file = get("/assets/page-1a.js", {{"Accept-Encoding", accepted}});
    EXPECT_EQ(file.text(), body) << accepted;
    EXPECT_EQ(file.headers.get("Vary"), "Accept-Encoding");
    EXPECT_EQ(file.headers.get("Content-Type"), "text/javascript");
    EXPECT_NE(file.headers.get("Cache-Control").find("immutable"), std::string_view::npos);
  }
}

TEST_F(ConsoleTest, WhatTheReaderHasIsNotSentAgain) {
  const auto kept = get("/assets/page-1a.js", {{"If-None-Match", "\"0\", \"1a\""}});
  EXPECT_EQ(kept.status, 304);
  EXPECT_TRUE(kept.text().empty());
  EXPECT_EQ(get("/assets/page-1a.js", {{"If-None-Match", "\"1\""}}).status, 200);
}

TEST_F(ConsoleTest, NothingElseIsThere) {
  for (const auto* path : {"/assets/none.js", "/assets/..%2findex.html", "/assets/../index.html",
                           "/index.html", "/console.html", "/api/v1/none", "/assets/"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  EXPECT_EQ(get("/console/", {}, "POST").status, 405);
}

}  // namespace
}  // namespace slipway::http
