// SPDX-License-Identifier: Apache-2.0
#include "controller/http/quota_views.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "controller/http/problem.hpp"
#include "controller/http/quota_enforcement.hpp"

namespace slipway::http {

namespace {

namespace json = boost::json;
using quotas::Unit;

constexpr std::size_t kMaxVersionBytes = 19;

std::string known_resources() {
  std::string all;
  for (const auto& facts : quotas::kResources)
    all += (all.empty() ? "" : ", ") + std::string(facts.name);
  return all;
}

base::Result<std::int64_t> read_amount(const json::value& value, const quotas::ResourceFacts& of) {
  const auto refuse = [](std::string why) {
    return base::fail(base::ErrorCode::kInvalid, std::move(why));
  };
  std::int64_t amount = 0;
  if (of.unit == Unit::kCount) {
    boost::system::error_code error;
    if (value.is_number() && !value.is_double()) amount = value.to_number<std::int64_t>(error);
    if (error || !value.is_number() || value.is_double() || amount < 0) {
      return refuse("must be a whole number from 0 on");
    }
  } else {
    if (!value.is_string()) return refuse("must be a quantity as text, such as \"512Mi\" or \"2\"");
    auto read = quotas::parse_quantity(std::string_view(value.as_string()), of.unit);
    if (!read) return read;
    amount = *read;
  }
  if (amount > quotas::most_of(of.resource)) {
    return refuse("is over " + quotas::amount_text(of.resource, quotas::most_of(of.resource)) +
                  "; leave it out where it is unlimited");
  }
  return amount;
}

json::array views(const std::vector<quotas::Shortage>& shortages) {
  json::array all;
  for (const auto& one : shortages) {
    using Why = quotas::Shortage::Why;
    json::object out{{"level", one.level},
                     {"name", one.name},
                     {"resource", quotas::facts_of(one.resource).name},
                     {"whoCanRaise", one.raisers},
                     {"message", quotas::text_of(one)}};
    const auto put = [&](const char* name, std::int64_t amount) {
      out[name] = quotas::amount_text(one.resource, amount);
    };
    if (one.why == Why::kExceeds || one.why == Why::kGivenAway) put("asked", one.asked);
    if (one.why == Why::kExceeds || one.why == Why::kUnlimited) put("left", one.left);
    if (one.why == Why::kGivenAway) put("given", one.given);
    all.push_back(std::move(out));
  }
  return all;
}

}  // namespace

quotas::Amounts read_amounts(ObjectReader& in, const std::string& of) {
  quotas::Amounts amounts;
  const auto* value = in.optional_object(of);
  if (value == nullptr || !value->is_object()) return amounts;
  for (const auto& [key, figure] : value->as_object()) {
    const std::string name(key.data(), key.size());
    const auto resource = quotas::resource_named(name);
    const auto field = of + "." + name.substr(0, 64);
    if (!resource) {
      in.refuse(field, "is nothing that a quota limits; known are " + known_resources());
    } else if (!figure.is_null()) {
      const auto amount = read_amount(figure, quotas::facts_of(*resource));
      if (!amount) in.refuse(field, amount.error().message);
      if (amount) amounts[*resource] = *amount;
    }
  }
  return amounts;
}

std::int64_t read_version(ObjectReader& in) {
  const auto text = in.text("resourceVersion", kMaxVersionBytes);
  std::int64_t version = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, version);
  if (error != std::errc{} || at != end || version < 0) {
    in.refuse("resourceVersion", "is none of ours: send the one that was read");
  }
  return version;
}

json::object amounts_view(const quotas::Amounts& amounts) {
  json::object out;
  for (const auto& [resource, amount] : amounts) {
    const auto& facts = quotas::facts_of(resource);
    if (facts.unit == Unit::kCount) {
      out[facts.name] = amount;
    } else {
      out[facts.name] = quotas::amount_text(resource, amount);
    }
  }
  return out;
}

json::object view(const quotas::Budget& budget) {
  auto left = budget.amounts;
  for (auto& [resource, amount] : left) {
    const auto given = budget.given.find(resource);
    if (given != budget.given.end()) amount = std::max<std::int64_t>(amount - given->second, 0);
  }
  return {{"resourceVersion", std::to_string(budget.version)},
          {"budget", amounts_view(budget.amounts)},
          {"given", amounts_view(budget.given)},
          {"left", amounts_view(left)}};
}

json::object quota_view(const Services& services, const base::ClusterId& cluster,
                        const quotas::Allotment& allotment) {
  const auto own = made_by_kubernetes(services, cluster);
  const auto figures = services.quotas.in_force(allotment);
  json::object defaults;
  for (const auto& [name, value] : quotas::objects_for(figures, own).defaults) {
    defaults[name] = value;
  }
  return {{"resourceVersion", std::to_string(allotment.version)},
          {"hard", amounts_view(figures)},
          {"ofKubernetes", amounts_view(own)},
          {"containerDefaults", std::move(defaults)}};
}

json::object quota_view(const Services& services, const base::ClusterId& cluster,
                        const std::string& name_space) {
  const auto found = services.quotas.find({cluster, name_space});
  auto out = quota_view(services, cluster, found.value_or(quotas::Allotment{.version = 0}));
  const auto own = made_by_kubernetes(services, cluster);
  const auto wanted = found ? wanted_objects(services, *found, own) : quotas::QuotaObjects{};
  const auto there = quota_there(services, cluster, name_space);
  out["inForce"] = is_quota_as_wanted(wanted, there) && is_range_as_wanted(wanted, there);
  const auto row = services.mirror.find(cluster, kResourceQuotas, name_space, quotas::kQuotaName);
  if (!row) return out;
  const auto& used = row->quota().used();
  out["used"] = amounts_view(quotas::used_of({used.begin(), used.end()}, own));
  const auto fresh = services.mirror.freshness(cluster, kResourceQuotas);
  if (fresh.known) out["asOf"] = base::to_rfc3339(fresh.as_of);
  return out;
}

net::HttpResponse refusal_response(const quotas::Refusal& refusal, const std::string& request_id,
                                   json::object present) {
  auto problem = problem_of(refusal.error);
  problem.shortages = views(refusal.shortages);
  if (refusal.error.field == "resourceVersion") {
    problem.rule = "changed";
    problem.seen = std::to_string(refusal.yours);
    problem.current = std::to_string(refusal.present);
    problem.present = std::move(present);
  }
  return to_response(problem, request_id);
}

}  // namespace slipway::http
