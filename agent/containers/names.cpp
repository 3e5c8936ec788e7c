// SPDX-License-Identifier: Apache-2.0
#include "agent/containers/names.hpp"

#include <algorithm>

namespace slipway::containers {
namespace {

constexpr std::size_t kLabelLength = 63;
constexpr std::size_t kSubdomainLength = 253;

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLabelLength && alphanumeric(text.front()) &&
         alphanumeric(text.back()) &&
         std::ranges::all_of(text, [](char c) { return alphanumeric(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) {
  if (text.empty() || text.size() > kSubdomainLength) return false;
  while (true) {
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    // Labels of a subdomain may be as long as the whole.
    if (part.empty() || !alphanumeric(part.front()) || !alphanumeric(part.back())) return false;
    if (!std::ranges::all_of(part, [](char c) { return alphanumeric(c) || c == '-'; }))
      return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

base::Result<> check(const ContainerName& name) {
  using base::ErrorCode;
  if (!is_label(name.pod_namespace)) {
    return base::fail(ErrorCode::kInvalid, "not a namespace's name", "namespace");
  }
  if (!is_subdomain(name.pod)) return base::fail(ErrorCode::kInvalid, "not a pod's name", "pod");
  if (!name.container.empty() && !is_label(name.container)) {
    return base::fail(ErrorCode::kInvalid, "not a container's name", "container");
  }
  return {};
}

}  // namespace slipway::containers
