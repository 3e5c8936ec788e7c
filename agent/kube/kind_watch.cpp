// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/kind_watch.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "agent/kube/json_reading.hpp"
#include "protocol/base/json_text.hpp"
#include "protocol/base/log.hpp"
#include "protocol/base/offload.hpp"
#include "protocol/base/with_timeout.hpp"
#include "protocol/net/percent.hpp"

namespace slipway::kube {
namespace {

namespace json = boost::json;
using base::ErrorCode;
using base::Result;
using base::Task;

constexpr int kPageSize = 250;                  ///< of a list; smaller where objects are large
constexpr std::size_t kMaxPageBytes = 8 << 20;  ///< all kinds may hold one at the same time
constexpr int kWatchSeconds = 290;
constexpr int kBatchRows = 100;
constexpr std::size_t kBatchBytes = 512 << 10;  ///< the controller takes twice that
constexpr int kGone = 410;
constexpr std::size_t kMaxEventBytes = 8 << 20;  ///< one object with all its managed fields

/// A page of a list, already rows.
struct Page {
  std::vector<wire::MirrorRow> rows;
  std::string version;
  std::string next;
};

Result<Page> parse_page(const Kind& kind, const std::string& text) {
  const auto read = base::read_json(text);
  if (!read || !read->is_object()) {
    return base::fail(ErrorCode::kUnavailable, "the API server's list is no JSON");
  }
  const auto& list = *read;
  Page page;
  for (const auto& item : array_at(list, "items")) page.rows.push_back(project(kind, item));
  page.version = text_at(object_at(list, "metadata"), "resourceVersion");
  page.next = text_at(object_at(list, "metadata"), "continue");
  return page;
}

/// What lines of a watch said; `expired`: the version is too old, list again.
struct News {
  std::vector<wire::MirrorRow> upserts;
  std::vector<std::string> deleted;
  std::string version;
  bool expired = false;
  std::string error;
};

void read_event(const Kind& kind, std::string_view line, News& news) {
  const auto read = base::read_json(line);
  if (!read) {
    news.error = "the API server's watch is no JSON";
    return;
  }
  const auto& event = *read;
  const auto type = text_at(event, "type");
  const auto& object = object_at(event, "object");
  if (type == "ERROR") {
    news.expired = number_at(object, "code") == kGone;
    if (!news.expired) news.error = text_at(object, "message");
    return;
  }
  const auto version = text_at(object_at(object, "metadata"), "resourceVersion");
  if (!version.empty()) news.version = version;
  if (type == "ADDED" || type == "MODIFIED") news.upserts.push_back(project(kind, object));
  if (type == "DELETED") news.deleted.push_back(text_at(object_at(object, "metadata"), "uid"));
}

/// Whole lines of `text`, in order. A row that is deleted and made again in one go keeps its order:
/// uids never come back.
News read_events(const Kind& kind, std::string_view text) {
  News news;
  while (!text.empty() && !news.expired && news.error.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    if (!line.empty()) read_event(kind, line, news);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return news;
}

}  // namespace

KindWatch::KindWatch(KubeApi& api, base::asio::thread_pool& pool, const base::Clock& clock,
                     const Kind& kind, BatchSink sink, base::Backoff backoff)
    : api_(api),
      mapping_(api),
      pool_(pool),
      clock_(clock),
      kind_(kind),
      sink_(std::move(sink)),
      backoff_(backoff),
      page_size_(kPageSize) {}

wire::MirrorBatch KindWatch::new_batch() const {
  wire::MirrorBatch batch;
  batch.set_kind(std::string(kind_.plural));
  batch.set_utc_ms(base::to_unix_ms(clock_.utc()));
  return batch;
}

Task<Result<>> KindWatch::give(wire::MirrorBatch batch) {
  auto given = co_await sink_(std::move(batch));
  if (!given) over_ = true;
  co_return given;
}

Task<Result<std::string>> KindWatch::root() {
  if (path_.empty()) {
    auto version = co_await mapping_.serving(std::string(kind_.group), std::string(kind_.plural),
                                             std::string(kind_.first_versions));
    if (!version) co_return base::fail(version);
    path_ = root_of(*version) + "/" + std::string(kind_.plural);
  }
  co_return path_;
}

Task<> KindWatch::run() {
  while (!over_) {
    const auto began = clock_.monotonic();
    auto stepped = co_await step();
    if (stepped) {
      backoff_.lasted(clock_.monotonic() - began);
      continue;
    }
    if (over_) co_return;
    spdlog::info("mirror: {}: {}", kind_.plural, stepped.error().message);
    auto batch = new_batch();
    batch.set_error(stepped.error().message);
    if (auto given = co_await give(std::move(batch)); !given) co_return;
    backoff_.lasted(clock_.monotonic() - began);
    co_await base::sleep_for(backoff_.next());
  }
}

/// Puts rows into the batch and gives away what is full of them.
Task<Result<>> KindWatch::fill(wire::MirrorBatch& batch, std::vector<wire::MirrorRow> rows) {
  std::size_t bytes = 0;
  for (auto& row : rows) {
    const auto size = row.ByteSizeLong();
    if (batch.upserts_size() >= kBatchRows || bytes + size > kBatchBytes) {
      if (auto given = co_await give(std::exchange(batch, new_batch())); !given) co_return given;
      bytes = 0;
    }
    bytes += size;
    *batch.add_upserts() = std::move(row);
  }
  co_return Result<>{};
}

/// One page of the list. One that is too large is asked for again, smaller, as are all after it.
Task<Result<net::HttpResponse>> KindWatch::page(std::string path, std::string next) {
  while (true) {
    net::HttpRequest request;
    request.target = path + "?limit=" + std::to_string(page_size_);
    if (!next.empty()) request.target += "&continue=" + net::percent_encoded(next);
    auto response = co_await api_.send(std::move(request));
    if (!response) co_return base::fail(response);
    const int status = response->status;
    auto text = co_await net::read_all(std::move(*response), kMaxPageBytes);
    if (text) {
      net::HttpResponse whole;
      whole.status = status;
      whole.body = std::move(*text);
      co_return whole;
    }
    if (text.error().code != ErrorCode::kExhausted || page_size_ == 1) co_return base::fail(text);
    page_size_ = std::max(page_size_ / 4, 1);
  }
}

Task<Result<>> KindWatch::step() {
  auto done = version_.empty() ? co_await list() : co_await watch();
  if (!done && !over_) path_.clear();  // the version may have gone with an upgrade
  co_return done;
}

Task<Result<>> KindWatch::list() {
  auto path = co_await root();
  if (!path) co_return base::fail(path);
  std::string next;
  bool first = true;
  while (true) {
    auto response = co_await page(*path, next);
    if (!response) co_return base::fail(response);
    if (response->status != 200) {
      co_return base::fail(ErrorCode::kUnavailable, message_of(response->text()));
    }
    auto rows = co_await base::offload(
        pool_, [&kind = kind_, text = std::move(std::get<0>(response->body))] {
          return parse_page(kind, text);
        });
    if (!rows) co_return base::fail(rows);
    next = rows->next;
    auto batch = new_batch();
    batch.set_full(std::exchange(first, false));
    if (auto given = co_await fill(batch, std::move(rows->rows)); !given) co_return given;
    batch.set_complete(next.empty());
    batch.set_resource_version(rows->version);
    if (auto given = co_await give(std::move(batch)); !given) co_return given;
    if (next.empty()) {
      version_ = rows->version.empty() ? "0" : rows->version;
      co_return Result<>{};
    }
  }
}

Task<Result<>> KindWatch::watch() {
  auto path = co_await root();
  if (!path) co_return base::fail(path);
  net::HttpRequest request;
  request.target =
      *path + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=" + std::to_string(kWatchSeconds) +
      "&resourceVersion=" + net::percent_encoded(version_);
  auto response = co_await api_.send(std::move(request));
  if (!response) co_return base::fail(response);
  if (response->status != 200) {
    const bool expired = response->status == kGone;
    auto text = co_await net::read_all(std::move(*response), kAnswerLimitBytes);
    if (expired) {
      version_.clear();
      co_return Result<>{};
    }
    co_return base::fail(ErrorCode::kUnavailable, text ? message_of(*text) : text.error().message);
  }
  std::string held;
  if (!response->streams()) {
    held = std::move(std::get<0>(response->body));
    co_return co_await take_lines(held);
  }
  auto body = std::move(std::get<1>(response->body));
  while (!version_.empty()) {
    auto piece = co_await body->next();
    if (!piece) co_return base::fail(piece);
    if (!*piece) co_return Result<>{};  // its time is over: watch on
    held += **piece;
    if (auto taken = co_await take_lines(held); !taken) co_return taken;
    if (held.size() > kMaxEventBytes) {
      co_return base::fail(ErrorCode::kExhausted, "an event of the watch is too large");
    }
  }
  co_return Result<>{};
}

Task<Result<>> KindWatch::take_lines(std::string& held) {
  const auto last = held.rfind('\n');
  if (last == std::string::npos) co_return Result<>{};
  auto news = read_events(kind_, std::string_view(held).substr(0, last + 1));
  held.erase(0, last + 1);
  if (!news.version.empty()) version_ = news.version;
  auto batch = new_batch();
  if (auto given = co_await fill(batch, std::move(news.upserts)); !given) co_return given;
  for (const auto& uid : news.deleted) batch.add_deleted(uid);
  batch.set_resource_version(version_);
  // Without rows too: a bookmark says that nothing happened until now.
  if (!news.version.empty()) {
    if (auto given = co_await give(std::move(batch)); !given) co_return given;
  }
  if (news.expired) version_.clear();
  if (!news.error.empty()) co_return base::fail(ErrorCode::kUnavailable, news.error);
  co_return Result<>{};
}

}  // namespace slipway::kube
