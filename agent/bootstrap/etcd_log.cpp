// SPDX-License-Identifier: Apache-2.0
#include "agent/bootstrap/etcd_log.hpp"

#include <boost/endian/conversion.hpp>
#include <filesystem>
#include <string>

#include "agent/bootstrap/templates.hpp"

namespace slipway::bootstrap {
namespace {

constexpr std::size_t kFrameBytes = 8;
constexpr std::uint64_t kLengthMask = (1ULL << 56) - 1;
constexpr char kTypeField = 0x08;  // field 1 of walpb.Record, a varint; written first
enum RecordType : char { kMetadata = 1, kEntry = 2, kState = 3, kChecksum = 4, kSnapshot = 5 };

std::uint64_t little_endian(std::string_view eight_bytes) {
  return boost::endian::load_little_u64(
      reinterpret_cast<const unsigned char*>(eight_bytes.data()));  // NOLINT: bytes as bytes
}

/// What etcd writes when it makes a log.
bool of_an_empty_log(char type) {
  return type == kMetadata || type == kChecksum || type == kSnapshot;
}

}  // namespace

bool log_has_begun(std::string_view head) {
  while (head.size() >= kFrameBytes) {
    const auto frame = little_endian(head);
    head.remove_prefix(kFrameBytes);
    const auto length = frame & kLengthMask;
    if (length == 0) return false;
    const auto padding = frame >> 63 ? (frame >> 56) & 7 : 0;
    if (length + padding > head.size() || length < 2) return true;
    if (head[0] != kTypeField || !of_an_empty_log(head[1])) return true;
    head.remove_prefix(length + padding);
  }
  return true;
}

bool died_before_its_first_entry(Host& host) {
  const auto directory = std::filesystem::path(kEtcdDataDirectory) / "member/wal";
  std::string log;
  for (const auto& name : host.list(directory)) {
    if (!name.ends_with(".wal")) continue;
    if (!log.empty()) return false;  // a second one follows a full one
    log = name;
  }
  if (log.empty()) return false;
  const auto head = host.read_head(directory / log, kLogHeadBytes);
  return head && !log_has_begun(*head);
}

}  // namespace slipway::bootstrap
