// SPDX-License-Identifier: Apache-2.0
#include "controller/http/console_api.hpp"

#include <algorithm>
#include <string>

#include "controller/http/responses.hpp"

namespace slipway::http {

namespace {

constexpr char kIndex[] = "index.html";
/// The page asks its own origin alone and runs no text as a program. Styles are made while it runs.
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Whether a list of weighted values (RFC 9110, 12.5.3) takes `coding`: named, and not with q=0.
bool accepts(std::string_view list, std::string_view coding) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto one = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    const auto semicolon = one.find(';');
    auto name = one.substr(0, semicolon);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name != coding) continue;
    if (semicolon == std::string_view::npos) return true;
    return one.find_first_of("123456789", one.find("q=", semicolon)) != std::string_view::npos;
  }
  return false;
}

net::HttpResponse send(const console::File& file, const net::Headers& asked) {
  net::HttpResponse response;
  auto& headers = response.headers;
  // The names of all others bear a digest of what is in them.
  headers.set("Cache-Control",
              file.path == kIndex ? "no-cache" : "public, max-age=31536000, immutable");
  headers.set("Content-Security-Policy", kPolicy);
  headers.set("ETag", std::string(file.etag));
  headers.set("Vary", "Accept-Encoding");
  headers.set("Referrer-Policy", "same-origin");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  if (asked.get("If-None-Match").find(file.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  headers.set("Content-Type", std::string(file.type));
  const auto codings = asked.get("Accept-Encoding");
  if (accepts(codings, "br")) {
    headers.set("Content-Encoding", "br");
    response.body = std::string(file.brotli);
  } else if (accepts(codings, "gzip")) {
    headers.set("Content-Encoding", "gzip");
    response.body = std::string(file.gzip);
  } else {
    response.body = std::string(file.plain);
  }
  return response;
}

Answer answer(std::span<const console::File> files, const std::string& path, const Call& call) {
  const auto file = std::ranges::find(files, path, &console::File::path);
  if (file == files.end()) {
    return base::fail(base::ErrorCode::kNotFound, "the console has no such file");
  }
  return send(*file, call.request.headers);
}

Answer to_the_page() {
  auto response = empty_response(302);
  response.headers.set("Location", "/console/");
  return response;
}

}  // namespace

Routes console_routes(std::span<const console::File> files) {
  const auto page = [files](Call call) -> base::Task<Answer> {
    co_return answer(files, kIndex, call);
  };
  const auto asset = [files](Call call) -> base::Task<Answer> {
    co_return answer(files, "assets/" + call.argument("file"), call);
  };
  const auto root = [](Call) -> base::Task<Answer> { co_return to_the_page(); };
  Routes routes;
  for (const auto* method : {"GET", "HEAD"}) {
    for (const auto& [pattern, how] :
         std::initializer_list<std::pair<const char*, std::function<base::Task<Answer>(Call)>>>{
             {"/", root},
             {"/console", root},
             {"/console/{place...}", page},
             {"/assets/{file}", asset}}) {
      routes.push_back({.method = method,
                        .pattern = pattern,
                        .needs = Needs::kNothing,
                        .action = "",
                        .answer = how});
    }
  }
  return routes;
}

}  // namespace slipway::http
