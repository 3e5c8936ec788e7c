// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "controller/clusters/cluster_pki.hpp"
#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/node_image.hpp"
#include "controller/links/links.hpp"
#include "controller/links/roster.hpp"
#include "controller/secrets/secrets.hpp"
#include "controller/store/database.hpp"
#include "controller/store/memo.hpp"
#include "protocol/base/clock.hpp"

namespace slipway::clusters {

/// Says of every machine where it belongs and what it shall be, from the rows alone. Build it
/// before Links and Enrolment, which ask it.
class NodeRoster : public links::Roster, public links::DesiredSource {
 public:
  NodeRoster(store::Database& database, const secrets::Secrets& secrets, const base::Clock& clock,
             NodeImage image, bool small_machines);

  std::optional<links::Membership> find(const base::MachineId& machine) const override;
  std::unordered_map<base::MachineId, std::string> node_names() const override;
  std::optional<base::MachineId> gateway(const base::ClusterId& cluster) const override;
  /// kNotFound: no such machine; kUnavailable: an address or the PKI is not there yet, Links is
  /// refreshed when it is. The generation grows when the content differs from the last time.
  base::Result<wire::DesiredNode> desired(const base::MachineId& machine) override;

  const NodeImage& image() const { return image_; }

 private:
  /// The machines of a cluster; kept, since after a restart each of its agents asks for them.
  const std::vector<PeerRow>& peers_of(const base::ClusterId& cluster);

  store::Database& database_;
  const secrets::Secrets& secrets_;
  const base::Clock& clock_;
  NodeImage image_;
  bool small_machines_;
  std::map<base::ClusterId, KnownCa> cas_;
  store::Memo<base::ClusterId, std::vector<PeerRow>> peers_;
};

}  // namespace slipway::clusters
