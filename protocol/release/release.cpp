// SPDX-License-Identifier: Apache-2.0
#include "protocol/release/release.hpp"

#include <charconv>
#include <optional>

#include "protocol/pki/pki.hpp"

namespace slipway::release {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kTitle = "slipway-agent release";
constexpr std::size_t kSha256Digits = 64;

/// The value of the line `key: value` that comes next; `text` goes past it.
std::optional<std::string> take_line(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return std::nullopt;
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string value(text.substr(start.size(), end - start.size()));
  text.remove_prefix(end + 1);
  return value;
}

std::unexpected<base::Error> bad(const char* line, const char* why) {
  return fail(ErrorCode::kInvalid,
              std::string("not an agent's release: its ") + line + " line " + why, line);
}

bool is_version(std::string_view text) {
  return !text.empty() && text.size() <= kMaxVersionBytes &&
         text.find_first_not_of(
             "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
             ".+-_~") == std::string_view::npos;
}

bool is_sha256(std::string_view text) {
  return text.size() == kSha256Digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<Release> parse_statement(std::string_view text) {
  if (text.size() > kMaxStatementBytes) return bad("first", "begins too long a text");
  if (take_line(text, kTitle) != "") return bad("first", "is another");
  Release release;
  const auto version = take_line(text, "version: ");
  if (!version || !is_version(*version)) return bad("version", "is missing or malformed");
  release.version = *version;
  const auto size = take_line(text, "size: ");
  if (!size) return bad("size", "is missing");
  const auto* end = size->data() + size->size();
  const auto [at, error] = std::from_chars(size->data(), end, release.size_bytes);
  if (error != std::errc{} || at != end) return bad("size", "is not a number");
  if (release.size_bytes == 0 || release.size_bytes > kMaxProgramBytes) {
    return bad("size", "is not 1 to 64 MiB");
  }
  const auto sha256 = take_line(text, "sha256: ");
  if (!sha256 || !is_sha256(*sha256)) return bad("sha256", "is missing or malformed");
  release.sha256 = *sha256;
  if (!text.empty()) return bad("last", "is followed by more");
  return release;
}

std::string statement_of(const Release& release) {
  return std::string(kTitle) + "\nversion: " + release.version +
         "\nsize: " + std::to_string(release.size_bytes) + "\nsha256: " + release.sha256 + "\n";
}

Result<Release> believe(std::string_view statement, std::string_view signature,
                        std::string_view keys_pem) {
  if (statement.size() > kMaxStatementBytes || signature.size() != kSignatureBytes) {
    return fail(ErrorCode::kDenied, "the release is not signed", "signature");
  }
  if (auto good = pki::check_ed25519(keys_pem, statement, signature); !good) {
    return fail(good);
  }
  return parse_statement(statement);
}

}  // namespace slipway::release
