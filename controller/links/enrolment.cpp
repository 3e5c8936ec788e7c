// SPDX-License-Identifier: Apache-2.0
#include "controller/links/enrolment.hpp"

#include <algorithm>

#include "protocol/base/log.hpp"

namespace slipway::links {

using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;
using base::Task;
using base::UtcTime;

namespace {

constexpr std::chrono::minutes kBackdate{5};  // the node's clock may be behind

bool is_hex(const std::string& text, std::size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::unexpected<Error> denied(std::string message, std::string field) {
  return fail(ErrorCode::kDenied, std::move(message), std::move(field));
}

/// What stands in the way when the cloud's machine is in this state; empty when it runs.
std::string unfit(const cloud::Machine& machine) {
  switch (machine.state) {
    case cloud::MachineState::kRunning:
      return {};
    case cloud::MachineState::kBuilding:
      return "the cloud says that the token's machine does not run yet";
    case cloud::MachineState::kStopped:
      return "the cloud says that the token's machine is powered off";
    case cloud::MachineState::kFailed:
      return "the cloud says that the token's machine has failed";
    case cloud::MachineState::kGone:
      return "the cloud does not know the token's machine";
  }
  return "the cloud says of the token's machine what is not understood";
}

/// For the audit: which certificate it is.
std::string words_of(const std::string& certificate_pem) {
  const auto facts = pki::inspect(certificate_pem);
  if (!facts) return {};
  return "serial " + facts->serial + ", until " + base::to_rfc3339(facts->not_after);
}

}  // namespace

Enrolment::Enrolment(store::Database& database, cloud::Cloud& cloud, access::Audit& audit,
                     const Roster& roster, const Authority& authority,
                     std::chrono::seconds certificate_life, const base::Clock& clock)
    : rows_(database),
      cloud_(cloud),
      audit_(audit),
      roster_(roster),
      authority_(authority),
      certificate_life_(certificate_life),
      clock_(clock) {}

std::string Enrolment::issue_token(const base::MachineId& machine, const base::ClusterId& cluster,
                                   const base::ResourceId& resource, wire::Role role) {
  std::string token = pki::random_hex(kTokenBytes);
  EnrolmentRow row;
  row.token_sha256 = pki::sha256_hex(token);
  row.machine = machine;
  row.cluster = cluster;
  row.resource = resource;
  row.role = role;
  rows_.add(row, clock_.utc());
  return token;
}

void Enrolment::machine_runs(const base::MachineId& machine, UtcTime since) {
  rows_.set_running(machine, since);
}
void Enrolment::link_opened(const base::MachineId& machine) {
  rows_.spend(machine);
}
void Enrolment::forget(const base::MachineId& machine) {
  rows_.forget(machine);
}

std::optional<wire::Role> Enrolment::enrolled(const base::MachineId& machine) const {
  const auto row = rows_.of(machine);
  if (!row || row->key_sha256.empty()) return std::nullopt;
  return row->role;
}

std::size_t Enrolment::enrolled_count() const {
  return rows_.count_bound();
}

std::optional<Suspicion> Enrolment::suspicion(const base::MachineId& machine) const {
  const auto row = rows_.of(machine);
  if (!row || !row->flagged) return std::nullopt;
  return Suspicion{*row->flagged, row->key_sha256, row->other_key, row->other_from};
}

void Enrolment::audit_refusal(const std::string& machine, const std::string& from,
                              const Error& why) {
  spdlog::warn("enrolment from {} refused ({}): {}", from, why.field, why.message);
  audit_.record({.actor = machine.empty() ? "-" : "machine:" + machine,
                 .role = {},
                 .from = from,
                 .action = "enrol.refused",
                 .object = machine.empty() ? "-" : "machine/" + machine,
                 .outcome = std::string(name_of(why.code)),
                 .detail = why.field + ": " + why.message,
                 .request_id = {}});
}

void Enrolment::flag(const EnrolmentRow& row, const std::string& other_key,
                     const std::string& from) {
  rows_.flag(row, other_key, from, clock_.utc());
  for (const std::string& key : {row.key_sha256, other_key}) {
    audit_.record({.actor = "machine:" + row.machine.value,
                   .role = {},
                   .from = key == other_key ? from : row.address,
                   .action = "enrol.flagged",
                   .object = "machine/" + row.machine.value,
                   .outcome = std::string(name_of(ErrorCode::kDenied)),
                   .detail = "two keys showed the machine's token; this one has SHA-256 " + key,
                   .request_id = {}});
  }
}

/// The row of a token that is still good, whatever its age.
Result<EnrolmentRow> Enrolment::usable(const std::string& token) const {
  if (!is_hex(token, 2 * kTokenBytes)) {
    return denied("a token has 64 lower-case hex digits; this one has not", "token");
  }
  auto row = rows_.by_token(pki::sha256_hex(token));
  if (!row) return denied("the token is unknown", "token");
  return std::move(*row);
}

Result<> Enrolment::in_time(const EnrolmentRow& row) const {
  if (row.running && clock_.utc() > *row.running + kTokenLife) {
    return denied(
        "the token is too late: its 15 minutes since the machine runs are over; replace "
        "the machine",
        "token");
  }
  return {};
}

Task<Result<>> Enrolment::check_machine(EnrolmentRow row, std::string from) {
  const auto place = roster_.find(row.machine);
  if (!place) co_return denied("the machine is no longer part of a cluster", "machine");
  if (place->cluster != row.cluster || place->role != row.role) {
    co_return denied("the machine has another cluster or role than when the token was made",
                     "machine");
  }
  auto machine = co_await cloud_.machine(row.resource);
  if (!machine) {
    co_return fail(ErrorCode::kUnavailable,
                   "the cloud does not say whether the machine runs; try again", "machine");
  }
  if (std::string why = unfit(*machine); !why.empty()) co_return denied(why, "machine");
  rows_.set_running(row.machine, clock_.utc());
  if (machine->address.empty() || machine->address != from) {
    co_return denied("the request comes from " + from + ", which is not the machine's address",
                     "address");
  }
  co_return Result<>{};
}

Result<> Enrolment::bind_key(const EnrolmentRow& row, const std::string& key,
                             const std::string& from) {
  if (rows_.bind(row, key, clock_.utc())) return {};
  auto now = rows_.by_token(row.token_sha256);
  flag(now.value_or(row), key, from);
  return denied("another key showed this token first; both are flagged", "key");
}

Result<wire::EnrolResponse> Enrolment::certify(const EnrolmentRow& row, const std::string& csr_pem,
                                               const std::string& from) {
  const UtcTime now = clock_.utc();
  pki::CertificateRequest wanted;
  wanted.common_name = row.machine.value;
  wanted.organizations = {"slipway:nodes"};
  wanted.usage = pki::Usage::kClient;
  wanted.not_before = now - std::min<std::chrono::seconds>(kBackdate, certificate_life_ / 10);
  wanted.not_after = now + certificate_life_;
  auto certificate = pki::sign_csr(authority_.issuer(), csr_pem, wanted);
  if (!certificate) return fail(certificate);
  rows_.set_address(row, from);
  wire::EnrolResponse response;
  response.set_certificate_pem(std::move(*certificate));
  response.set_ca_pem(authority_.bundle_pem());
  response.set_machine_id(row.machine.value);
  response.set_utc_ms(base::to_unix_ms(now));
  return response;
}

Task<Result<wire::EnrolResponse>> Enrolment::enrol(wire::EnrolRequest request, std::string from) {
  std::string machine;  // known once a token named it
  auto refuse = [&](const Error& why) {
    if (why.code != ErrorCode::kUnavailable) audit_refusal(machine, from, why);
    return std::unexpected(why);
  };
  auto row = usable(request.token());
  if (!row) co_return refuse(row.error());
  machine = row->machine.value;
  auto csr = pki::parse_csr(request.csr_pem());
  if (!csr) co_return refuse(csr.error());
  const std::string& key = csr->public_key_sha256;

  if (row->state != TokenState::kOpen) {
    const bool other = !row->key_sha256.empty() && row->key_sha256 != key;
    if (row->state == TokenState::kSpent && other) flag(*row, key, from);
    const char* why = row->state == TokenState::kSpent
                          ? "the token is spent: its machine has linked"
                      : row->state == TokenState::kVoid ? "the token was replaced by a newer one"
                                                        : "the token's machine was deleted";
    co_return refuse({ErrorCode::kDenied, why, "token"});
  }
  if (auto ok = in_time(*row); !ok) co_return refuse(ok.error());
  if (auto ok = co_await check_machine(*row, from); !ok) co_return refuse(ok.error());
  // The cloud took its time: what was read of the row before may have changed.
  auto now = rows_.by_token(row->token_sha256);
  if (!now || now->state != TokenState::kOpen) {
    co_return refuse({ErrorCode::kDenied, "the token is no longer good", "token"});
  }
  if (auto ok = bind_key(*now, key, from); !ok) co_return refuse(ok.error());
  auto response = certify(*now, request.csr_pem(), from);
  if (!response) co_return refuse(response.error());
  audit_.record({.actor = "machine:" + machine,
                 .role = {},
                 .from = from,
                 .action = "enrol",
                 .object = "machine/" + machine,
                 .outcome = "ok",
                 .detail = "key SHA-256 " + key,
                 .request_id = {}});
  co_return response;
}

Task<Result<wire::EnrolResponse>> Enrolment::renew(wire::EnrolRequest request, std::string from) {
  auto csr = pki::parse_csr(request.csr_pem());
  if (!csr) {
    audit_refusal({}, from, csr.error());
    co_return fail(csr);
  }
  auto row = rows_.by_key(csr->public_key_sha256);
  if (!row) {
    const Error why{ErrorCode::kDenied, "no machine enrolled with this key", "key"};
    audit_refusal({}, from, why);
    co_return std::unexpected(why);
  }
  Result<> ok = co_await check_machine(*row, from);
  if (ok && !enrolled(row->machine)) ok = denied("the machine was deleted", "machine");
  if (!ok) {
    if (ok.error().code != ErrorCode::kUnavailable) {
      audit_refusal(row->machine.value, from, ok.error());
    }
    co_return fail(ok);
  }
  auto response = certify(*row, request.csr_pem(), from);
  if (response) {
    audit_.record({.actor = "machine:" + row->machine.value,
                   .role = {},
                   .from = from,
                   .action = "certificate.renewed",
                   .object = "machine/" + row->machine.value,
                   .outcome = "ok",
                   .detail = words_of(response->certificate_pem()),
                   .request_id = {}});
  }
  co_return response;
}

Task<Result<>> Enrolment::admit(base::MachineId machine, std::string from) {
  const auto row = rows_.of(machine);
  if (!row || row->key_sha256.empty()) {
    co_return denied("no such machine is enrolled", "machine");
  }
  if (!roster_.find(machine)) co_return denied("the machine is being deleted", "machine");
  if (row->address == from) co_return Result<>{};
  // A cloud may have given it another address since its certificate.
  auto there = co_await cloud_.machine(row->resource);
  if (!there) {
    co_return fail(ErrorCode::kUnavailable,
                   "the cloud does not say what the machine's address is; try again", "address");
  }
  if (there->state != cloud::MachineState::kRunning || there->address != from) {
    co_return denied("the link comes from " + from + ", which is not the machine's address",
                     "address");
  }
  rows_.set_address(*row, from);
  co_return Result<>{};
}

}  // namespace slipway::links
