// SPDX-License-Identifier: Apache-2.0
#include "agent/kube/rest_mapping.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <sstream>

#include "agent/kube/json_reading.hpp"
#include "protocol/net/percent.hpp"

namespace slipway::kube {
namespace {

using base::ErrorCode;
using base::Result;
using base::Task;

constexpr std::size_t kMaxGroups = 256;

/// A group's versions: those of `first` that it has, then what it prefers, then the rest.
std::vector<std::string> in_order(const boost::json::value& group, const std::string& first) {
  std::vector<std::string> served;
  for (const auto& version : array_at(group, "versions")) {
    served.push_back(text_at(version, "groupVersion"));
  }
  std::vector<std::string> wished;
  std::istringstream names(first);
  for (std::string name; names >> name;) wished.push_back(text_at(group, "name") + "/" + name);
  wished.push_back(text_at(object_at(group, "preferredVersion"), "groupVersion"));
  std::erase_if(wished,
                [&](const auto& one) { return std::ranges::find(served, one) == served.end(); });
  for (const auto& version : served) {
    if (std::ranges::find(wished, version) == wished.end()) wished.push_back(version);
  }
  return wished;
}

}  // namespace

std::string root_of(const std::string& api_version) {
  const auto slash = api_version.find('/');
  if (slash == std::string::npos) return "/api/" + net::percent_encoded(api_version);
  return "/apis/" + net::percent_encoded(api_version.substr(0, slash)) + "/" +
         net::percent_encoded(api_version.substr(slash + 1));
}

std::string object_path(const std::string& api_version, const Resource& resource,
                        const std::string& pod_namespace, const std::string& name) {
  auto path = root_of(api_version);
  if (resource.namespaced) path += "/namespaces/" + net::percent_encoded(pod_namespace);
  return path + "/" + net::percent_encoded(resource.plural) + "/" + net::percent_encoded(name);
}

Task<Result<>> RestMapping::load(std::string api_version) {
  auto list = co_await get_json(api_, root_of(api_version));
  if (!list) co_return base::fail(list);
  Kinds kinds;
  for (const auto& entry : array_at(*list, "resources")) {
    const auto plural = text_at(entry, "name");
    if (plural.find('/') != std::string::npos) continue;  // a subresource
    kinds.emplace(text_at(entry, "kind"), Resource{plural, bool_at(entry, "namespaced")});
  }
  if (known_.size() >= kMaxGroups) known_.clear();
  known_[api_version] = std::move(kinds);
  co_return Result<>{};
}

Task<Result<Resource>> RestMapping::find(std::string api_version, std::string kind) {
  if (!known_.contains(api_version)) {
    auto loaded = co_await load(api_version);
    if (!loaded && loaded.error().code != ErrorCode::kNotFound) co_return base::fail(loaded);
  }
  if (const auto kinds = known_.find(api_version); kinds != known_.end()) {
    const auto found = kinds->second.find(kind);
    if (found != kinds->second.end()) co_return found->second;
  }
  co_return base::fail(ErrorCode::kNotFound,
                       "no matches for kind \"" + kind + "\" in version \"" + api_version + "\"");
}

Task<Result<std::string>> RestMapping::serving(std::string group, std::string plural,
                                               std::string first) {
  if (group.empty()) co_return std::string("v1");
  auto found = co_await get_json(api_, "/apis/" + net::percent_encoded(group));
  if (!found && found.error().code != ErrorCode::kNotFound) co_return base::fail(found);
  std::vector<std::string> versions;
  if (found) versions = in_order(*found, first);
  for (const auto& version : versions) {
    auto list = co_await get_json(api_, root_of(version));
    // A version that is broken (its own server is down) hides none of the others.
    if (!list) continue;
    for (const auto& resource : array_at(*list, "resources")) {
      if (text_at(resource, "name") == plural) co_return version;
    }
  }
  co_return base::fail(ErrorCode::kNotFound,
                       "the API server serves no " + plural + " of group " + group);
}

}  // namespace slipway::kube
