// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "controller/http/lists.hpp"
#include "controller/http/resources.hpp"

namespace slipway::http {

namespace {

constexpr std::size_t kPieceBytes = 64 << 10;

/// A recording as a body; of one that runs, what there is.
class FileBody : public net::BodySource {
 public:
  explicit FileBody(base::Descriptor file) : file_(std::move(file)) {}

  base::Task<base::Result<std::optional<std::string>>> next() override {
    std::string piece(kPieceBytes, '\0');
    ssize_t count = 0;
    do {
      count = ::read(file_.get(), piece.data(), piece.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
      co_return base::fail(base::ErrorCode::kInternal,
                           std::string("the recording cannot be read: ") + std::strerror(errno));
    }
    if (count == 0) co_return std::nullopt;
    piece.resize(static_cast<std::size_t>(count));
    co_return piece;
  }

 private:
  base::Descriptor file_;
};

boost::json::object view(const recordings::Entry& entry) {
  return {{"id", entry.id},
          {"user", entry.subject.user},
          {"from", entry.subject.from},
          {"cluster", entry.subject.cluster},
          {"node", entry.subject.node},
          {"reason", entry.subject.reason},
          {"startedAt", entry.started_at},
          {"lastOutputAt", base::to_rfc3339(entry.changed)},
          {"running", entry.running},
          {"bytes", entry.bytes}};
}

const ListColumns<recordings::Entry>& columns() {
  using Column = ListColumn<recordings::Entry>;
  static const ListColumns<recordings::Entry> all{
      {"user", [](const auto& one) { return one.subject.user; }, Column::kSearch},
      {"cluster", [](const auto& one) { return one.subject.cluster; }, Column::kSearch},
      {"node", [](const auto& one) { return one.subject.node; }, Column::kSearch},
      {"reason", [](const auto& one) { return one.subject.reason; }, Column::kSearch},
      {"started", [](const auto& one) { return one.started_at; }},
      {"bytes", [](const auto& one) { return sortable(one.bytes); }}};
  return all;
}

base::Task<Answer> list(Services& services, Call call) {
  QueryReader query(call.query);
  const auto asked = read_list_request(query, columns());
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  co_return list_response(
      services.recordings.list(), asked, columns(),
      [](const recordings::Entry& entry) { return entry.started_at + " " + entry.id; }, view);
}

base::Task<Answer> read(Services& services, Call call) {
  QueryReader query(call.query);
  if (auto fault = query.fault()) co_return std::unexpected(*fault);
  const auto entry = services.recordings.find(call.argument("recording"));
  if (!entry) co_return base::fail(entry);
  base::Descriptor file(::open(entry->file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) {
    co_return base::fail(base::ErrorCode::kNotFound, "the recording was dropped meanwhile");
  }
  auto response = text_response(200, "", "application/x-asciicast");
  response.headers.set("Content-Disposition", "attachment; filename=\"" + entry->id + ".cast\"");
  response.body = std::make_unique<FileBody>(std::move(file));
  co_return response;
}

}  // namespace

Routes shell_recordings_routes(Services& services) {
  return {{.method = "GET",
           .pattern = "/api/v1/shell-recordings",
           .action = "",
           .answer = [&services](Call call) { return list(services, std::move(call)); }},
          {.method = "GET",
           .pattern = "/api/v1/shell-recordings/{recording}",
           .action = "recording.read",
           .answer = [&services](Call call) { return read(services, std::move(call)); }}};
}

}  // namespace slipway::http
