// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/roll.hpp"

#include <boost/json.hpp>
#include <sstream>

#include "protocol/base/files.hpp"
#include "protocol/pki/openssl.hpp"

namespace slipway::swarm {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::size_t kMaxFileBytes = 256 << 20;
constexpr std::size_t kOctets = 250;  ///< no address ends in 0 or 255

std::string der_of(const std::string& certificate_pem) {
  const auto certificate = pki::certificate_of(certificate_pem);
  std::string der;
  const int size = certificate ? i2d_X509(certificate.get(), nullptr) : 0;
  if (size <= 0) return der;
  der.resize(static_cast<std::size_t>(size));
  auto* into = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(certificate.get(), &into);
  return der;
}

Member member_of(const boost::json::object& row) {
  const auto text = [&](const char* name) { return std::string(row.at(name).as_string()); };
  Member member{.machine = {text("machine")},
                .cluster = {text("cluster")},
                .node = text("node"),
                .address = text("address"),
                .master = row.at("master").as_bool(),
                .certificate_pem = text("certificate"),
                .certificate_der = {}};
  member.certificate_der = der_of(member.certificate_pem);
  return member;
}

}  // namespace

std::string address_of(std::size_t index) {
  return "127." + std::to_string(1 + index / (kOctets * kOctets)) + "." +
         std::to_string(1 + index / kOctets % kOctets) + "." + std::to_string(1 + index % kOctets);
}

std::string line_of(const Member& member) {
  return boost::json::serialize(boost::json::object{{"machine", member.machine.value},
                                                    {"cluster", member.cluster.value},
                                                    {"node", member.node},
                                                    {"address", member.address},
                                                    {"master", member.master},
                                                    {"certificate", member.certificate_pem}}) +
         "\n";
}

Result<std::vector<Member>> read_members(const std::filesystem::path& file, std::size_t most) {
  auto text = base::read_file(file, kMaxFileBytes);
  if (!text) return fail(text);
  std::vector<Member> members;
  std::istringstream lines(std::move(*text));
  std::string line;
  try {
    while (members.size() < most && std::getline(lines, line)) {
      members.push_back(member_of(boost::json::parse(line).as_object()));
    }
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, file.string() + ": line " +
                                         std::to_string(members.size() + 1) + ": " + error.what());
  }
  if (members.empty()) {
    return fail(ErrorCode::kInvalid, file.string() + " names no agent: run prepare first");
  }
  return members;
}

}  // namespace slipway::swarm
