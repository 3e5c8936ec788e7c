// SPDX-License-Identifier: Apache-2.0
#include "controller/http/kube_asking.hpp"

namespace slipway::http {

base::Task<base::Result<intents::Outcome>> ask_cluster(Services& services, base::ClusterId cluster,
                                                       KubeAsking asking, base::IntentId id) {
  wire::Intent intent;
  intent.set_id(id.value);
  auto& request = *intent.mutable_request();
  request.set_method(asking.method);
  request.set_path(asking.path);
  request.set_content_type(asking.content_type);
  request.set_body(asking.body);
  auto outcome = co_await services.intents.submit(cluster, std::move(intent), kIntentWait);
  if (!outcome || outcome->state != intents::State::kDone) co_return outcome;
  auto& answer = outcome->answer;
  if (answer.objects().empty()) {
    auto* object = answer.add_objects();
    object->set_kind(asking.kind);
    object->set_pod_namespace(asking.name_space);
    object->set_name(asking.name);
    object->set_ok(answer.ok());
    object->set_http_status(answer.http_status());
    object->set_message(answer.message());
    if (answer.ok()) object->set_action(asking.action);
  }
  co_return outcome;
}

}  // namespace slipway::http
