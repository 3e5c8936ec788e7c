// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/policy/resource_rules.hpp"

namespace slipway::policy {

/// Of an AdmissionReview: it holds an object twice, of which an API server takes 3 MiB at most.
inline constexpr std::size_t kReviewLimitBytes = 8 << 20;

/// An AdmissionReview (admission.k8s.io/v1 or v1beta1) about a namespace's object, judged as one of
/// a project's namespace, since no others are asked about (see agent/admission).
class Review {
 public:
  /// kInvalid: it is no AdmissionReview; the API server then refuses what it asked about.
  static base::Result<Review> read(std::string_view body);

  std::string name_space() const;
  Needed needed() const;  ///< of other objects of that namespace
  std::string answer(const ResourceFacts& facts) const;
  /// Says that it cannot be judged now.
  std::string refuse(const std::string& why) const;

 private:
  explicit Review(boost::json::value document);
  boost::json::value document_;
  Asker asker_;
};

/// The answer by what the review itself holds.
base::Result<std::string> review(std::string_view body);

}  // namespace slipway::policy
