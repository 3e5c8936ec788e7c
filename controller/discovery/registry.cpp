// SPDX-License-Identifier: Apache-2.0
#include "controller/discovery/registry.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <optional>

#include "controller/discovery/form.hpp"
#include "protocol/base/log.hpp"

namespace slipway::discovery {

namespace json = boost::json;

namespace {

// etcd's own error codes of the v2 API.
constexpr int kKeyNotFound = 100;
constexpr int kNodeExists = 105;
constexpr int kUnauthorized = 110;
constexpr int kInvalidField = 209;

constexpr std::size_t kMaxMemberDigits = 16;
constexpr unsigned kSizeIndex = 1;  ///< the size's own createdIndex; members follow

struct Member {
  std::string id;
  std::string value;
  std::uint64_t created = 0;
};

struct Token {
  std::string name;
  std::string cluster;
  unsigned size = 0;
  std::vector<Member> members;  ///< by created
  std::uint64_t index() const { return members.empty() ? kSizeIndex : members.back().created; }
  const Member* find(const std::string& id) const {
    const auto found = std::ranges::find(members, id, &Member::id);
    return found == members.end() ? nullptr : &*found;
  }
};

json::object node_of(const std::string& key, const std::string& value, std::uint64_t created) {
  return {{"key", key}, {"value", value}, {"modifiedIndex", created}, {"createdIndex", created}};
}

json::object node_of(const Token& token, const Member& member) {
  return node_of("/" + token.name + "/" + member.id, member.value, member.created);
}

Answer said(int status, std::uint64_t index, json::object body) {
  return {status, index, json::serialize(body) + "\n"};
}

Answer refused(int status, int code, const char* message, std::string cause, std::uint64_t index) {
  return said(status, index,
              {{"errorCode", code}, {"message", message}, {"cause", cause}, {"index", index}});
}

Answer unknown(const std::string& path) {
  return refused(404, kKeyNotFound, "Key not found", path, 0);
}

Answer created(const Token& token, const Member& member) {
  return said(201, token.index(), {{"action", "create"}, {"node", node_of(token, member)}});
}

bool is_member_id(const std::string& text) {
  return !text.empty() && text.size() <= kMaxMemberDigits &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c); });
}

std::optional<Token> load(store::Database& database, const std::string& name) {
  auto row = database.prepare("SELECT cluster, size FROM discovery_tokens WHERE token = ?");
  row.bind(name);
  if (!row.step()) return std::nullopt;
  Token token{name, row.text(0), static_cast<unsigned>(row.number(1)), {}};
  auto rows = database.prepare(
      "SELECT member, value, created FROM discovery_members WHERE token = ? ORDER BY created");
  rows.bind(name);
  while (rows.step()) {
    token.members.push_back(
        {rows.text(0), rows.text(1), static_cast<std::uint64_t>(rows.number(2))});
  }
  return token;
}

Answer list(const Token& token) {
  json::array nodes;
  for (const Member& member : token.members) nodes.push_back(node_of(token, member));
  json::object directory{{"key", "/" + token.name},
                         {"dir", true},
                         {"nodes", std::move(nodes)},
                         {"modifiedIndex", kSizeIndex},
                         {"createdIndex", kSizeIndex}};
  return said(200, token.index(), {{"action", "get"}, {"node", std::move(directory)}});
}

/// A GET with wait=true: the first event at or after `since` below the key, or none yet.
std::variant<Answer, Wait> watch(const Token& token, const std::string& id, std::uint64_t since) {
  for (const Member& member : token.members) {
    if (member.created < since || (!id.empty() && member.id != id)) continue;
    return said(200, token.index(), {{"action", "create"}, {"node", node_of(token, member)}});
  }
  return Wait{token.name, token.index(), since};
}

bool is_name(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '.' || c == '_';
  });
}

/// Why a registration of `value` by `caller` is not taken; empty: it is.
std::string fault_of(const std::string& value, const Caller& caller) {
  if (!caller.master) return "only masters are members of etcd";
  if (value.size() > kMaxValueBytes) return "the value is too long";
  const auto equals = value.find('=');
  if (equals == std::string::npos || !is_name(value.substr(0, equals))) {
    return "the value is not name=peer URL";
  }
  if (value.substr(equals + 1) != "https://" + caller.address + ":2380") {
    return "a member registers its own peer URL alone: https://" + caller.address + ":2380";
  }
  return {};
}

bool holds(const Token& token, const std::string& value) {
  return std::ranges::find(token.members, value, &Member::value) != token.members.end();
}

/// Registers a member, if the token has room for it. `changed` says whether it is new.
Answer join(store::Database& database, Token token, const std::string& id, const std::string& value,
            const Caller& caller, bool& changed) {
  if (const std::string fault = fault_of(value, caller); !fault.empty()) {
    spdlog::warn("discovery of {}: {} refused: {}", token.cluster, caller.address, fault);
    return refused(403, kUnauthorized, "Insufficient credentials", fault, token.index());
  }
  const bool full = token.members.size() >= token.size;
  const Member* before = token.find(id);
  if (before && before->value == value && caller.forming) return created(token, *before);
  if (full || before || holds(token, value)) {
    return refused(412, kNodeExists, "Key already exists", "/" + token.name + "/" + id,
                   token.index());
  }
  const Member member{id, value, token.index() + 1};
  database
      .prepare("INSERT INTO discovery_members (token, member, value, created) VALUES (?, ?, ?, ?)")
      .bind(token.name)
      .bind(member.id)
      .bind(member.value)
      .bind(member.created)
      .run();
  token.members.push_back(member);
  changed = true;
  spdlog::info("discovery of {}: {} registered ({} of {})", token.cluster, value,
               token.members.size(), token.size);
  return created(token, member);
}

}  // namespace

Registry::Registry(store::Database& database) : database_(database) {}

std::string Registry::token_of(const base::ClusterId& cluster, unsigned size) {
  size = std::clamp(size, 1u, kMaxClusterSize);
  {
    auto row = database_.prepare("SELECT token, size FROM discovery_tokens WHERE cluster = ?");
    row.bind(cluster.value);
    if (row.step() && row.number(1) == static_cast<std::int64_t>(size)) return row.text(0);
  }
  forget(cluster);
  std::string token = base::new_id() + base::new_id();
  database_.prepare("INSERT INTO discovery_tokens (token, cluster, size) VALUES (?, ?, ?)")
      .bind(token)
      .bind(cluster.value)
      .bind(size)
      .run();
  return token;
}

void Registry::forget(const base::ClusterId& cluster) {
  std::string token;
  {
    auto row = database_.prepare("SELECT token FROM discovery_tokens WHERE cluster = ?");
    row.bind(cluster.value);
    if (!row.step()) return;
    token = row.text(0);
  }
  database_.prepare("DELETE FROM discovery_tokens WHERE token = ?").bind(token).run();
  if (on_change) on_change(token);
}

std::vector<std::string> Registry::members(const base::ClusterId& cluster) const {
  auto rows = database_.prepare(
      "SELECT value FROM discovery_members JOIN discovery_tokens USING (token) WHERE cluster = ? "
      "ORDER BY created");
  rows.bind(cluster.value);
  std::vector<std::string> values;
  while (rows.step()) values.push_back(rows.text(0));
  return values;
}

std::variant<Answer, Wait> Registry::handle(const Request& request, const Caller& caller,
                                            std::optional<std::uint64_t> pinned) {
  const Target target = target_of(request.path);
  auto token = load(database_, target.segment(0));
  // Another cluster's token is answered as an unknown one: who asks learns nothing of it.
  if (!token || token->cluster != caller.cluster.value) return unknown(target.path);
  const std::string id = target.segment(1);

  if (request.method == "PUT") {
    if (target.segments.size() != 2 || !is_member_id(id)) {
      return refused(403, kUnauthorized, "Insufficient credentials",
                     "agents write members only: /" + token->name + "/<member id>", token->index());
    }
    bool changed = false;
    Answer answer = join(database_, *token, id, parse_form(request.body)["value"], caller, changed);
    if (changed && on_change) on_change(token->name);
    return answer;
  }
  if (request.method != "GET") {
    return refused(405, kInvalidField, "Invalid field", "only GET and PUT are served", 0);
  }
  if (target.segments.size() == 3 && id == "_config" && target.segment(2) == "size") {
    json::object node =
        node_of("/" + token->name + "/_config/size", std::to_string(token->size), kSizeIndex);
    return said(200, token->index(), {{"action", "get"}, {"node", std::move(node)}});
  }
  if (target.segments.size() > 2) return unknown(target.path);
  if (target.is_set("wait")) {
    const auto since = pinned ? pinned : target.number("waitIndex", token->index() + 1);
    if (!since) {
      return refused(400, kInvalidField, "Invalid field", "waitIndex is no number", token->index());
    }
    return watch(*token, id, *since);
  }
  if (id.empty()) return list(*token);
  const Member* member = token->find(id);
  if (!member) return unknown(target.path);
  return said(200, token->index(), {{"action", "get"}, {"node", node_of(*token, *member)}});
}

}  // namespace slipway::discovery
