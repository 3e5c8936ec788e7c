// SPDX-License-Identifier: Apache-2.0
// Paths and queries that nobody should send, to each route that takes an argument or a parameter.
#include "tests/unit/controller/http/hostile.hpp"

namespace slipway::http {
namespace {

const std::set<int> kBad{400, 404, 422};

std::string escaped(const std::string& bytes) {
  std::string out;
  for (const unsigned char c : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    out += {'%', kDigits[c >> 4], kDigits[c & 15]};
  }
  return out;
}

/// As they stand in a path; none is the name of anything.
std::vector<std::string> hostile_segments() {
  return {"..",
          "%2e%2e",
          "..%2f..%2fetc%2fpasswd",
          "a%5cb",
          "a%0d%0aSet-Cookie:x",
          "%00",
          "web%00",
          "%ff",
          "%ed%a0%80",
          "%zz",
          "'%20OR%201=1--",
          std::string(5000, 'x'),
          escaped(std::string(5000, '\x01')),
          "web%3Fforce=true"};
}

class HostileRequestsTest : public HostileTest {
 public:
  /// What the proxy passes on is the cluster's to judge (see kube_proxy_test); what asks whether
  /// the controller is well adds to its query whatever it likes.
  static bool is_api(const Operation& one) {
    return one.path.starts_with("/api/") && !one.path.ends_with("/{path}");
  }

  static std::string query_of(const YAML::Node& parameters) {
    std::string text;
    for (const auto& parameter : parameters) {
      // `workloads=keep`: what a route cannot do without.
      if (parameter["in"].Scalar() != "query" || !parameter["required"]) continue;
      if (!parameter["required"].as<bool>()) continue;
      const auto words = parameter["schema"]["enum"];
      text += (text.empty() ? "?" : "&") + parameter["name"].Scalar() + "=" +
              (words ? words[0].Scalar() : "a");
    }
    return text;
  }

  /// What a parameter of this schema never is.
  std::vector<std::string> hostile_values(const YAML::Node& schema) const {
    std::vector<std::string> values{"%00", "a%00b", "%ff", "%c3%28", "%", "%2", "%zz"};
    const auto add = [&](std::initializer_list<const char*> more) {
      values.insert(values.end(), more.begin(), more.end());
    };
    const auto type = schema["type"] ? schema["type"].Scalar() : "";
    if (type == "integer") {
      add({"", "-1", "0x10", "1.5", "1e3", "99999999999999999999", "-9223372036854775809", "ten",
           "+1", "%201", "1%20", "NaN", "9223372036854775808"});
    }
    if (type == "boolean") add({"", "yes", "2", "TRUE", "maybe"});
    if (schema["enum"]) add({"frobnicate", "-1", "*"});
    if (schema["format"] && schema["format"].Scalar() == "date-time") {
      add({"yesterday", "0", "2026-13-01T00:00:00Z", "99999-01-01T00:00:00Z"});
    }
    return values;
  }

  net::HttpResponse refuse(const Operation& one, const std::string& to, const std::set<int>& bad) {
    SCOPED_TRACE(one.method + " " + to.substr(0, 200));
    // A body that is none of the route's comes after what is wrong with path and query.
    const bool takes = one.body.IsMap();
    const auto type = takes ? one.body.begin()->first.Scalar() : std::string{};
    auto response = send_hostile(one, to, takes ? "{}" : "", type);
    expect_refused(response, bad);
    ++asked;
    return response;
  }

  std::size_t asked = 0;
};

TEST_F(HostileRequestsTest, NoArgumentOfAPathIsTakenForAnother) {
  const auto before = made();
  for (const auto& one : contract.operations()) {
    if (!is_api(one)) continue;
    for (const auto& parameter : one.parameters) {
      if (parameter["in"].Scalar() != "path") continue;
      const auto name = parameter["name"].Scalar();
      if (name == "terminal") continue;  // the node's agent knows which there are
      for (const auto& segment : hostile_segments()) {
        refuse(one, target(one.path, name, segment) + query_of(one.parameters),
               {400, 404, 415, 422});
      }
    }
  }
  EXPECT_EQ(made(), before);
  EXPECT_GE(asked, 2500U);
}

TEST_F(HostileRequestsTest, NoParameterOfAQueryIsTakenForWhatItIsNot) {
  const auto before = made();
  for (const auto& one : contract.operations()) {
    if (!is_api(one)) continue;
    const auto base = target(one.path);
    for (const auto& parameter : one.parameters) {
      if (parameter["in"].Scalar() != "query") continue;
      const auto name = parameter["name"].Scalar();
      const auto schema = contract.resolve(parameter["schema"]);
      for (const auto& value : hostile_values(schema)) {
        refuse(one, base + "?" + name + "=" + value, kBad);
      }
      const bool list = schema["type"] && schema["type"].Scalar() == "array";
      if (list) continue;
      refuse(one, base + "?" + name + "=a&" + name + "=a", kBad);
      refuse(one, base + "?" + name + "=" + std::string(8000, 'x'), kBad);
    }
    refuse(one, base + "?frobnicate=1", kBad);
    refuse(one, base + "?" + std::string(8000, 'f') + "=1", kBad);
    refuse(one, base + "?%ff=1", kBad);
    refuse(one, base + "?%00=1", kBad);
  }
  EXPECT_EQ(made(), before);
  EXPECT_GE(asked, 2000U);
}

TEST_F(HostileRequestsTest, NoCursorIsBelieved) {
  for (const auto& one : contract.operations()) {
    const bool paged = std::ranges::any_of(one.parameters, [](const auto& parameter) {
      return parameter["name"].Scalar() == "cursor";
    });
    if (!paged) continue;
    for (const auto& cursor : {"a", "-1", "99999999999999999999", "AAAA", "%2e%2e", "~",
                               "WyJhIiwiYiJd", "e30", "bnVsbA=="}) {
      refuse(one, target(one.path) + "?cursor=" + cursor, {422});
    }
  }
  EXPECT_GE(asked, 250U);
}

}  // namespace
}  // namespace slipway::http
