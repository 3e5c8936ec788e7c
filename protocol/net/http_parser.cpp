// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/http_parser.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>

namespace slipway::net {

namespace http = boost::beast::http;
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

/// A body that is appended to a string piece by piece. Unlike Beast's string_body it reserves
/// nothing on the word of a Content-Length.
struct PieceBody {
  using value_type = std::string;

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(http::header<is_request, Fields>&, value_type& body) : body_(body) {}
    void init(const boost::optional<std::uint64_t>&, boost::system::error_code& error) {
      error = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
      std::size_t size = 0;
      const auto end = boost::asio::buffer_sequence_end(buffers);
      for (auto piece = boost::asio::buffer_sequence_begin(buffers); piece != end; ++piece) {
        body_.append(static_cast<const char*>(piece->data()), piece->size());
        size += piece->size();
      }
      error = {};
      return size;
    }
    void finish(boost::system::error_code& error) { error = {}; }

   private:
    value_type& body_;
  };
};

template <class Fields>
Headers headers_of(const Fields& fields) {
  Headers headers;
  for (const auto& field : fields) {
    headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  return headers;
}

/// Puts until nothing more is taken or the head is complete.
template <class Parser>
boost::system::error_code feed(Parser& parser, std::string_view bytes, std::size_t& taken) {
  boost::system::error_code error;
  while (taken < bytes.size() && !parser.is_done()) {
    const bool had_head = parser.is_header_done();
    const auto rest = bytes.substr(taken);
    const std::size_t size = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
    taken += size;
    if (error == http::error::need_more) return {};
    if (error) return error;
    if (!had_head && parser.is_header_done()) return {};
    if (size == 0) return {};
  }
  return {};
}

bool is_text(std::string_view value) {
  return std::ranges::none_of(value,
                              [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

bool is_token(std::string_view name) {
  static constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

}  // namespace

struct RequestParser::State {
  http::request_parser<PieceBody> parser;
};

RequestParser::RequestParser(std::size_t max_head_bytes, std::size_t max_body_bytes)
    : state_(std::make_unique<State>()) {
  state_->parser.header_limit(static_cast<std::uint32_t>(max_head_bytes));
  state_->parser.body_limit(max_body_bytes);
}

RequestParser::~RequestParser() = default;

std::expected<std::size_t, BadRequest> RequestParser::put(std::string_view bytes) {
  auto& parser = state_->parser;
  std::size_t taken = 0;
  const auto error = feed(parser, bytes, taken);
  if (error == http::error::header_limit) {
    return std::unexpected(BadRequest{431, "the request's head is too long"});
  }
  if (error == http::error::body_limit) {
    return std::unexpected(BadRequest{413, "the request's body is too long"});
  }
  if (error) return std::unexpected(BadRequest{400, "malformed request: " + error.message()});
  if (parser.is_header_done()) {
    const auto& head = parser.get();
    if (head.version() == 11 && head.count(http::field::host) != 1) {
      return std::unexpected(BadRequest{400, "a request has one Host header"});
    }
    // Two ways to say where the body ends are how requests are smuggled past proxies.
    if (head.count(http::field::transfer_encoding) > 0 &&
        (head.count(http::field::content_length) > 0 || !parser.chunked())) {
      return std::unexpected(BadRequest{400, "the end of the body is ambiguous"});
    }
  }
  return taken;
}

bool RequestParser::head_done() const {
  return state_->parser.is_header_done();
}
bool RequestParser::done() const {
  return state_->parser.is_done();
}
bool RequestParser::keeps_alive() const {
  return state_->parser.keep_alive();
}
bool RequestParser::is_http_1_0() const {
  return state_->parser.get().version() < 11;
}

bool RequestParser::expects_continue() const {
  return has_token(std::string(state_->parser.get()[http::field::expect]), "100-continue");
}

HttpRequest RequestParser::take() {
  auto& message = state_->parser.get();
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.headers = headers_of(message);
  request.body = std::move(message.body());
  return request;
}

struct ResponseParser::State {
  http::response_parser<PieceBody> parser;
};

ResponseParser::ResponseParser(std::size_t max_head_bytes, bool bodiless)
    : state_(std::make_unique<State>()) {
  state_->parser.header_limit(static_cast<std::uint32_t>(max_head_bytes));
  state_->parser.body_limit(boost::none);
  state_->parser.skip(bodiless);
}

ResponseParser::~ResponseParser() = default;

Result<std::size_t> ResponseParser::put(std::string_view bytes) {
  std::size_t taken = 0;
  const auto error = feed(state_->parser, bytes, taken);
  if (error == http::error::header_limit) {
    return fail(ErrorCode::kExhausted, "the answer's head is too long");
  }
  if (error) return fail(ErrorCode::kUnavailable, "malformed answer: " + error.message());
  return taken;
}

Result<> ResponseParser::put_end() {
  boost::system::error_code error;
  if (state_->parser.is_header_done()) state_->parser.put_eof(error);
  if (error || !state_->parser.is_done()) {
    return fail(ErrorCode::kUnavailable, "the other end closed in the middle of its answer");
  }
  return {};
}

bool ResponseParser::head_done() const {
  return state_->parser.is_header_done();
}
bool ResponseParser::done() const {
  return state_->parser.is_done();
}
bool ResponseParser::keeps_alive() const {
  return state_->parser.keep_alive();
}

HttpResponse ResponseParser::head() const {
  const auto& message = state_->parser.get();
  HttpResponse response;
  response.status = static_cast<int>(message.result_int());
  response.headers = headers_of(message);
  return response;
}

std::string ResponseParser::take_body() {
  return std::exchange(state_->parser.get().body(), std::string());
}

Result<> check_sendable(const HttpRequest& request) {
  const bool spaceless =
      std::ranges::none_of(request.target, [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
  if (!is_token(request.method)) {
    return fail(ErrorCode::kInvalid, "not an HTTP method", "method");
  }
  if (request.target.empty() || !spaceless) {
    return fail(ErrorCode::kInvalid, "a request's target has no spaces or line breaks", "target");
  }
  for (const auto& [name, value] : request.headers.all()) {
    if (!is_token(name) || !is_text(value)) {
      return fail(ErrorCode::kInvalid, "a header holds a line break or control character",
                  "headers");
    }
  }
  return {};
}

std::string reason_of(int status) {
  return std::string(http::obsolete_reason(static_cast<http::status>(status)));
}

bool has_token(std::string_view list, std::string_view token) {
  return http::token_list{boost::beast::string_view(list.data(), list.size())}.exists(
      boost::beast::string_view(token.data(), token.size()));
}

bool is_hop_header(std::string_view name) {
  static constexpr std::string_view kNames[] = {"connection",       "keep-alive",
                                                "proxy-connection", "transfer-encoding",
                                                "upgrade",          "content-length"};
  const boost::beast::string_view given(name.data(), name.size());
  return std::ranges::any_of(kNames, [&](std::string_view hop) {
    return boost::beast::iequals(given, boost::beast::string_view(hop.data(), hop.size()));
  });
}

std::string upgrade_lines(std::string_view protocol) {
  return "Connection: Upgrade\r\nUpgrade: " + std::string(protocol) + "\r\n";
}

std::string header_lines(const Headers& headers) {
  std::string lines;
  for (const auto& [name, value] : headers.all()) {
    if (is_hop_header(name) || !is_token(name) || !is_text(value)) continue;
    lines += name;
    lines += ": ";
    lines += value;
    lines += "\r\n";
  }
  return lines;
}

}  // namespace slipway::net
