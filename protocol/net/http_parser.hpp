// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "protocol/net/http.hpp"

namespace slipway::net {

/// A request that cannot be served: the status to answer with, then the connection ends.
struct BadRequest {
  int status = 400;  ///< 400, 413 (body) or 431 (head)
  std::string why;
};

/// HTTP/1.1 requests from bytes.
class RequestParser {
 public:
  RequestParser(std::size_t max_head_bytes, std::size_t max_body_bytes);
  ~RequestParser();

  /// Takes what it can from the front of `bytes`; how much it took.
  std::expected<std::size_t, BadRequest> put(std::string_view bytes);
  bool head_done() const;
  bool done() const;
  bool keeps_alive() const;
  bool expects_continue() const;
  bool is_http_1_0() const;
  HttpRequest take();  ///< once done, or at least head_done for an upgrade

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// HTTP/1.1 answers from bytes; the body is handed out as it comes.
class ResponseParser {
 public:
  /// `bodiless`: the answer to a HEAD.
  ResponseParser(std::size_t max_head_bytes, bool bodiless);
  ~ResponseParser();

  base::Result<std::size_t> put(std::string_view bytes);
  /// The connection ended: fine where that ends the body.
  base::Result<> put_end();
  bool head_done() const;
  bool done() const;
  bool keeps_alive() const;
  HttpResponse head() const;  ///< status and headers, the body empty
  std::string take_body();    ///< what has come since the last call

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether a method or header is fit to be sent: no line breaks, no empty names.
base::Result<> check_sendable(const HttpRequest& request);
std::string reason_of(int status);
/// Whether `list` ("keep-alive, Upgrade") holds `token`, without case.
bool has_token(std::string_view list, std::string_view token);
/// A header that belongs to one connection, not to the message.
bool is_hop_header(std::string_view name);
/// The lines of a request for another protocol, and of the 101 that agrees.
std::string upgrade_lines(std::string_view protocol);
/// "Name: value\r\n" for each header that can be sent and does not belong to a connection.
std::string header_lines(const Headers& headers);

}  // namespace slipway::net
