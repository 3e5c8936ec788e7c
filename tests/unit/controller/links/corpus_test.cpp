// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <set>

#include "tests/unit/controller/links/site.hpp"

namespace slipway::links {
namespace {

std::string text_of(const YAML::Node& node, const char* key, std::string absent) {
  return node && node[key] ? node[key].as<std::string>() : absent;
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

/// One entry of the corpus: a world, what is sent into it.
class Case {
 public:
  explicit Case(const YAML::Node& entry) : world_(entry["world"]), sent_(entry["send"]) {
    token_ = site.issue();
    site.enrolment.machine_runs(site.machine, site.clock.utc());
    set_token(text_of(world_, "token", "open"));
    set_machine(text_of(world_, "machine", "running"));
    set_member(text_of(world_, "member", "yes"));
    site.clock.advance(std::chrono::minutes{std::stoi(text_of(world_, "minutes", "1"))});
    audited_before = site.audit.entries.size();
    enrolled_before = site.enrolment.enrolled(site.machine).has_value();
  }

  net::HttpRequest request() {
    net::HttpRequest request;
    request.method = text_of(sent_, "method", "POST");
    request.target = text_of(sent_, "path", "/enrol");
    const std::string type = text_of(sent_, "type", kProtobufType);
    if (!type.empty()) request.headers.set("Content-Type", type);
    request.peer.address = text_of(sent_, "from", site.address);
    request.body = body();
    return request;
  }

  Site site;
  std::size_t audited_before = 0;
  bool enrolled_before = false;

 private:
  void set_token(const std::string& state) {
    if (state == "spent" || state == "other-key") {
      const std::string& key = state == "spent" ? key_ : other_key_;
      EXPECT_EQ(site.enrol(token_, key).status, 200);
    }
    if (state == "spent") site.enrolment.link_opened(site.machine);
    if (state == "void") site.issue();
    if (state == "forgotten") site.enrolment.forget(site.machine);
  }

  void set_machine(const std::string& state) {
    if (state == "gone") site.cloud.lose(site.resource);
    if (state == "stopped") site.cloud.power_off(site.resource);
    if (state == "failed") site.cloud.break_machine(site.resource, "no disk");
    if (state == "building") {
      site.cloud.lose(site.resource);
      site.cloud.boot_polls(5);
      cloud::MachineSpec spec;
      spec.id = site.resource;
      (void)finish(site.io, site.cloud.ensure_machine(spec));
    }
    if (state == "cloud-down") {
      site.cloud.fail("machine", {base::ErrorCode::kUnavailable, "no answer", {}});
    }
  }

  void set_member(const std::string& state) {
    Membership& place = site.roster.members[site.machine];
    if (state == "other-cluster") place.cluster = {"c2"};
    if (state == "other-role") place.role = wire::WORKER;
    if (state == "no") site.roster.members.clear();
  }

  std::string token() {
    const std::string word = text_of(sent_, "token", "own");
    if (word == "own") return token_;
    if (word == "hash") return pki::sha256_hex(token_);
    if (word != "upper") return word;
    std::string upper = token_;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    return upper == token_ ? "A" + upper.substr(1) : upper;
  }

  std::string csr() {
    const std::string word = text_of(sent_, "csr", "good");
    if (word == "huge") return std::string(17 << 10, 'A');
    if (word == "certificate") return site.ca.certificate_pem;
    if (word != "good") return word;
    const bool other = text_of(sent_, "key", "own") == "other";
    return pki::make_csr(other ? other_key_ : key_, "x").value();
  }

  std::string body() {
    if (sent_ && sent_["body"]) return from_hex(sent_["body"].as<std::string>());
    if (sent_ && sent_["bytes"]) return std::string(sent_["bytes"].as<std::size_t>(), '\0');
    wire::EnrolRequest message;
    message.set_token(token());
    message.set_csr_pem(csr());
    return message.SerializeAsString();
  }

  YAML::Node world_;
  YAML::Node sent_;
  std::string token_;
  std::string key_ = pki::make_key();
  std::string other_key_ = pki::make_key();
};

TEST(EnrolmentCorpus, EveryBadRequestIsRefusedForItsReason) {
  const YAML::Node corpus = YAML::LoadFile(SLIPWAY_CORPUS "/enrolment.yaml");
  std::set<std::string> details;
  for (const YAML::Node& entry : corpus) {
    SCOPED_TRACE(entry["name"].as<std::string>());
    Case bad(entry);
    const net::HttpResponse response = bad.site.send(bad.request());
    ASSERT_EQ(response.status, entry["status"].as<int>()) << response.text();
    EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
    const auto problem = problem_of(response);
    EXPECT_EQ(problem.at("type").as_string(),
              "urn:slipway:problem:" + entry["code"].as<std::string>());
    EXPECT_EQ(problem.at("field").as_string(), entry["field"].as<std::string>());
    EXPECT_EQ(problem.at("status").as_int64(), response.status);
    details.insert(std::string(problem.at("detail").as_string()));
    EXPECT_EQ(bad.site.enrolment.enrolled(bad.site.machine).has_value(), bad.enrolled_before)
        << "nothing half-made";

    const std::string reason = entry["reason"].as<std::string>();
    const auto& audited = bad.site.audit.entries;
    if (reason.empty()) {
      EXPECT_EQ(audited.size(), bad.audited_before);
      continue;
    }
    ASSERT_GT(audited.size(), bad.audited_before);
    EXPECT_EQ(audited.back().action, "enrol.refused");
    EXPECT_NE(audited.back().detail.find(reason), std::string::npos) << audited.back().detail;
    EXPECT_EQ(audited.back().from, text_of(entry["send"], "from", bad.site.address));
  }
  EXPECT_GE(details.size(), 12u);
}

}  // namespace
}  // namespace slipway::links
