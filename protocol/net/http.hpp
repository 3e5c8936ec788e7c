// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/base/task.hpp"
#include "protocol/net/transport.hpp"

namespace slipway::net {

/// Header fields in order; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}
  void add(std::string name, std::string value);
  void set(std::string name, std::string value);
  void erase(std::string_view name);
  /// The first value, empty when absent.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// A body that comes piece by piece; nullopt at its end.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual base::Task<base::Result<std::optional<std::string>>> next() = 0;
  /// next() may have to wait: what came before it is sent first. Else it leaves with that.
  virtual bool waits() const { return true; }
};

/// Who is at the other end of a connection.
struct Peer {
  std::string address;   ///< IP without port
  std::string identity;  ///< CN of a verified client certificate, empty without one
};

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  ///< path and query as sent
  Headers headers;
  std::string body;
  Peer peer;  ///< set by the server
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::variant<std::string, std::unique_ptr<BodySource>> body = std::string{};

  const std::string& text() const { return std::get<std::string>(body); }
  bool streams() const { return body.index() == 1; }
};

/// The protocol that a request asks to go on with, or that an answer of 101 goes on with:
/// "websocket" or "SPDY/3.1", spelled like this; empty: none, or one that is not known. Others are
/// not taken on purpose: after h2c, requests would pass that nobody has looked at.
std::string upgrade_of(const Headers& headers);

/// The whole body, whichever form; kExhausted over `limit_bytes`.
base::Task<base::Result<std::string>> read_all(HttpResponse response, std::size_t limit_bytes);

}  // namespace slipway::net
