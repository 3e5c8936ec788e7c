// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::policy {

inline constexpr std::size_t kMaxRefusals = 20;  ///< of one object; more say nothing new

/// Why an object may not be.
struct Refusal {
  std::string rule;     ///< its id, which stays: "host-path"
  std::string field;    ///< "spec.template.spec.containers[0].securityContext.privileged"
  std::string what;     ///< `container "web" is privileged`
  std::string way_out;  ///< what to do instead
};

/// One line: what, by which rule, where, and the way out.
std::string sentence_of(const Refusal& refusal);
/// Of all of them, as long as they fit.
std::string sentence_of(const std::vector<Refusal>& refusals);

/// Collects what is wrong with an object.
class Findings {
 public:
  /// `rule` is of the table in findings.cpp.
  void add(std::string_view rule, std::string field, std::string what);
  bool full() const { return all_.size() >= kMaxRefusals; }
  std::vector<Refusal> take() { return std::move(all_); }

 private:
  std::vector<Refusal> all_;
};

/// What somebody wrote: bounded, and of printable ASCII only.
std::string printable(std::string_view text);
/// The same, in quotes.
std::string in_quotes(std::string_view text);

}  // namespace slipway::policy
