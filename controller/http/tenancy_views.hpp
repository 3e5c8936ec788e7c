// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include "controller/http/routes.hpp"
#include "controller/http/services.hpp"

namespace slipway::http {

boost::json::object view(const access::Department& department);
boost::json::object view(const access::Project& project);
/// With the projects that they are in.
boost::json::object view(const Services& services, const access::User& user);

bool sees(const Services& services, const Caller& caller, const access::DepartmentId& department);
bool sees(const Caller& caller, const access::Project& project);
/// The department or project of the path, where the caller sees it; else kNotFound.
base::Result<access::Department> department_of(const Services& services, const Call& call);
base::Result<access::Project> project_of(const Services& services, const Call& call);

/// A user by id or name; kNotFound, field "user".
base::Result<access::User> find_user(const Services& services, const std::string& id_or_name);
/// Whose things are asked for: `user` of the query, else the caller's own. Another's are the
/// administrators' to see.
base::Result<access::User> owner_of(const Services& services, const Caller& caller,
                                    const std::string& id_or_name);
/// Whether the caller is the owner, or an administrator who may change another's things too.
base::Result<> may_end(const Caller& caller, const access::UserId& owner);

}  // namespace slipway::http
