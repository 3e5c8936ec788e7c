// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/swarm/prepare.hpp"

#include <algorithm>

#include "controller/access/api_tokens.hpp"
#include "controller/access/users.hpp"
#include "controller/clusters/cluster_pki.hpp"
#include "controller/clusters/cluster_rows.hpp"
#include "controller/clusters/cluster_rules.hpp"
#include "controller/clusters/node_roster.hpp"
#include "controller/config/state_directory.hpp"
#include "controller/links/authority.hpp"
#include "controller/links/enrolment_rows.hpp"
#include "controller/secrets/secrets.hpp"
#include "protocol/base/files.hpp"
#include "tests/bench/swarm/roll.hpp"
#include "tests/bench/swarm/told.hpp"

namespace slipway::swarm {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

namespace fs = std::filesystem;

constexpr char kUser[] = "swarm";
constexpr char kNoPassword[] = "*";  ///< no password has this hash: the token alone comes in
constexpr std::chrono::hours kTokenLife{24 * 30};
constexpr std::chrono::hours kCertificateLife{24 * 30};
constexpr std::chrono::hours kBackdate{1};
/// Of the loopback, so that a load test can reach nothing else; agents dial from outside of it.
constexpr char kSubnet[] = "127.200.0.0/16";

constexpr char kManifest[] =
    "kubernetes: v1.20.2\nkubeadm_api: v1beta2\nsandbox_image: k8s.gcr.io/pause:3.2\n"
    "image_repository: k8s.gcr.io\netcd_discovery: v2\nimages: [k8s.gcr.io/pause:3.2]\n";

/// The controller's own parts, as they stand on a database.
struct Installation {
  config::StateDirectory directory;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<secrets::Secrets> secrets;
  std::unique_ptr<links::Authority> authority;
};

Result<Installation> open(const fs::path& path, const base::Clock& clock) {
  if (std::error_code ignored; fs::exists(path / "slipway.db", ignored)) {
    return fail(ErrorCode::kConflict,
                path.string() + " holds an installation already: give " + "--state a new directory",
                "state");
  }
  auto directory = config::StateDirectory::open(path);
  if (!directory) return fail(directory);
  auto database = store::Database::open(directory->database());
  if (!database) return fail(database);
  auto secrets = secrets::Secrets::open(**database, directory->master_key());
  if (!secrets) return fail(secrets);
  auto authority = links::Authority::open(**database, **secrets, clock);
  if (!authority) return fail(authority);
  return Installation{std::move(*directory), std::move(*database), std::move(*secrets),
                      std::move(*authority)};
}

pki::CertificateRequest wanted(const std::string& name, pki::Usage usage, base::UtcTime now) {
  pki::CertificateRequest request;
  request.common_name = name;
  request.usage = usage;
  request.not_before = now - kBackdate;
  request.not_after = now + kCertificateLife;
  return request;
}

/// Writes the rows of an installation as creation, enrolment and the first link of each machine
/// leave them.
class Writer {
 public:
  Writer(Installation& to, const base::Clock& clock)
      : to_(to),
        clock_(clock),
        rows_(*to.database),
        enrolments_(*to.database),
        pki_(*to.database, *to.secrets, clock),
        roster_(*to.database, *to.secrets, clock, *clusters::parse_node_image(kManifest), true),
        key_pem_(pki::make_key()) {}

  Result<> write(const Scratch& scratch);
  const std::string& members() const { return members_; }
  const std::string& key_pem() const { return key_pem_; }

 private:
  Result<clusters::ClusterRow> add_cluster(std::size_t number, std::size_t nodes);
  Result<> add_machine(const clusters::ClusterRow& cluster, std::size_t ordinal);
  Result<> enrol(const clusters::MachineRow& machine);
  Result<> tell(const base::ClusterId& cluster);

  Installation& to_;
  const base::Clock& clock_;
  clusters::Rows rows_;
  links::EnrolmentRows enrolments_;
  clusters::ClusterPki pki_;
  clusters::NodeRoster roster_;
  std::string key_pem_;
  std::string csr_pem_;
  std::string key_sha256_;
  std::string members_;
  std::size_t count_ = 0;
};

Result<clusters::ClusterRow> Writer::add_cluster(std::size_t number, std::size_t nodes) {
  clusters::ClusterRow cluster;
  cluster.id = {base::new_id()};
  cluster.spec.name = "swarm-" + std::to_string(number + 1);
  // What a request may ask for; that there are more machines is as if they came later.
  cluster.spec.workers =
      std::min(static_cast<unsigned>(nodes - 1), clusters::kMaxWorkersOfOneMaster);
  cluster.state = clusters::ClusterState::kUnhealthy;
  cluster.created = clock_.utc();
  cluster.created_by = kUser;
  rows_.insert(cluster);
  if (auto made = pki_.ensure_cluster(cluster.id); !made) return fail(made);
  return cluster;
}

/// The cloud fact is written, but no ledger row: what the ledger does not name is neither polled
/// for nor reconciled, so that the absent machine is not found missing.
Result<> Writer::add_machine(const clusters::ClusterRow& cluster, std::size_t ordinal) {
  clusters::MachineRow machine{{base::new_id()}, cluster.id};
  machine.role = ordinal == 0 ? clusters::Role::kMaster : clusters::Role::kWorker;
  machine.name = cluster.spec.name + "-" + std::to_string(ordinal);
  machine.ordinal = static_cast<unsigned>(ordinal);
  machine.flavor = "swarm";
  machine.resource = {base::new_id()};
  machine.address = address_of(count_++);
  rows_.insert(machine);
  rows_.set_resource(machine.id, machine.resource);
  rows_.set_cloud(machine.id, {true, cloud::MachineState::kRunning, {}, clock_.utc()},
                  machine.address);
  rows_.set_enrolled(machine.id, clock_.utc(),
                     facts_of(machine.name, machine.address).SerializeAsString());
  rows_.set_bootstrapped(machine.id);
  if (machine.is_master()) {
    auto keys = pki_.ensure_master(cluster.id, machine.id, machine.name, machine.address);
    if (!keys) return fail(keys);
  }
  return enrol(machine);
}

Result<> Writer::enrol(const clusters::MachineRow& machine) {
  links::EnrolmentRow row;
  row.token_sha256 = pki::sha256_hex(pki::random_hex(16));
  row.machine = machine.id;
  row.cluster = machine.cluster;
  row.resource = machine.resource;
  row.role = machine.wire_role();
  enrolments_.add(row, clock_.utc());
  enrolments_.set_running(machine.id, clock_.utc());
  enrolments_.bind(row, key_sha256_, clock_.utc());
  enrolments_.set_address(row, machine.address);
  enrolments_.spend(machine.id);
  auto request = wanted(machine.id.value, pki::Usage::kClient, clock_.utc());
  request.organizations = {"slipway:nodes"};
  auto certificate = pki::sign_csr(to_.authority->issuer(), csr_pem_, request);
  if (!certificate) return fail(certificate);
  members_ += line_of({.machine = machine.id,
                       .cluster = machine.cluster,
                       .node = machine.name,
                       .address = machine.address,
                       .master = machine.is_master(),
                       .certificate_pem = *certificate,
                       .certificate_der = {}});
  return {};
}

/// Each machine was told once what it shall be: a link that comes back finds nothing new.
Result<> Writer::tell(const base::ClusterId& cluster) {
  const auto machines = rows_.machines(cluster);
  rows_.set_gateway(cluster, machines.front().id);
  for (const auto& machine : machines) {
    if (auto desired = roster_.desired(machine.id); !desired) return fail(desired);
  }
  return {};
}

Result<> Writer::write(const Scratch& scratch) {
  auto csr = pki::make_csr(key_pem_, "swarm");
  if (!csr) return fail(csr);
  csr_pem_ = *csr;
  key_sha256_ = pki::parse_csr(csr_pem_)->public_key_sha256;
  const std::size_t clusters =
      std::max(scratch.clusters, (scratch.agents + kMaxNodesOfCluster - 1) / kMaxNodesOfCluster);
  return to_.database->transaction([&]() -> Result<> {
    for (std::size_t i = 0; i < clusters; ++i) {
      const std::size_t nodes = scratch.agents / clusters + (i < scratch.agents % clusters);
      auto cluster = add_cluster(i, nodes);
      if (!cluster) return fail(cluster);
      for (std::size_t ordinal = 0; ordinal < nodes; ++ordinal) {
        if (auto added = add_machine(*cluster, ordinal); !added) return added;
      }
      if (auto told = tell(cluster->id); !told) return told;
    }
    return {};
  });
}

/// An administrator with a token, so that the tests' client of the API finds its way.
Result<std::string> add_token(store::Database& database, const base::Clock& clock) {
  access::Users users(database, clock);
  auto user = users.add({.name = kUser, .role = access::Role::kAdministrator}, kNoPassword);
  if (!user) return fail(user);
  auto token = access::ApiTokens(database, clock).add(user->id, "swarm", kTokenLife);
  if (!token) return fail(token);
  return token->text;
}

Result<> write_all(const std::vector<std::pair<fs::path, std::string>>& files) {
  for (const auto& [path, content] : files) {
    if (auto written = base::write_file(path, content, 0600); !written) return written;
  }
  return {};
}

Result<> check(const Scratch& scratch) {
  if (scratch.agents == 0 || scratch.agents > kMaxAgents) {
    return fail(ErrorCode::kInvalid, "--agents must be from 1 to " + std::to_string(kMaxAgents),
                "agents");
  }
  if (scratch.clusters > scratch.agents) {
    return fail(ErrorCode::kInvalid, "--clusters must not be more than --agents", "clusters");
  }
  return {};
}

}  // namespace

Result<> prepare(const Scratch& scratch) {
  if (auto good = check(scratch); !good) return good;
  const base::SystemClock clock;
  const fs::path state = fs::absolute(scratch.state);
  auto installation = open(state, clock);
  if (!installation) return fail(installation);
  Writer writer(*installation, clock);
  if (auto written = writer.write(scratch); !written) return written;
  auto token = add_token(*installation->database, clock);
  if (!token) return fail(token);
  auto server = wanted("swarm's peers", pki::Usage::kServer, clock.utc());
  server.ip_addresses = {"127.0.0.1"};
  auto pair = pki::issue(installation->authority->issuer(), server);
  if (!pair) return fail(pair);
  const Files files(state);
  std::error_code error;
  fs::create_directories(files.directory, error);
  fs::create_directories(state / "image", error);
  if (error) return fail(ErrorCode::kInternal, state.string() + ": " + error.message());
  return write_all(
      {{files.members(), writer.members()},
       {files.key(), writer.key_pem()},
       {files.ca(), installation->authority->bundle_pem()},
       {files.server_certificate(), pair->certificate_pem},
       {files.server_key(), pair->key_pem},
       {state / "image" / "manifest.yaml", kManifest},
       {state / "controller.yaml",
        "listen: " + scratch.listen + "\ncloud:\n  kind: local\n  image: " +
            (state / "image").string() + "\n  subnet: " + kSubnet + "\nlog:\n  level: info\n"},
       {state / ".authorization", "Authorization: Bearer " + *token + "\n"},
       {state / "quickstart.json", "{\"controller\": \"https://" + scratch.listen +
                                       "\", \"ca\": \"" + (state / "ca.crt").string() + "\"}\n"}});
}

}  // namespace slipway::swarm
