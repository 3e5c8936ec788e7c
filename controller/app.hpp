// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "controller/access/accounts.hpp"
#include "controller/access/audit_heads.hpp"
#include "controller/access/sqlite_audit.hpp"
#include "controller/application_definition.hpp"
#include "controller/canary_keeper.hpp"
#include "controller/cloud/local/local_cloud.hpp"
#include "controller/clusters/clusters.hpp"
#include "controller/config/config.hpp"
#include "controller/config/state_directory.hpp"
#include "controller/discovery/relay.hpp"
#include "controller/http/public_api.hpp"
#include "controller/links/agent_listener.hpp"
#include "controller/links/ca_rotation.hpp"
#include "controller/public_certificate.hpp"
#include "controller/quota_keeper.hpp"
#include "controller/quotas/quota_ledger.hpp"
#include "controller/recordings/recordings.hpp"
#include "controller/releases/release_files.hpp"
#include "controller/tenant_borders.hpp"
#include "controller/wiring.hpp"
#include "protocol/base/task_scope.hpp"

namespace slipway::controller {

inline constexpr unsigned short kAgentPort = 7443;  ///< in the machines' network
inline constexpr std::size_t kBlockingThreads = 4;
inline constexpr std::chrono::seconds kCertificateLook{10};  ///< did its files change?
inline constexpr std::chrono::hours kRecordingsLook{1};      ///< is the retention of any over?
inline constexpr std::chrono::seconds kStopGrace{3};         ///< for running requests
inline constexpr std::chrono::seconds kStopDeadline{20};     ///< for all of it

/// The whole controller: owns every subsystem, from the store up to the public port. Reads top-down
/// as the architecture does. Construction opens what is on disk and throws with a plain message
/// where it cannot; start() brings things up; stop() takes them down in the opposite order.
class App {
 public:
  /// `public_socket` listens already (its port was free); it is taken over.
  App(boost::asio::io_context& io, config::Config config, config::StateDirectory state,
      int public_socket);
  ~App();

  base::Task<base::Result<>> start();
  base::Task<> stop();
  /// Looks at once whether the public certificate's files changed (SIGHUP); an error is logged.
  void reload();

 private:
  clusters::Foundation foundation();
  http::Services services();
  std::vector<http::Part> parts() const;
  std::string user_data(const std::string& token) const;
  net::TlsServer first_public_tls();
  void look_at_public_certificate();
  base::Result<> write_roots() const;
  base::Result<> open_agent_listener();
  base::Task<base::Result<>> ensure_administrator();
  base::Task<> keep_public_certificate();
  base::Task<> expire_recordings();
  base::Task<> end_with_rights();
  base::Task<> write_audit_heads();
  void watch_gauges();

  config::Config config_;
  config::StateDirectory state_;
  int public_socket_;
  base::SystemClock clock_;
  boost::asio::any_io_executor executor_;
  boost::asio::thread_pool pool_;  ///< blocking work

  // What outlives the process: one database, its secrets, the controller's own CA.
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<secrets::Secrets> secrets_;
  std::unique_ptr<links::Authority> authority_;

  // Who may come in, and what they did.
  access::SqliteAudit audit_;
  access::AuditHeads audit_heads_;
  access::Accounts accounts_;
  quotas::QuotaLedger quotas_;

  // Where machines come from.
  cloud::local::LocalCloud cloud_;

  // The agents: what each machine shall be, its certificate, its link.
  clusters::NodeRoster roster_;
  links::Links links_;
  links::Enrolment enrolment_;
  links::CaRotation ca_rotation_;

  // What goes over the links: etcd's discovery, intents, the mirror.
  discovery::Registry registry_;
  discovery::Relay relay_;
  intents::IntentLedger intents_;
  mirror::Mirror mirror_;

  // The programs that agents may be given.
  releases::AgentReleases releases_;
  releases::ReleaseFiles release_files_;

  // What shells on nodes showed.
  recordings::Recordings recordings_;

  // The clusters and their operations, and the news of all that changes.
  clusters::Changes changes_;
  ConnectedAgents agents_;
  clusters::KeyPairs key_pairs_{*database_};
  clusters::Clusters clusters_;
  MirrorFeed feed_;

  // The two doors: one for agents in the machines' network, one for people and programs.
  std::unique_ptr<links::AgentListener> agent_listener_;
  PublicCertificate public_certificate_;
  std::string certificate_fault_;  ///< said last: not again at each look
  http::Metrics metrics_;
  http::ManifestReader manifests_;
  http::CallerStreams streams_;
  http::Services services_;
  TenantBorders borders_;
  QuotaKeeper quota_keeper_;
  ApplicationDefinition application_definition_;
  CanaryKeeper canary_keeper_;
  http::PublicApi api_;
  net::HttpServer public_server_;

  bool cloud_up_ = false;
  bool agents_up_ = false;
  base::TaskScope tasks_;
};

}  // namespace slipway::controller
