// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>

#include "agent/kube/kube_api.hpp"
#include "agent/kube/rest_mapping.hpp"
#include "order.pb.h"
#include "protocol/base/backoff.hpp"
#include "protocol/manifest/manifest.hpp"
#include "report.pb.h"

namespace slipway::kube {

using manifest::ManifestObject;

inline constexpr std::size_t kOutcomeBodyBytes = 512 << 10;
inline constexpr std::size_t kUndoBytes = 256 << 10;  ///< of all that was there before

/// How long a kind that the API server does not know (yet) is asked for.
struct ApplyPatience {
  std::chrono::milliseconds pause{250};
  int tries = 4;
  int tries_with_crd = 60;  ///< when the manifest itself brings definitions
};

/// Does what an intent says at the API server and words what became of it. An error means that the
/// API server could not be asked, or that this node may not any more: try the whole again later;
/// everything else is an outcome.
class Applier {
 public:
  using May = std::function<bool()>;
  /// `may`: whether this node is the gateway now; asked before each object of a manifest.
  Applier(
      KubeApi& api, ApplyPatience patience, May may = [] { return true; })
      : api_(api), mapping_(api), patience_(patience), may_(std::move(may)) {}

  base::Task<base::Result<wire::IntentOutcome>> run(wire::Intent intent);

 private:
  using Answer = base::Result<wire::ObjectOutcome>;
  /// What a manifest brings and a dry run does not make.
  struct Announced {
    std::set<std::string> namespaces;
    std::map<std::string, std::string> kinds;  ///< "Widget.example.org" to its definition's name
  };
  /// What a manifest may still wait for the service accounts of new namespaces.
  struct AccountWaits {
    base::Backoff backoff;
    int left;
  };
  static Announced announced_by(const std::vector<ManifestObject>& objects);
  base::Task<base::Result<wire::IntentOutcome>> in_the_name_of(wire::Intent intent);
  base::Task<base::Result<wire::IntentOutcome>> apply(wire::ApplyManifest manifest);
  base::Task<base::Result<wire::IntentOutcome>> request(wire::KubeRequest request);
  base::Task<Answer> again_later(const ManifestObject& object, const Announced& coming,
                                 const wire::ApplyManifest& how, wire::ObjectOutcome refusal);
  base::Task<Answer> put_when_ready(const ManifestObject& object, const wire::ApplyManifest& how,
                                    int tries, AccountWaits& waits);
  base::Task<Answer> put(const ManifestObject& object, const wire::ApplyManifest& how, int tries);
  base::Task<Answer> patch(const ManifestObject& object, std::string path, bool dry_run);
  base::Task<Answer> remove(const ManifestObject& object, std::string path, bool dry_run);
  base::Task<base::Result<std::string>> path_of(const ManifestObject& object,
                                                std::string default_namespace, int tries);
  base::Task<base::Result<std::string>> object_there(std::string path);

  KubeApi& api_;
  RestMapping mapping_;
  ApplyPatience patience_;
  May may_;
};

}  // namespace slipway::kube
