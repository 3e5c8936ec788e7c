// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string>

#include "controller/http/kube_resource.hpp"
#include "controller/http/problem.hpp"
#include "protocol/manifest/manifest.hpp"

namespace slipway::http {

/// Where an object is, or shall be.
struct ObjectPlace {
  Caller caller;
  std::string cluster;  ///< id or name
  KubeResource resource;
  std::string name_space;  ///< empty: its kind has none
  std::string name;
};

/// A change of one object.
struct ObjectWrite {
  enum class What { kCreate, kReplace, kDelete };
  What what = What::kCreate;
  ObjectPlace place;
  manifest::ManifestObject object = {};  ///< not of kDelete
  std::string resource_version = {};     ///< of kDelete: that the caller saw; empty: any
  bool dry_run = false;
  bool by_force = false;  ///< of kDelete: although others use it
};

/// The object as the API server has it now, without what only servers read of it.
base::Task<base::Result<boost::json::object>> read_object(Services& services, ObjectPlace place);

/// Asks the rules, then the cluster in the caller's name. The answer is the object as it is then
/// (200, 201), or the intent that waits for a cluster out of reach (202). What somebody else
/// changed meanwhile is a conflict with both versions and the object that is there.
base::Task<std::expected<net::HttpResponse, Problem>> write_object(Services& services,
                                                                   ObjectWrite write);

/// The object of a change that is done, or the intent that waits (202).
net::HttpResponse answer_of(const KubeResource& resource, const intents::Outcome& outcome,
                            int status);

}  // namespace slipway::http
