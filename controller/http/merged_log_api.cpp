// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "controller/http/log_query.hpp"
#include "controller/http/log_socket.hpp"
#include "controller/http/merged_lines.hpp"
#include "controller/http/mirror_query.hpp"
#include "controller/http/pods.hpp"
#include "controller/http/resources.hpp"
#include "controller/http/responses.hpp"
#include "protocol/base/with_timeout.hpp"

namespace slipway::http {

namespace {

using base::Result;
using base::Task;

constexpr std::size_t kMaxMergedPods = 20;     ///< each has a stream and a line or two in memory
constexpr std::int64_t kTailOfEach = 1000;     ///< lines, where nothing is said
constexpr std::size_t kPieceBytes = 32 << 10;  ///< of an answer's body
constexpr std::chrono::seconds kPatience{30};  ///< for the next bytes of one log

/// Which logs are asked for, and what of each.
struct MergeRequest {
  wire::LogOpen open;
  std::vector<std::string> pods;
};

std::vector<std::string> pods_with(const Services& services, const base::ClusterId& cluster,
                                   const std::string& name_space,
                                   const std::vector<LabelTerm>& terms) {
  mirror::Query wanted;
  wanted.kind = "pods";
  wanted.name_space = name_space;
  wanted.limit = kMaxMergedPods + 1;
  wanted.where = [&](const wire::MirrorRow& row) {
    return std::ranges::all_of(terms, [&](const auto& term) { return term.holds(row.meta()); });
  };
  std::vector<std::string> names;
  const auto page = services.mirror.list(cluster, wanted);
  if (!page) return names;
  for (const auto& row : page->rows) names.push_back(row.meta().name());
  return names;
}

Result<MergeRequest> read_request(const Services& services, const Call& call,
                                  const base::ClusterId& cluster) {
  QueryReader query(call.query);
  MergeRequest request{.open = read_log_query(query, services.clock.utc()),
                       .pods = query.all("pod")};
  const auto labels = query.text("labels");
  if (request.pods.empty() == labels.empty()) {
    query.refuse("pod", "or labels says whose logs: pod=a&pod=b, or labels=app=web");
  }
  if (auto fault = query.fault()) return std::unexpected(*fault);
  if (!labels.empty()) {
    const auto terms = parse_labels(labels);
    if (!terms) return base::fail(terms);
    request.pods = pods_with(services, cluster, call.argument("namespace"), *terms);
  }
  const std::set<std::string> once(request.pods.begin(), request.pods.end());
  request.pods.assign(once.begin(), once.end());
  if (request.pods.size() > kMaxMergedPods) {
    return base::fail(base::ErrorCode::kInvalid,
                      "the logs of at most " + std::to_string(kMaxMergedPods) +
                          " pods are merged at once: name some of them by pod=…",
                      labels.empty() ? "pod" : "labels");
  }
  auto& open = request.open;
  open.set_pod_namespace(call.argument("namespace"));
  open.set_timestamps(true);
  if (open.tail_lines() < 0) open.set_tail_lines(kTailOfEach);
  return request;
}

/// One of the logs; without a stream it is told why.
struct Part {
  std::string name;
  SharedLog log;
  std::string why;
};

Result<Part> open_part(Services& services, const Call& call, wire::LogOpen open,
                       const std::string& pod) {
  Call one = outline(call);
  one.path["pod"] = pod;
  const auto located = locate_pod(services, one, open.container());
  if (!located) {
    if (located.error().code == base::ErrorCode::kNotFound) return base::fail(located);
    return Part{.name = pod, .log = nullptr, .why = located.error().message};
  }
  open.set_pod(pod);
  open.set_container(located->container);
  Part part{.name = pod + "/" + located->container, .log = nullptr, .why = {}};
  wire::StreamOpen what;
  *what.mutable_logs() = open;
  open.set_limit_bytes(0);  // which the agent keeps, and the body for all of them
  auto stream = services.streams.open(one, located->node.machine, std::move(what), false,
                                      may_do(services, Needs::kRead, false));
  if (!stream) {
    part.why = stream.error().message;
    return part;
  }
  (*stream)->finish();  // nothing goes that way
  const auto again = [](const wire::StreamOpen&) -> Result<link::StreamPtr> {
    return base::fail(base::ErrorCode::kNotFound, "what is not followed is not opened again");
  };
  part.log = std::make_shared<FollowedLog>(again, std::move(open), 0, *stream, std::nullopt);
  return part;
}

/// The lines of all as they come next. A log that cannot be read is told in a line of its own, and
/// the others go on.
class MergedBody : public net::BodySource {
 public:
  MergedBody(std::vector<Part> parts, std::size_t limit)
      : parts_(std::move(parts)), lines_(names_of(parts_)), left_(limit) {
    for (std::size_t at = 0; at < parts_.size(); ++at) {
      if (!parts_[at].log) stop(at, parts_[at].why);
    }
  }

  Task<Result<std::optional<std::string>>> next() override {
    while (left_ > 0) {
      auto text = std::exchange(notes_, {});
      while (text.size() < kPieceBytes) {
        auto line = lines_.take();
        if (!line) break;
        text += *line;
      }
      text.resize(std::min(text.size(), left_));
      left_ -= text.size();
      if (!text.empty()) co_return text;
      const auto wanted = lines_.wants();
      if (!wanted) break;
      co_await read(*wanted);
    }
    co_return std::nullopt;
  }

 private:
  static std::vector<std::string> names_of(const std::vector<Part>& parts) {
    std::vector<std::string> names;
    for (const auto& part : parts) names.push_back(part.name);
    return names;
  }

  void stop(std::size_t at, const std::string& why) {
    if (!why.empty()) notes_ += "[" + parts_[at].name + ": " + why + "]\n";
    parts_[at].log = nullptr;
    lines_.end(at);
  }

  Task<> read(std::size_t at) {
    auto log = parts_[at].log;
    auto part = co_await base::with_timeout(kPatience, "the log", log->next());
    if (!part) {
      log->stop();
      stop(at, part.error().message);
    } else if (!*part) {
      stop(at, {});
    } else {
      lines_.add(at, (*part)->text);
      if (!(*part)->gap.empty()) {
        notes_ += "[" + parts_[at].name + ": lines are missing here: " + (*part)->gap + "]\n";
      }
    }
  }

  std::vector<Part> parts_;
  MergedLines lines_;
  std::string notes_;
  std::size_t left_;
};

Task<Answer> merged_log(Services& services, Call call) {
  const auto cluster = services.clusters.get(call.argument("cluster"));
  if (!cluster) co_return base::fail(cluster);
  const auto request = read_request(services, call, cluster->id);
  if (!request) co_return base::fail(request);
  std::vector<Part> parts;
  for (const auto& pod : request->pods) {
    auto part = open_part(services, call, request->open, pod);
    if (!part) {
      for (const auto& one : parts) {
        if (one.log) one.log->stop();
      }
      co_return base::fail(part);
    }
    parts.push_back(std::move(*part));
  }
  const auto limit = request->open.limit_bytes();
  auto response = text_response(200, "");
  response.body = std::make_unique<MergedBody>(
      std::move(parts), limit > 0 ? static_cast<std::size_t>(limit) : SIZE_MAX);
  co_return response;
}

}  // namespace

Routes merged_log_routes(Services& services) {
  return {plain_route(services, "GET", "/api/v1/clusters/{cluster}/namespaces/{namespace}/log",
                      Needs::kRead, "", merged_log)};
}

}  // namespace slipway::http
