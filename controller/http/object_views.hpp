// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "report.pb.h"

namespace slipway::http {

// How rows of the business view's kinds look, beside their metadata.

void put(boost::json::object& out, const wire::WorkloadRow& workload);
void put(boost::json::object& out, const wire::JobRow& job);
void put(boost::json::object& out, const wire::CronJobRow& job);
void put(boost::json::object& out, const wire::ServiceRow& service);
void put(boost::json::object& out, const wire::IngressRow& ingress);
void put(boost::json::object& out, const wire::DataRow& data);
void put(boost::json::object& out, const wire::ClaimRow& claim);
void put(boost::json::object& out, const wire::VolumeRow& volume);
void put(boost::json::object& out, const wire::StorageClassRow& storage);
void put(boost::json::object& out, const wire::QuotaRow& quota);
void put(boost::json::object& out, const wire::LimitRangeRow& range);
void put(boost::json::object& out, const wire::AutoscalerRow& autoscaler);
void put(boost::json::object& out, const std::string& name,
         const wire::ApplicationRow& application);

}  // namespace slipway::http
