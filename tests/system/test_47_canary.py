# SPDX-License-Identifier: Apache-2.0
"""Grey releases: a canary beside its Deployment, promoted or withdrawn, while kubectl looks on."""
from collections import Counter

import pytest

from outside import restart_controller
from slipway import wait_for
from workload_fields import SERVE, box, keeper, named, pods

claims = pytest.mark.claims
SPACE = "grey"
ROOT = f"/clusters/demo/namespaces/{SPACE}"
NEW = {"name": "VERSION", "value": "2"}


class Shop:
    """The Deployment `web` of two pods, and its Service."""

    def __init__(self, api):
        self.api = api

    def create(self, kind, one):
        return self.api.call("POST", f"{ROOT}/objects/{kind}", expect=201, json=one).json()

    def canary(self, method="GET", more="", expect=200, **body):
        return self.api.call(method, f"{ROOT}/canaries/web{more}", expect=expect, **({"json": body} if body else {})).json()

    def start(self, version=NEW["value"], **more):
        template = self.api.get(f"{ROOT}/objects/deployments/web")["spec"]["template"]
        template["spec"]["containers"][0]["env"] = [{**NEW, "value": version}]
        return self.canary("POST", expect=201, template=template, **more)

    def pods(self, **labels):
        terms = ",".join(f"{key}={value}" for key, value in labels.items())
        return [row for row in self.api.items(f"/clusters/demo/pods?namespace={SPACE}&labels={terms}") if row["ready"] and "deletedAt" not in row]

    def live(self, path):
        return self.api.kubectl("-n", SPACE, "get", "deployment", "web", "-o", f"jsonpath={{{path}}}")

    def side(self, name):
        return self.canary().get(name, {})


@pytest.fixture(scope="module")
def shop(api):
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    try:
        here = Shop(api)
        here.create("deployments", keeper("Deployment", "web", pods(box(SERVE)), 2))
        here.create("services", named("Service", "v1", "web", {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}))
        wait_for("it runs", lambda: len(here.pods(app="web")) == 2, 60)
        yield here
    finally:
        api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)


@claims("W10b.beside", "W10b.withdraw")
def test_a_canary_stands_behind_the_same_service_and_is_withdrawn(api, shop):
    before = {row["uid"] for row in shop.pods(app="web")}
    sets = api.kubectl("-n", SPACE, "get", "replicasets", "-o", "name").split()
    for body, status, rule in (({"images": {"none": "x"}}, 422, "container"), ({"replicas": 1}, 422, "present")):
        refused = shop.canary("POST", expect=status, **body)
        assert refused["rule"] == rule and refused["field"], refused
    assert shop.canary()["phase"] == "none"
    started = shop.start(replicas=1)
    assert started["phase"] == "running" and any("env" in one["path"] for one in started["changes"]), started
    wait_for("its pod is ready", lambda: shop.side("canary").get("ready") == 1, 60)
    seen = shop.canary()
    assert seen["deployment"]["ready"] == 2 and seen["services"] == ["web"], seen
    wait_for("neither has taken a pod of the other", lambda: {row["uid"] for row in shop.pods(app="web")} > before, 30)
    ends = api.kubectl("-n", SPACE, "get", "endpoints", "web", "-o", "jsonpath={.subsets[*].addresses[*].ip}").split()
    assert sorted(ends) == sorted(row["podIp"] for row in shop.pods(app="web")) and len(ends) == 3
    wait_for("each has its ReplicaSets", lambda: Counter(one["owner"]["name"] for one in api.items(f"/clusters/demo/replicasets?namespace={SPACE}")) ==
             {"web": len(sets), "web-canary": 1}, 30)
    assert shop.canary("POST", expect=409, images={"main": "x"})["rule"] == "canary"
    shop.canary("DELETE")
    wait_for("its pod is gone", lambda: {row["uid"] for row in shop.pods(app="web")} == before, 30)
    assert shop.canary()["phase"] == "none" and shop.live(".spec.template.spec.containers[0].env") == ""
    assert shop.canary("DELETE", expect=404)["field"] == "deployment"


@claims("W10b.promote")
def test_a_promoted_canary_goes_once_the_deployment_is_rolled_out(world, api, shop):
    shop.start(replicas=1)
    wait_for("its pod is ready", lambda: shop.side("canary").get("ready") == 1, 60)
    promoted = shop.canary("POST", "/promote")
    assert promoted["phase"] == "promoting" and promoted["changes"] == [], promoted
    restart_controller(world)
    wait_for("its cluster is linked", lambda: api.call("GET", f"{ROOT}/canaries/web").status_code == 200, 60)
    wait_for("the canary is gone", lambda: shop.canary()["phase"] == "none", 60)
    assert shop.live(".status.updatedReplicas") == "2" and shop.live(".status.readyReplicas") == "2", "only after the roll-out"
    assert NEW["value"] in shop.live(".spec.template.spec.containers[0].env") and "canary" not in shop.live(".spec")
    wait_for("two pods are left", lambda: len(shop.pods(app="web")) == 2, 30)


@claims("W10b.changed")
def test_a_canary_is_not_promoted_over_what_was_changed_since(api, shop):
    shop.start(version="3", replicas=1)
    assert shop.canary()["promotion"] == {"allowed": True}
    api.kubectl("-n", SPACE, "set", "env", "deployment/web", "HOTFIX=yes")
    refused = shop.canary("POST", "/promote", expect=409)
    assert (refused["rule"], refused["field"]) == ("changed", "force") and "withdraw" in refused["detail"], refused
    seen = shop.canary()
    assert seen["phase"] == "running" and seen["promotion"]["rule"] == "changed", seen
    assert "HOTFIX" in shop.live(".spec.template.spec.containers[0].env[*].name"), "it stands"
    api.kubectl("-n", SPACE, "rollout", "status", "deployment/web", "--timeout=60s")
    assert shop.canary("POST", "/promote?force=true")["phase"] == "promoting"
    assert shop.live(".spec.template.spec.containers[0].env[*].value") == "3", "nothing of the other"
    wait_for("the canary is gone", lambda: shop.canary()["phase"] == "none", 60)
