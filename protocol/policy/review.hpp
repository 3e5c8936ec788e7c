// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace slipway::policy {

/// Of an AdmissionReview: it holds an object twice, of which an API server takes 3 MiB at most.
inline constexpr std::size_t kReviewLimitBytes = 8 << 20;

/// Answers an AdmissionReview (admission.k8s.io/v1 or v1beta1) about a namespace's object as one of
/// a project's namespace, since no others are asked about (see agent/admission). kInvalid: it is no
/// AdmissionReview; the API server then refuses what it asked about.
base::Result<std::string> review(std::string_view body);

}  // namespace slipway::policy
