// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "controller/http/input.hpp"
#include "controller/http/services.hpp"
#include "controller/quotas/quota_ledger.hpp"
#include "protocol/net/http.hpp"

namespace slipway::http {

/// The figures in the field `of` of a body; what is left out or null is unlimited. Faults are
/// `in`'s, with the field's full name ("quota.cpu").
quotas::Amounts read_amounts(ObjectReader& in, const std::string& of);
/// The version that an edit says to have seen.
std::int64_t read_version(ObjectReader& in);

/// Quantities as text, counts as numbers.
boost::json::object amounts_view(const quotas::Amounts& amounts);
boost::json::object view(const quotas::Budget& budget);
/// A namespace's quota: figures in force, what is used, what Kubernetes has there of its own.
boost::json::object quota_view(const Services& services, const base::ClusterId& cluster,
                               const std::string& name_space);
/// The same of one that is only weighed.
boost::json::object quota_view(const Services& services, const base::ClusterId& cluster,
                               const quotas::Allotment& allotment);

/// With its shortages, or with both versions and what is there now.
net::HttpResponse refusal_response(const quotas::Refusal& refusal, const std::string& request_id,
                                   boost::json::object present = {});

}  // namespace slipway::http
