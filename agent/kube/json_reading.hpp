// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/map.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::kube {

// Reading of what the API server answers: what is missing or of another type reads as empty.

const boost::json::value& object_at(const boost::json::value& from, std::string_view key);
const boost::json::array& array_at(const boost::json::value& from, std::string_view key);
const boost::json::object& members_at(const boost::json::value& from, std::string_view key);
std::string text_at(const boost::json::value& from, std::string_view key);
std::int64_t number_at(const boost::json::value& from, std::string_view key,
                       std::int64_t otherwise = 0);
/// A number that counts something: what is below nought reads as nought.
std::uint32_t count_at(const boost::json::value& from, std::string_view key);
bool bool_at(const boost::json::value& from, std::string_view key);
/// Of an RFC 3339 time; 0 without one.
std::int64_t utc_ms_at(const boost::json::value& from, std::string_view key);
/// The members that are texts, at most 64.
void copy_texts(const boost::json::object& from,
                google::protobuf::Map<std::string, std::string>& to);

}  // namespace slipway::kube
