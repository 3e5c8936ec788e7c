// SPDX-License-Identifier: Apache-2.0
#include "controller/config/config.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <optional>

#include "protocol/base/files.hpp"

namespace slipway::config {

namespace {

using base::ErrorCode;

constexpr std::size_t kMaxConfigBytes = 64 << 10;

/// Reads a map strictly; keeps the first fault.
class MapReader {
 public:
  MapReader(const YAML::Node& node, std::string path, std::optional<base::Error>& fault)
      : node_(node), path_(std::move(path)), fault_(fault) {
    if (node_ && !node_.IsNull() && !node_.IsMap()) refuse("", node_.Mark(), "must be a map");
  }

  void text(const std::string& key, std::string& into) {
    auto value = take(key);
    if (!value) return;
    if (!value->IsScalar()) return refuse(key, value->Mark(), "must be a string");
    into = value->Scalar();
  }
  void flag(const std::string& key, bool& into) {
    auto value = take(key);
    if (!value) return;
    if (!value->IsScalar() || (value->Scalar() != "true" && value->Scalar() != "false")) {
      return refuse(key, value->Mark(), "must be true or false");
    }
    into = value->Scalar() == "true";
  }
  void list(const std::string& key, std::vector<std::string>& into) {
    auto value = take(key);
    if (!value) return;
    const bool texts = value->IsSequence() && std::ranges::all_of(*value, [](const auto& item) {
                         return item.IsScalar();
                       });
    if (!texts) return refuse(key, value->Mark(), "must be a list of strings");
    for (const auto& item : *value) into.push_back(item.Scalar());
  }
  void duration(const std::string& key, std::chrono::seconds& into, std::chrono::seconds least,
                std::chrono::seconds most) {
    auto value = take(key);
    if (!value) return;
    const auto given = value->IsScalar() ? parse_duration(value->Scalar()) : std::nullopt;
    if (!given) return refuse(key, value->Mark(), "must be a number with s, m, h or d, as 24h");
    if (*given < least || *given > most) {
      return refuse(key, value->Mark(),
                    "must be from " + std::to_string(least.count()) + "s to " +
                        std::to_string(most.count()) + "s");
    }
    into = *given;
  }
  YAML::Node map(const std::string& key) {
    auto value = take(key);
    return value ? *value : YAML::Node{};
  }
  void refuse(const std::string& key, const YAML::Mark& mark, const std::string& why) {
    if (fault_) return;
    const auto field = path_.empty() ? key : key.empty() ? path_ : path_ + "." + key;
    auto where = mark.is_null() ? "" : " (line " + std::to_string(mark.line + 1) + ")";
    fault_ = base::Error{ErrorCode::kInvalid, field + " " + why + where, field};
  }
  void finish() {
    if (!node_ || !node_.IsMap()) return;
    for (const auto& entry : node_) {
      const auto key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("?");
      if (std::ranges::find(asked_, key) == asked_.end()) {
        refuse(key, entry.first.Mark(), "is no setting");
      }
    }
  }

 private:
  std::optional<YAML::Node> take(const std::string& key) {
    asked_.push_back(key);
    if (!node_ || !node_.IsMap() || !node_[key] || node_[key].IsNull()) return std::nullopt;
    return node_[key];
  }

  YAML::Node node_;
  std::string path_;
  std::optional<base::Error>& fault_;
  std::vector<std::string> asked_;
};

void read_cloud(MapReader& top, std::optional<base::Error>& fault, CloudConfig& cloud) {
  MapReader in(top.map("cloud"), "cloud", fault);
  std::string image = cloud.image;
  in.text("kind", cloud.kind);
  in.text("image", image);
  in.text("subnet", cloud.subnet);
  cloud.image = image;
  if (cloud.kind != "local") in.refuse("kind", YAML::Mark::null_mark(), "must be local");
  in.finish();
}

void read_agents(MapReader& top, std::optional<base::Error>& fault, AgentsConfig& agents) {
  MapReader in(top.map("agents"), "agents", fault);
  in.duration("certificate_life", agents.certificate_life, kCertificateLifeLeast,
              kCertificateLifeMost);
  std::string releases;
  in.text("releases", releases);
  agents.releases = releases;
  if (!releases.empty() && !agents.releases.is_absolute()) {
    in.refuse("releases", YAML::Mark::null_mark(), "must be an absolute path");
  }
  in.finish();
}

void read_shells(MapReader& top, std::optional<base::Error>& fault, ShellsConfig& shells) {
  MapReader in(top.map("shells"), "shells", fault);
  in.duration("keep_recordings", shells.keep_recordings, kKeepRecordingsLeast, kKeepRecordingsMost);
  in.finish();
}

void read_tls(MapReader& top, std::optional<base::Error>& fault, TlsConfig& tls) {
  MapReader in(top.map("tls"), "tls", fault);
  const auto file = [&](const char* key, std::filesystem::path& into) {
    std::string path;
    in.text(key, path);
    into = path;
    if (!path.empty() && !into.is_absolute()) {
      in.refuse(key, YAML::Mark::null_mark(), "must be an absolute path");
    }
  };
  file("certificate", tls.certificate);
  file("key", tls.key);
  file("ca", tls.ca);
  const bool alone = tls.certificate.empty() != tls.key.empty();
  if (alone || (!tls.given() && !tls.ca.empty())) {
    in.refuse(tls.certificate.empty() ? "certificate" : "key", YAML::Mark::null_mark(),
              "is missing: certificate and key come together");
  }
  in.finish();
}

void read_log(MapReader& top, std::optional<base::Error>& fault, base::LogOptions& log) {
  MapReader in(top.map("log"), "log", fault);
  in.text("level", log.level);
  in.flag("json", log.json);
  constexpr const char* kLevels[] = {"trace", "debug", "info", "warn", "error"};
  if (std::ranges::find(kLevels, log.level) == std::end(kLevels)) {
    in.refuse("level", YAML::Mark::null_mark(), "must be trace, debug, info, warn or error");
  }
  in.finish();
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(const std::string& text) {
  std::int64_t count = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, count);
  constexpr std::int64_t kMost = 100'000'000;  // no overflow in any unit
  if (error != std::errc{} || at + 1 != end || count < 0 || count > kMost) return std::nullopt;
  switch (*at) {
    case 's':
      return std::chrono::seconds{count};
    case 'm':
      return std::chrono::minutes{count};
    case 'h':
      return std::chrono::hours{count};
    case 'd':
      return std::chrono::hours{24 * count};
    default:
      return std::nullopt;
  }
}

base::Result<Listen> parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  Listen listen;
  unsigned port = 0;
  auto refused = base::fail(ErrorCode::kInvalid,
                            "listen must be an address and a port, as 127.0.0.1:8443", "listen");
  if (colon == std::string::npos) return refused;
  listen.address = text.substr(0, colon);
  if (listen.address.starts_with('[') && listen.address.ends_with(']')) {
    listen.address = listen.address.substr(1, listen.address.size() - 2);
  }
  const auto* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc{} || at != end || port > 65535) return refused;
  boost::system::error_code bad;
  boost::asio::ip::make_address(listen.address, bad);
  if (bad) return refused;
  listen.port = static_cast<unsigned short>(port);
  return listen;
}

base::Result<Config> parse_config(const std::string& yaml) {
  Config config;
  std::optional<base::Error> fault;
  try {
    MapReader top(YAML::Load(yaml), "", fault);
    std::string listen;
    top.text("listen", listen);
    top.list("names", config.names);
    read_cloud(top, fault, config.cloud);
    read_agents(top, fault, config.agents);
    read_shells(top, fault, config.shells);
    read_tls(top, fault, config.tls);
    read_log(top, fault, config.log);
    top.finish();
    if (fault) return std::unexpected(*fault);
    if (!listen.empty()) {
      auto parsed = parse_listen(listen);
      if (!parsed) return base::fail(parsed);
      config.listen = *parsed;
    }
  } catch (const YAML::Exception& error) {
    return base::fail(ErrorCode::kInvalid, std::string("not YAML: ") + error.what());
  }
  return config;
}

base::Result<Config> load_config(const std::filesystem::path& file) {
  auto text = base::read_file(file, kMaxConfigBytes);
  if (!text) return base::fail(text);
  auto config = parse_config(*text);
  if (!config) config.error().message = file.string() + ": " + config.error().message;
  return config;
}

}  // namespace slipway::config
