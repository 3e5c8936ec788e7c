# SPDX-License-Identifier: Apache-2.0
"""Applications on the real cluster, made and changed through the API and by stock kubectl, in one namespace of their own."""
import json
import time

import pytest

from slipway import wait_for

claims = pytest.mark.claims
SPACE = "apps"
LABEL = "app.kubernetes.io/name"
IMAGE = "busybox:1.35"
NO_IMAGE = "busybox:there-is-none"


def keeper(kind, name, application=None, image=IMAGE, **more):
    """A workload of one pod; `application` is the label that makes it one of its workloads."""
    pods = {"app": name, "tier": "all"}
    spec = {"selector": {"matchLabels": {"app": name}}, "template": {"metadata": {"labels": pods}, "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "main", "image": image, "imagePullPolicy": "Never", "command": ["sleep", "100000"]}]}}, **more}
    labels = {LABEL: application} if application else {}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "labels": labels}, "spec": spec}


def service(name, **selector):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {"selector": selector, "ports": [{"port": 80}]}}


def ingress(name, *services):
    paths = [{"path": f"/{one}", "pathType": "Prefix", "backend": {"service": {"name": one, "port": {"number": 80}}}} for one in services]
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": name}, "spec": {
        "rules": [{"host": "apps.example.org", "http": {"paths": paths}}]}}


def application(name):
    return {"apiVersion": "app.k8s.io/v1beta1", "kind": "Application", "metadata": {"name": name}, "spec": {
        "descriptor": {"type": "shop", "description": "made by kubectl", "notes": "", "keywords": ["a"]},
        "componentKinds": [{"group": "", "kind": "Service"}], "info": [{"name": "url", "value": "x"}]}}


class Applications:
    """The namespace, its applications and what can be done to them."""

    def __init__(self, api):
        self.api, self.root = api, f"/clusters/demo/namespaces/{SPACE}/applications"

    def kubectl(self, *words, **more):
        return self.api.kubectl("-n", SPACE, *words, **more)

    def by_kubectl(self, *objects):
        self.kubectl("apply", "-f", "-", stdin="".join(f"---\n{json.dumps(one)}\n" for one in objects))

    def make(self, name, **more):
        return self.api.call("POST", self.root, expect=201, json={"name": name, **more}).json()

    def row(self, name):
        return next((row for row in self.api.items(f"/clusters/demo/applications?namespace={SPACE}&search={name}") if row["name"] == name), None)

    def one(self, name):
        return self.api.get(f"{self.root}/{name}")

    def until(self, name, status, workloads, seconds=60):
        """Its row, once it has this status by so many workloads."""
        def there():
            row = self.row(name)
            return row and (row["status"], row["counts"]["workloads"]) == (status, workloads) and row
        return wait_for(f"{name} is {status}", there, seconds, 0.1)

    def act(self, action, *names, **more):
        asked = {"action": action, "applications": [{"namespace": SPACE, "name": name} for name in names], **more}
        return self.api.call("POST", "/clusters/demo/application-actions", expect=200, json=asked).json()

    def associate(self, to, *objects, action="associate", **more):
        named = [dict(zip(("kind", "name"), one.split("/"))) for one in objects]
        return self.api.call("POST", f"{self.root}/{to}/associations", expect=200, json={"action": action, "objects": named, **more}).json()

    def workload(self, kind, name, action):
        self.api.call("POST", f"/clusters/demo/namespaces/{SPACE}/workloads/{kind}/{name}/{action}", expect=200, json={})

    def label(self, kind, name):
        return self.kubectl("get", kind, name, "-o", f"jsonpath={{.metadata.labels.{LABEL.replace('.', chr(92) + '.')}}}")


@pytest.fixture(scope="module")
def apps(api):
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    yield Applications(api)
    api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)


@claims("A1.create", "A1.edit", "A5.yaml")
def test_applications_are_made_and_edited_from_both_sides(apps):
    assert apps.api.call("POST", f"{apps.root}?dryRun=true", expect=200, json={"name": "shop"}).json()["kind"] == "Application"
    assert not apps.kubectl("get", "applications", "-o", "name"), "a dry run makes nothing"
    apps.make("shop", description="sells things 卖东西", annotations={"note": "a"})
    seen = json.loads(apps.kubectl("get", "application", "shop", "-o", "json"))
    assert seen["apiVersion"] == "app.k8s.io/v1beta1" and seen["spec"]["descriptor"]["description"] == "sells things 卖东西"
    assert seen["spec"]["selector"]["matchLabels"] == {LABEL: "shop"} and seen["metadata"]["annotations"]["note"] == "a"
    assert apps.api.call("POST", apps.root, json={"name": "shop"}).status_code == 409
    took = []
    for name in ("made-1", "made-2", "made-3"):
        apps.by_kubectl(application(name))
        began = time.monotonic()
        assert wait_for("it is listed", lambda: apps.row(name), 5, 0.02)["description"] == "made by kubectl"
        took.append(time.monotonic() - began)
    assert sorted(took)[1] < 1, took
    kept = json.loads(apps.kubectl("get", "application", "made-1", "-o", "json"))["spec"]
    assert kept["info"] == [{"name": "url", "value": "x"}] and kept["descriptor"]["keywords"] == ["a"]
    old = apps.one("made-1")["resourceVersion"]
    apps.api.call("PUT", f"{apps.root}/made-1", expect=200, json={"description": "edited", "resourceVersion": old})
    kept["descriptor"]["description"] = "edited"
    assert json.loads(apps.kubectl("get", "application", "made-1", "-o", "json"))["spec"] == kept, "nothing else was touched"
    late = apps.api.call("PUT", f"{apps.root}/made-1", expect=409, json={"description": "late", "resourceVersion": old}).json()
    assert late["rule"] == "changed" and late["seen"] == old != late["current"]
    one = f"/clusters/demo/namespaces/{SPACE}/objects/applications.app.k8s.io/made-1"
    whole = apps.api.get(one)
    whole["spec"]["descriptor"]["version"] = "2"
    assert apps.api.call("PUT", one, expect=200, json=whole).json()["spec"]["descriptor"] == {**kept["descriptor"], "version": "2"}
    assert apps.api.call("PUT", one, expect=409, json=whole).json()["rule"] == "changed"
    apps.kubectl("delete", "applications", "made-1", "made-2", "made-3")
    wait_for("they are gone", lambda: [row["name"] for row in apps.api.items(f"/clusters/demo/applications?namespace={SPACE}")] == ["shop"], 5)


@claims("A2.several", "A3.states", "A6.bulk", "A6.rules")
def test_five_states_and_what_may_be_done_in_each(apps):
    apps.make("broken")
    apps.until("broken", "none", 0)
    empty = apps.act("stop", "broken")["applications"][0]
    assert (empty["ok"], empty["status"], empty["rule"]) == (False, 409, "empty") and "associate" in empty["message"]
    workloads = keeper("Deployment", "web", "shop"), keeper("StatefulSet", "db", "shop", serviceName="db"), keeper("DaemonSet", "each", "shop")
    added = apps.api.apply("demo", "".join(f"---\n{json.dumps(one)}\n" for one in workloads), SPACE).json()
    assert [one["action"] for one in added["objects"]] == ["created"] * 3
    apps.by_kubectl(keeper("Deployment", "bad-1", "broken", NO_IMAGE), keeper("Deployment", "bad-2", "broken", NO_IMAGE))
    running = apps.until("shop", "running", 3)
    assert running["actions"]["stop"] == running["actions"]["redeploy"] == {"allowed": True}
    assert running["actions"]["start"]["rule"] == "not-stopped" and "stop it first" in running["actions"]["start"]["reason"]
    assert apps.act("start", "shop")["applications"][0]["rule"] == "not-stopped"
    apps.until("broken", "not_ready", 2)
    listed = apps.api.items(f"/clusters/demo/applications?namespace={SPACE}&status=not_ready,none")
    assert [row["name"] for row in listed] == ["broken"]

    stopped = apps.act("stop", "shop", "broken")
    assert stopped["ok"] and [len(one["objects"]) for one in stopped["applications"]] == [3, 2], stopped
    row = apps.until("shop", "stopped", 3)
    apps.until("broken", "stopped", 2)
    assert apps.kubectl("get", "deployment", "web", "-o", "jsonpath={.spec.replicas}") == "0"
    assert not row["actions"]["stop"]["allowed"] and not row["actions"]["redeploy"]["allowed"] and row["actions"]["start"]["allowed"]
    for action in ("stop", "redeploy"):
        assert apps.act(action, "shop")["applications"][0]["rule"] == "stopped"

    apps.workload("deployments", "web", "start")
    apps.until("shop", "processing", 3)
    again = apps.act("stop", "shop")["applications"][0]
    assert again["ok"] and sum("unchanged" in one for one in again["objects"]) == 2, "two were stopped already"
    apps.until("shop", "stopped", 3)
    assert apps.act("start", "shop")["ok"]
    apps.until("shop", "running", 3)

    def pods():
        return {pod["uid"] for pod in apps.api.items(f"/clusters/demo/pods?namespace={SPACE}&labels=tier=all")}
    before = pods()
    assert len(before) >= 3 and apps.act("redeploy", "shop")["ok"]
    wait_for("all of it is new", lambda: not before & pods(), 60)
    apps.until("shop", "running", 3)


@claims("A4.details")
def test_details_show_what_leads_to_what(apps):
    apps.by_kubectl(service("web", app="web"), service("all", tier="all"), service("nobody", app="none"), ingress("front", "web", "all"))
    wait_for("they are counted", lambda: apps.row("shop")["counts"] == {"workloads": 3, "jobs": 0, "services": 2, "ingresses": 1}, 10)
    shop = apps.one("shop")
    assert {one["name"]: (one["kind"], one["images"]) for one in shop["workloads"]} == {
        "web": ("Deployment", [IMAGE]), "db": ("StatefulSet", [IMAGE]), "each": ("DaemonSet", [IMAGE])}
    assert {one["name"]: sorted(one["services"]) for one in shop["workloads"]} == {"web": ["all", "web"], "db": ["all"], "each": ["all"]}
    selects = {one["name"]: sorted(f"{to['name']} of {to['application']}" for to in one["selects"]) for one in shop["services"]}
    assert selects == {"web": ["web of shop"], "all": ["bad-1 of broken", "bad-2 of broken", "db of shop", "each of shop", "web of shop"]}
    assert [one["ingresses"] for one in shop["services"]] == [["front"], ["front"]]
    assert [path["service"] for path in shop["ingresses"][0]["paths"]] == ["web", "all"]
    assert {one["name"] for one in apps.one("broken")["services"]} == {"all"}, "a service may be of several"
    assert shop["createdAt"] and shop["asOf"] and "stale" not in shop


@claims("A5.associate", "A5.move")
def test_workloads_that_there_are_are_associated(apps):
    apps.by_kubectl(keeper("Deployment", "lone-1", replicas=0), keeper("Deployment", "lone-2", replicas=0))
    dry = apps.associate("shop", "deployments/lone-1", dryRun=True)
    assert dry["ok"] and apps.label("deployment", "lone-1") == ""
    done = apps.associate("shop", "deployments/lone-1", "deployments/lone-2", "deployments/bad-1", "statefulsets/none")
    assert [one["ok"] for one in done["objects"]] == [True, True, False, False] and not done["ok"]
    assert (done["objects"][2]["rule"], done["objects"][2]["status"]) == ("associated", 409) and "broken" in done["objects"][2]["message"]
    assert done["objects"][3]["status"] == 404
    assert apps.label("deployment", "lone-1") == "shop" and apps.label("deployment", "bad-1") == "broken"
    apps.until("shop", "processing", 5)
    assert apps.associate("shop", "deployments/lone-1")["objects"][0]["unchanged"]
    assert apps.associate("broken", "deployments/lone-1", move=True)["ok"] and apps.label("deployment", "lone-1") == "broken"
    away = apps.associate("broken", "deployments/lone-1", "deployments/lone-2", action="dissociate")
    assert [one["ok"] for one in away["objects"]] == [True, False], "the other one is the shop's"
    assert apps.label("deployment", "lone-1") == ""
    assert apps.api.call("POST", f"{apps.root}/nowhere/associations",
                         json={"action": "associate", "objects": [{"kind": "deployments", "name": "lone-1"}]}).status_code == 404


@claims("A6.delete")
def test_a_deletion_says_what_becomes_of_the_workloads(apps):
    silent = apps.api.call("DELETE", f"{apps.root}/broken", expect=422).json()
    assert silent["field"] == "workloads" and "keep or delete" in silent["detail"]
    assert apps.act("delete", "broken", workloads="delete", dryRun=True)["ok"]
    assert apps.kubectl("get", "application/broken", "deployment/bad-1", "-o", "name").split(), "a dry run deletes nothing"
    gone = apps.api.call("DELETE", f"{apps.root}/broken?workloads=delete", expect=200).json()
    assert gone["ok"] and [one["name"] for one in gone["objects"]] == ["bad-1", "bad-2", "broken"]
    kept = apps.act("delete", "shop", workloads="keep")
    assert kept["ok"] and [one["kind"] for one in kept["applications"][0]["objects"]] == ["Application"]
    wait_for("both are gone", lambda: not apps.row("broken") and not apps.row("shop"), 10)
    left = wait_for("its workloads are gone", lambda: "bad-1" not in (names := apps.kubectl("get", "deployments", "-o", "name")) and names, 10)
    assert "deployment.apps/web" in left
    apps.make("shop")
    assert apps.until("shop", "processing", 4), "what was kept is the new one's: three that run and one that is stopped"


@claims("A1.definition")
def test_the_definition_comes_back(apps):
    apps.kubectl("delete", "crd", "applications.app.k8s.io")
    began = time.monotonic()
    wait_for("kubectl can make one", lambda: "created" in apps.api.kubectl(
        "-n", SPACE, "apply", "-f", "-", stdin=json.dumps(application("again")), check=False), 60)
    wait_for("it is listed", lambda: apps.row("again"), 60)
    print(f"the definition was back and watched after {time.monotonic() - began:.1f} s")
    page = apps.api.get(f"/clusters/demo/applications?namespace={SPACE}")
    assert "stale" not in page and [row["name"] for row in page["items"]] == ["again"]
    pods = apps.api.get(f"/clusters/demo/pods?namespace={SPACE}")
    assert "stale" not in pods, "no other kind was hindered"
