// SPDX-License-Identifier: Apache-2.0
#include "protocol/net/http_session.hpp"

#include <netinet/tcp.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <charconv>
#include <ctime>

#include "protocol/base/log.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/http_parser.hpp"
#include "protocol/net/websocket.hpp"

namespace slipway::net {

namespace asio = boost::asio;
using base::ErrorCode;
using base::Result;
using base::Task;
using namespace asio::experimental::awaitable_operators;

namespace {

constexpr std::chrono::seconds kHandshakeLimit{10};
constexpr std::chrono::seconds kWriteLimit{120};  // a reader that takes nothing for so long is gone
constexpr std::size_t kGatheredBytes = 32 << 10;  // of an answer, written in one go
constexpr std::size_t kReadAheadBytes = 64 << 10;  // of a client that talks while it is answered

/// The connection ended, or says nothing more: no answer is due.
struct Gone {};
struct Incoming {
  HttpRequest request;
  bool keeps_alive = false;
  bool is_http_1_0 = false;
  bool upgrades = false;
};
using Received = std::variant<Gone, BadRequest, Incoming>;

/// Counts a request as running.
class Busy {
 public:
  explicit Busy(ServerContext* context) : context_(context) { ++context_->busy; }
  ~Busy() {
    if (--context_->busy == 0 && context_->calmed) context_->calmed();
  }
  Busy(const Busy&) = delete;

 private:
  ServerContext* context_;
};

/// Waits for the first byte of the next request; false when none comes.
Task<bool> wait_for_request(ServerContext* context, Connection* connection, bool first) {
  if (!connection->unread().empty()) co_return true;
  const auto& options = context->options;
  connection->expires_after(first ? options.read_timeout : options.idle_timeout);
  context->idle.insert(connection);
  const auto size = co_await connection->read_more();
  context->idle.erase(connection);
  co_return size && *size > 0;
}

Task<Received> read_request(ServerContext* context, Connection* connection) {
  RequestParser parser(context->options.max_header_bytes, context->options.max_body_bytes);
  connection->expires_after(context->options.read_timeout);
  bool told_to_continue = false;
  for (;;) {
    auto taken = parser.put(connection->unread());
    if (!taken) co_return taken.error();
    connection->unread().erase(0, *taken);
    if (parser.done()) break;
    if (parser.head_done() && !told_to_continue && parser.expects_continue()) {
      told_to_continue = true;
      auto told = co_await connection->write("HTTP/1.1 100 Continue\r\n\r\n");
      if (!told) co_return Gone{};
    }
    if (*taken > 0 && !connection->unread().empty()) continue;
    auto size = co_await connection->read_more();
    if (!size && size.error().code == ErrorCode::kTimeout) {
      co_return BadRequest{408, "the request did not come in time"};
    }
    if (!size || *size == 0) co_return Gone{};
  }
  Incoming incoming{.keeps_alive = parser.keeps_alive(), .is_http_1_0 = parser.is_http_1_0()};
  incoming.request = parser.take();
  incoming.request.peer = connection->peer();
  // To ignore the wish is every server's right; with a body, or from a client of old, it is wise.
  incoming.upgrades = !incoming.is_http_1_0 && incoming.request.body.empty() &&
                      !upgrade_of(incoming.request.headers).empty();
  co_return incoming;
}

/// Ends when the client has closed; keeps what it sends ahead of time. Who has asked for all that
/// it wants may close that half early: once `leaves` is set, the answer is whole here, and only
/// writing it tells whether somebody takes it.
Task<> watch_client(Connection* connection, const bool* leaves) {
  while (connection->unread().size() < kReadAheadBytes) {
    auto size = co_await connection->read_more();
    if (size && *size > 0) continue;
    if (!*leaves) co_return;
    break;
  }
  for (;;) co_await base::sleep_for(std::chrono::hours{1});  // cancelled when the answer is done
}

HttpResponse refusal(const ServerContext* context, int status, const std::string& why) {
  if (context->options.refusal) return context->options.refusal(status, why);
  HttpResponse response{.status = status};
  response.headers.set("Content-Type", "application/problem+json");
  response.body = R"({"title":")" + reason_of(status) + R"(","status":)" + std::to_string(status) +
                  R"(,"detail":")" + why + "\"}";
  return response;
}

Task<HttpResponse> answer(ServerContext* context, HttpRequest request) {
  const auto cancelled = co_await asio::this_coro::cancellation_state;
  const std::string what = request.method + " " + request.target;
  try {
    co_return co_await context->handler(std::move(request));
  } catch (const std::exception& error) {
    if (cancelled.cancelled() != asio::cancellation_type::none) throw;
    spdlog::error("{} threw: {}", what.substr(0, what.find('?')), error.what());
  }
  co_return refusal(context, 500, "an error of the server; its log says more");
}

std::string date_header() {
  std::array<char, 64> text{};
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(text.data(), size);
}

/// How an answer's body goes over the wire.
enum class Framing {
  kNone,     ///< no body and no length: 204, 304
  kLength,   ///< Content-Length
  kChunked,  ///< in chunks: its length is not known
  kToEnd,    ///< until the connection ends: HTTP/1.0 knows no chunks
};

Framing framing_of(const HttpResponse& response, const Incoming& incoming) {
  if (response.status == 204 || response.status == 304) return Framing::kNone;
  if (!response.streams()) return Framing::kLength;
  return incoming.is_http_1_0 ? Framing::kToEnd : Framing::kChunked;
}

std::string head_of(const HttpResponse& response, Framing framing, bool keep) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     reason_of(response.status) + "\r\nDate: " + date_header() + "\r\n";
  head += header_lines(response.headers);
  if (framing == Framing::kLength) {
    head += "Content-Length: " + std::to_string(response.text().size()) + "\r\n";
  }
  if (framing == Framing::kChunked) head += "Transfer-Encoding: chunked\r\n";
  if (!keep) head += "Connection: close\r\n";
  return head + "\r\n";
}

void append_chunk(std::string& out, std::string_view bytes) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16);
  out.append(digits.data(), end.ptr).append("\r\n").append(bytes).append("\r\n");
}

/// Writes `head` and the body; true when all of it went out. A body that fails half-way ends the
/// connection instead of being closed in good order, so that the client sees that something is
/// missing.
Task<bool> write_stream(Connection* connection, std::string head, BodySource* source,
                        Framing framing) {
  std::string out = std::move(head);
  bool whole = true;
  for (;;) {
    if (!out.empty() && (source->waits() || out.size() >= kGatheredBytes)) {
      connection->expires_after(kWriteLimit);
      if (!co_await connection->write(std::exchange(out, {}))) co_return false;
    }
    connection->expires_never();
    auto piece = co_await source->next();
    whole = piece.has_value();
    if (!whole || !*piece) break;
    if (framing == Framing::kToEnd) {
      out += **piece;
    } else if (!(*piece)->empty()) {
      append_chunk(out, **piece);
    }
  }
  if (whole && framing == Framing::kChunked) out += "0\r\n\r\n";
  connection->expires_after(kWriteLimit);
  co_return (co_await connection->write(std::move(out))).has_value() && whole;
}

/// True when the answer went out whole. The client is watched while one streams; not here where
/// `leaves` says that somebody does so already, who is told when a whole one is written.
Task<bool> write_answer(Connection* connection, HttpResponse response, Framing framing,
                        bool with_body, bool keep, bool* leaves = nullptr) {
  std::string head = head_of(response, framing, keep);
  if (!with_body || framing == Framing::kNone || !response.streams()) {
    if (leaves) *leaves = true;
    connection->expires_after(kWriteLimit);
    std::string body;
    const bool has_text = with_body && framing == Framing::kLength;
    if (has_text) body = std::get<std::string>(std::move(response.body));
    co_return (co_await connection->write(std::move(head), std::move(body))).has_value();
  }
  auto* source = std::get<std::unique_ptr<BodySource>>(response.body).get();
  auto whole = write_stream(connection, std::move(head), source, framing);
  if (leaves) co_return co_await std::move(whole);
  const bool streams_on = false;
  auto ended = co_await (std::move(whole) || watch_client(connection, &streams_on));
  const bool* went_out = std::get_if<0>(&ended);
  co_return went_out && *went_out;
}

Task<> refuse(const ServerContext* context, Connection* connection, BadRequest bad) {
  HttpResponse response = refusal(context, bad.status, bad.why);
  co_await write_answer(connection, std::move(response), Framing::kLength, true, false);
  co_await connection->linger();
}

/// What became of a request.
struct Outcome {
  bool whole = false;  ///< the answer went out whole
  bool keep = false;   ///< the connection can take another
};

Task<Outcome> respond(ServerContext* context, Connection* connection, Incoming incoming,
                      bool* leaves) {
  const bool with_body = incoming.request.method != "HEAD";
  HttpResponse response = co_await answer(context, std::move(incoming.request));
  const Framing framing = framing_of(response, incoming);
  const bool keep = incoming.keeps_alive && !context->stopping && framing != Framing::kToEnd;
  const bool whole =
      co_await write_answer(connection, std::move(response), framing, with_body, keep, leaves);
  co_return Outcome{.whole = whole, .keep = keep};
}

/// Answers one request; true when the connection can take another.
Task<bool> exchange(ServerContext* context, Connection* connection, Incoming incoming) {
  const auto& method = incoming.request.method;
  const bool harmless = method == "GET" || method == "HEAD";
  connection->expires_never();
  Outcome outcome;
  if (harmless) {
    bool leaves = false;
    auto ended = co_await (respond(context, connection, std::move(incoming), &leaves) ||
                           watch_client(connection, &leaves));
    if (const auto* own = std::get_if<0>(&ended)) outcome = *own;
  } else {
    // A change that was begun is not left half-way because its client went away.
    outcome = co_await respond(context, connection, std::move(incoming), nullptr);
  }
  if (!outcome.whole) co_return false;
  if (!outcome.keep) co_await connection->linger();
  co_return outcome.keep;
}

Task<> run_session(ServerContext* context, std::unique_ptr<Connection> connection,
                   HttpRequest request, HttpServer::Session session) {
  auto transport = co_await accept_websocket(std::move(connection), std::move(request),
                                             session.protocol, context->options.max_message_bytes);
  if (!transport) co_return;
  co_await session.run(std::move(*transport));
}

Task<> run_takeover(std::unique_ptr<Connection> connection, HttpServer::Takeover takeover) {
  const auto& headers = takeover.head.headers;
  std::string head = "HTTP/1.1 101 " + reason_of(101) + "\r\nDate: " + date_header() + "\r\n";
  head += header_lines(headers) + upgrade_lines(upgrade_of(headers)) + "\r\n";
  connection->expires_after(kWriteLimit);
  auto written = co_await connection->write(std::move(head));
  if (!written) co_return;
  co_await takeover.run(as_byte_stream(std::move(connection)));
}

/// Decides on an upgrade; an ordinary answer is written here.
Task<HttpServer::Decision> decide_upgrade(ServerContext* context, Connection* connection,
                                          HttpRequest request) {
  const Busy busy(context);
  connection->expires_never();
  const bool with_body = request.method != "HEAD";
  auto decision = co_await context->upgrade(std::move(request));
  if (auto* response = std::get_if<HttpResponse>(&decision)) {
    const Framing framing = framing_of(*response, Incoming{});
    co_await write_answer(connection, std::move(*response), framing, with_body, false);
    co_await connection->linger();
  }
  co_return decision;
}

/// What follows a request and its answer.
struct Next {
  bool another = false;          ///< request on this connection
  std::optional<Task<>> onward;  ///< who has the connection from now on
};

/// One request and its answer. Moves the connection away when it becomes a session's.
Task<Next> serve_one(ServerContext* context, std::unique_ptr<Connection>* owner) {
  Connection* connection = owner->get();
  Received received;
  {
    const Busy busy(context);
    received = co_await read_request(context, connection);
    if (std::holds_alternative<Gone>(received)) co_return Next{};
    if (auto* bad = std::get_if<BadRequest>(&received)) {
      co_await refuse(context, connection, std::move(*bad));
      co_return Next{};
    }
    auto& incoming = std::get<Incoming>(received);
    if (!incoming.upgrades || !context->upgrade) {
      co_return Next{.another = co_await exchange(context, connection, std::move(incoming))};
    }
  }
  HttpRequest request = std::move(std::get<Incoming>(received).request);
  auto decision = co_await decide_upgrade(context, connection, request);
  if (auto* session = std::get_if<HttpServer::Session>(&decision)) {
    co_return Next{
        .onward = run_session(context, std::move(*owner), std::move(request), std::move(*session))};
  }
  if (auto* takeover = std::get_if<HttpServer::Takeover>(&decision)) {
    co_return Next{.onward = run_takeover(std::move(*owner), std::move(*takeover))};
  }
  if (auto* farewell = std::get_if<HttpServer::Farewell>(&decision)) {
    co_return Next{
        .onward = dismiss_websocket(std::move(*owner), std::move(request), std::move(*farewell))};
  }
  co_return Next{};
}

/// Who waited for too long to be accepted is not worth a handshake.
bool has_hung_up(asio::ip::tcp::socket& socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  return ::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         info.tcpi_state != TCP_ESTABLISHED;
}

class Handshake {
 public:
  explicit Handshake(ServerContext* context)
      : context_(context),
        place_(context->handshakes.insert(context->handshakes.end(),
                                          std::chrono::steady_clock::now())) {}
  ~Handshake() {
    context_->handshakes.erase(place_);
    if (context_->shaken) context_->shaken();
  }
  Handshake(const Handshake&) = delete;
  Handshake& operator=(const Handshake&) = delete;

 private:
  ServerContext* context_;
  std::list<std::chrono::steady_clock::time_point>::iterator place_;
};

}  // namespace

Task<std::optional<Task<>>> serve_connection(ServerContext* context, asio::ip::tcp::socket socket) {
  const TlsContextPtr tls = context->tls;
  if (tls && has_hung_up(socket)) co_return std::nullopt;
  auto connection = std::make_unique<Connection>(std::move(socket));
  if (tls) {
    const Handshake counted(context);
    connection->expires_after(kHandshakeLimit);
    auto secured = co_await connection->accept_tls(tls);
    if (!secured) {
      spdlog::debug("{}: {}", connection->peer().address, secured.error().message);
      co_return std::nullopt;
    }
  }
  Next next{.another = true};
  for (bool first = true; next.another && !context->stopping; first = false) {
    if (!co_await wait_for_request(context, connection.get(), first)) break;
    next = co_await serve_one(context, &connection);
  }
  co_return std::move(next.onward);
}

}  // namespace slipway::net
