// SPDX-License-Identifier: Apache-2.0
#include "controller/clusters/key_pairs.hpp"
#include "controller/http/lists.hpp"
#include "controller/http/resources.hpp"

namespace slipway::http {

namespace {

boost::json::object key_pair_view(const clusters::KeyPair& pair) {
  return {{"name", pair.name},
          {"publicKey", pair.public_key},
          {"fingerprint", pair.fingerprint},
          {"createdAt", base::to_rfc3339(pair.created)},
          {"createdBy", pair.created_by}};
}

/// With a public key: kept. Without: a pair is made, and its private key goes out this once.
base::Task<Answer> create_key_pair(Services& services, Call call) {
  if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
  auto body = parse_json(call.request);
  if (!body) co_return base::fail(body);
  ObjectReader in(*body);
  clusters::KeyPair pair{.name = in.text("name", clusters::kMaxKeyPairNameBytes)};
  const auto given = in.optional_text("publicKey", clusters::kMaxPublicKeyBytes);
  if (auto fault = in.fault()) co_return std::unexpected(*fault);
  if (auto good = services.key_pairs.check(pair.name); !good) co_return base::fail(good);
  clusters::SshKeyPair made;
  if (given.empty()) {
    auto fresh = co_await clusters::make_ssh_key(pair.name);
    if (!fresh) co_return base::fail(fresh);
    made = std::move(*fresh);
  } else {
    auto read = co_await clusters::read_ssh_public_key(given);
    if (!read) co_return base::fail(read);
    made.public_key = std::move(*read);
  }
  pair.public_key = made.public_key.line;
  pair.fingerprint = made.public_key.fingerprint;
  pair.created = services.clock.utc();
  pair.created_by = call.caller.user.name;
  if (auto added = services.key_pairs.add(pair); !added) co_return base::fail(added);
  auto out = key_pair_view(pair);
  if (!made.private_key.empty()) out["privateKey"] = made.private_key;
  auto response = json_response(201, out);
  response.headers.set("Location", "/api/v1/key-pairs/" + pair.name);
  co_return response;
}

const ListColumns<clusters::KeyPair>& columns() {
  using Column = ListColumn<clusters::KeyPair>;
  static const ListColumns<clusters::KeyPair> all{
      {"name", [](const auto& one) { return one.name; }, Column::kSearch},
      {"by", [](const auto& one) { return one.created_by; }, Column::kSearch},
      {"created", [](const auto& one) { return sortable(one.created); }}};
  return all;
}

base::Task<Answer> list_key_pairs(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return list_response(
      services.key_pairs.list(), asked, columns(), [](const auto& pair) { return pair.name; },
      [](const auto& pair) { return key_pair_view(pair); });
}

}  // namespace

Routes key_pairs_routes(Services& services) {
  return {
      {.method = "GET",
       .pattern = "/api/v1/key-pairs",
       .action = "",
       .answer = [&services](Call call) { return list_key_pairs(services, std::move(call)); }},
      {.method = "POST",
       .pattern = "/api/v1/key-pairs",
       .action = "keypair.create",
       .answer = [&services](Call call) { return create_key_pair(services, std::move(call)); }},
      {.method = "DELETE",
       .pattern = "/api/v1/key-pairs/{keyPair}",
       .action = "keypair.delete",
       .answer = [&services](Call call) -> base::Task<Answer> {
         if (auto fault = QueryReader(call.query).fault()) co_return std::unexpected(*fault);
         auto gone = services.key_pairs.remove(call.argument("keyPair"));
         if (!gone) co_return base::fail(gone);
         co_return empty_response(204);
       }},
  };
}

}  // namespace slipway::http
