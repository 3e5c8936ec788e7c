// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/http.hpp"

#include <algorithm>

#include "protocol/base/letter_case.hpp"
#include "protocol/net/field_list.hpp"
#include "protocol/net/http_parser.hpp"

namespace slipway::net {

namespace {

/// Whether an Upgrade field holds `protocol`; its slash is no token's character.
bool names_protocol(std::string_view field, std::string_view protocol) {
  return std::ranges::any_of(members_of(field),
                             [&](auto one) { return base::same_letters(one, protocol); });
}

}  // namespace

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  erase(name);
  add(std::move(name), std::move(value));
}

void Headers::erase(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return base::same_letters(field.first, name); });
}

std::string_view Headers::get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (base::same_letters(field, name)) return value;
  }
  return {};
}

bool Headers::has(std::string_view name) const {
  return std::ranges::any_of(fields_,
                             [&](const auto& f) { return base::same_letters(f.first, name); });
}

std::string upgrade_of(const Headers& headers) {
  const auto lists = [&](std::string_view name, std::string_view token) {
    return std::ranges::any_of(headers.all(), [&](const auto& field) {
      return base::same_letters(field.first, name) && has_token(field.second, token);
    });
  };
  if (!lists("Connection", "upgrade")) return {};
  // A list is a choice: which one is taken is said here, and asked for alone.
  for (const auto* known : {"websocket", "SPDY/3.1"}) {
    if (names_protocol(headers.get("Upgrade"), known)) return known;
  }
  return {};
}

base::Task<base::Result<std::string>> read_all(HttpResponse response, std::size_t limit_bytes) {
  const auto too_long = [&] {
    return base::fail(base::ErrorCode::kExhausted,
                      "the answer is longer than " + std::to_string(limit_bytes) + " bytes");
  };
  if (!response.streams()) {
    if (response.text().size() > limit_bytes) co_return too_long();
    co_return std::get<std::string>(std::move(response.body));
  }
  std::string whole;
  BodySource& source = *std::get<1>(response.body);
  for (;;) {
    auto piece = co_await source.next();
    if (!piece) co_return base::fail(piece);
    if (!*piece) co_return whole;
    if (whole.size() + (*piece)->size() > limit_bytes) co_return too_long();
    whole += **piece;
  }
}

}  // namespace slipway::net
