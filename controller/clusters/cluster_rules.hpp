// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "controller/cloud/cloud.hpp"
#include "controller/clusters/model.hpp"
#include "protocol/base/result.hpp"

namespace slipway::clusters {

inline constexpr std::size_t kMaxClusterName = 40;
inline constexpr unsigned kMaxWorkersOfOneMaster = 30;
inline constexpr unsigned kMaxWorkersAtCreation = 100;  ///< with 3 or 5 masters
inline constexpr std::uint32_t kMaxDiskGib = 65536;
inline constexpr char kPodCidr[] = "10.244.0.0/16";
inline constexpr char kServiceCidr[] = "10.96.0.0/16";
inline constexpr unsigned kMinCpus = 4;  ///< of a machine on a real cloud
inline constexpr std::uint64_t kMinMemoryBytes = 8ULL << 30;

/// The body of POST /api/v1/clusters. Every refusal is kInvalid and names its field.
base::Result<ClusterSpec> parse_cluster_request(const boost::json::value& body);
/// Names, limits, ranges; parse_cluster_request has called it.
base::Result<> check(const ClusterSpec& spec);
/// Stored form of a spec, and back.
boost::json::value to_json(const ClusterSpec& spec);

/// What the cloud and the image say to it: version, flavors (filled in where empty), quotas.
base::Result<> check_version(const ClusterSpec& spec, std::string_view image_version);
base::Result<> choose_flavors(ClusterSpec& spec, const std::vector<cloud::Flavor>& flavors,
                              bool small_machines);
/// kExhausted naming each short quota, what is needed and what is left.
base::Result<> check_quotas(const ClusterSpec& spec, const std::vector<cloud::Flavor>& flavors,
                            const std::vector<cloud::Quota>& quotas);

bool is_dns_label(std::string_view text, std::size_t longest);
bool is_ipv4(std::string_view text);
bool is_ipv4_cidr(std::string_view text);
bool overlaps(std::string_view one_cidr, std::string_view other_cidr);

}  // namespace slipway::clusters
