// SPDX-License-Identifier: Apache-2.0
#include "protocol/policy/findings.hpp"

#include <algorithm>

namespace slipway::policy {
namespace {

constexpr std::size_t kPrintedLength = 100;    // of what somebody wrote
constexpr std::size_t kSentenceLength = 3000;  // of several; a client shows it whole
constexpr std::string_view kOrAllow =
    ", or ask an administrator to label the namespace slipway.io/allow-privileged=true";

/// A rule. Ids are part of the API: they stay.
struct Rule {
  std::string_view id;
  std::string_view instead;
  bool lifted = true;  ///< by allow-privileged
};

constexpr Rule kRules[] = {
    {"privileged", "leave it out"},
    {"host-path", "use an emptyDir, a config map, a secret or a volume claim"},
    {"git-repo", "clone in an init container into an emptyDir"},
    {"host-pid", "leave it out"},
    {"host-ipc", "leave it out"},
    {"host-network", "leave it out and reach the pod by a Service"},
    {"host-port", "leave it out and reach the pod by a Service"},
    {"capabilities", "add none but those that every container has"},
    {"proc-mount", "leave it out"},
    {"selinux", "leave user and role out, and take one of the types for containers"},
    {"apparmor", "leave the annotation out"},
    {"host-process", "leave it out"},
    {"sysctls", "set none but those that are the pod's own"},
    {"node-name", "choose nodes by nodeSelector or affinity, and let the scheduler place the pod"},
    {"master-toleration", "name the taints that the pod shall tolerate, other than the masters'"},
    {"binding", "leave it to the scheduler"},
    {"external-ips", "use a Service of type NodePort or LoadBalancer"},
    {"ingress-group", "make it through networking.k8s.io, which quotas count"},
    {"namespace-labels", "ask an administrator", false},
    {"kubernetes-namespace", "use another namespace", false},
    {"single-node-claim",
     "ask for 1, use a ReadWriteMany claim, or a StatefulSet with a claim for each pod", false},
    {"access-mode", "ask for one of those, or use another class", false},
    {"access-modes", "name ReadWriteOnce, ReadOnlyMany, ReadWriteMany, separated by commas", false},
    {"load-balancer-tcp", "use TCP, or a Service of type NodePort", false},
};

const Rule& rule_of(std::string_view id) {
  static constexpr Rule kOther{"", "leave it out"};
  const auto* found = std::ranges::find(kRules, id, &Rule::id);
  return found == std::end(kRules) ? kOther : *found;
}

}  // namespace

void Findings::add(std::string_view rule, std::string field, std::string what) {
  if (full()) return;
  const auto& known = rule_of(rule);
  std::string way_out(known.instead);
  if (known.lifted) way_out += kOrAllow;
  all_.push_back({std::string(rule), std::move(field), std::move(what), std::move(way_out)});
}

std::string sentence_of(const Refusal& refusal) {
  return refusal.what + " (rule " + refusal.rule + ", " + refusal.field + "): " + refusal.way_out;
}

std::string sentence_of(const std::vector<Refusal>& refusals) {
  std::string text;
  std::size_t said = 0;
  for (const auto& refusal : refusals) {
    const auto next = sentence_of(refusal);
    if (said > 0 && text.size() + next.size() > kSentenceLength) break;
    text += (said++ > 0 ? "; " : "") + next;
  }
  if (said < refusals.size()) text += "; and " + std::to_string(refusals.size() - said) + " more";
  return text;
}

std::string printable(std::string_view text) {
  std::string out(text.substr(0, kPrintedLength));
  for (char& c : out)
    if (c < ' ' || c > '~' || c == '"') c = '?';
  return out + (text.size() > kPrintedLength ? "…" : "");
}

std::string in_quotes(std::string_view text) {
  return '"' + printable(text) + '"';
}

}  // namespace slipway::policy
