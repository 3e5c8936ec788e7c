// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/bootstrap/step.hpp"

namespace slipway::bootstrap {

/// One `kubeadm init phase …`.
struct Phase {
  std::string_view name;
  std::vector<std::string> words;  ///< after `kubeadm init phase`
  /// What it makes and would keep on a second run: removed before a first one, since a process
  /// killed half-way leaves broken files behind.
  std::vector<std::string> makes;
};

/// Runs phases once per configuration: each that ends well leaves a mark that holds the digest of
/// what it was run with.
class KubeadmPhases {
 public:
  KubeadmPhases(const StepContext& context, std::string digest);

  bool done(const Phase& phase) const;
  base::Task<base::Result<>> run(const Phase& phase) const;

 private:
  const StepContext& context_;
  std::string digest_;
};

/// Of kubeadm's configuration and the PKI that it starts from.
std::string phase_digest(const wire::DesiredNode& desired);

extern const Phase kCertsPhase;
extern const Phase kKubeconfigPhase;
extern const Phase kKubeletStartPhase;
extern const Phase kControlPlanePhase;
extern const Phase kUploadConfigPhase;
extern const Phase kMarkPhase;
extern const Phase kTokenPhase;
extern const Phase kProxyPhase;

}  // namespace slipway::bootstrap
