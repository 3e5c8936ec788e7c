# SPDX-License-Identifier: Apache-2.0
"""The business view's lists, and what is done to workloads: on the real cluster, in one namespace of its own."""
import json
import time

import pytest

from slipway import wait_for

claims = pytest.mark.claims
SPACE = "works"
IMAGE = {"image": "busybox:1.35", "imagePullPolicy": "IfNotPresent"}
KINDS = ["pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs", "services", "ingresses", "configmaps", "secrets",
         "persistentvolumeclaims", "resourcequotas", "limitranges", "horizontalpodautoscalers", "events"]


def pod_spec(restart="Always", command="sleep 100000", **more):
    return {"terminationGracePeriodSeconds": 0, "restartPolicy": restart,
            "containers": [{"name": "main", **IMAGE, "command": ["sh", "-c", command]}], **more}


def named(kind, version, name, spec=None, **more):
    body = {} if spec is None else {"spec": spec}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": {"app.kubernetes.io/name": "shop"}}, **body, **more}


def keeper(kind, name, replicas=None, **more):
    """A workload that keeps pods."""
    labels = {"app": name}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod_spec()}, **more}
    if replicas is not None:
        spec["replicas"] = replicas
    return named(kind, "apps/v1", name, spec)


def everything():
    """One of each kind that lists show; the claim has no class and stays Pending."""
    once = {"template": {"spec": pod_spec("Never", "true")}}
    return [keeper("Deployment", "web", 2), keeper("StatefulSet", "db", 1, serviceName="db"), keeper("DaemonSet", "each"),
            named("Job", "batch/v1", "once", {"completions": 1, **once}),
            named("CronJob", "batch/v1beta1", "tick", {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": once}}),
            named("Service", "v1", "web", {"selector": {"app": "web"}, "ports": [{"port": 80}]}),
            named("Ingress", "networking.k8s.io/v1", "web", {"rules": [{"host": "web.example.org", "http": {"paths": [
                {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}),
            named("ConfigMap", "v1", "settings", data={"a": "b"}),
            named("Secret", "v1", "keys", stringData={"password": "never-to-be-listed"}),
            named("PersistentVolumeClaim", "v1", "data", {"storageClassName": "", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}),
            named("ResourceQuota", "v1", "most", {"hard": {"count/secrets": "20"}}),
            named("LimitRange", "v1", "defaults", {"limits": [{"type": "Container", "defaultRequest": {"cpu": "1m"}}]}),
            named("HorizontalPodAutoscaler", "autoscaling/v2beta2", "scaled", {"maxReplicas": 3, "scaleTargetRef": {
                "apiVersion": "apps/v1", "kind": "Deployment", "name": "scaled"}, "metrics": [
                {"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 70}}}]})]


class Works:
    """The namespace, its lists and what can be done there."""

    def __init__(self, api):
        self.api, self.root = api, f"/clusters/demo/namespaces/{SPACE}"

    def apply(self, *objects):
        answer = self.api.apply("demo", "".join(f"---\n{json.dumps(one)}\n" for one in objects), SPACE).json()
        assert answer["state"] == "done", answer

    def list(self, kind, **query):
        words = "&".join(f"{name}={value}" for name, value in query.items())
        return self.api.get(f"/clusters/demo/{kind}?namespace={SPACE}&{words}")

    def row(self, kind, name):
        return next((row for row in self.list(kind, search=name)["items"] if row["name"] == name), None)

    def until(self, kind, name, status, seconds=60):
        return wait_for(f"{kind} {name} is {status}", lambda: (row := self.row(kind, name)) and row["status"] == status and row, seconds, 0.1)

    def act(self, kind, name, action, expect=200, **body):
        return self.api.call("POST", f"{self.root}/workloads/{kind}/{name}/{action}", expect=expect, json=body).json()

    def pods(self, app):
        return self.list("pods", labels=f"app={app}")["items"]

    def live(self, kind, name, path):
        return self.api.kubectl("-n", SPACE, "get", kind, name, "-o", f"jsonpath={{{path}}}")


@pytest.fixture(scope="module")
def works(api):
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    here = Works(api)
    here.apply(*everything())
    yield here
    api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)


@claims("W16.list", "K1.list", "R1.list", "S2.list")
def test_every_kind_is_listed(works):
    for kind in KINDS:
        page = wait_for(f"{kind} are listed", lambda: (page := works.list(kind)) and page["items"] and page, 30)
        assert page["total"] >= len(page["items"]) and "asOf" in page and "stale" not in page, page
    assert works.until("deployments", "web", "running")["ready"] == 2
    for kind, name in (("statefulsets", "db"), ("daemonsets", "each"), ("cronjobs", "tick")):
        works.until(kind, name, "running")
    assert works.until("jobs", "once", "complete")["succeeded"] == 1
    row = works.row("secrets", "keys")
    assert row["keys"] == [{"name": "password", "bytes": len("never-to-be-listed")}] and row["type"] == "Opaque"
    assert "never-to-be" not in json.dumps(row)
    assert works.row("ingresses", "web")["paths"] == [{"host": "web.example.org", "path": "/", "pathType": "Prefix", "service": "web", "port": "80"}]
    assert works.row("services", "web")["selector"] == {"app": "web"}
    claim = works.row("persistentvolumeclaims", "data")
    assert (claim["status"], claim["bytes"], claim["accessModes"]) == ("Pending", 1 << 30, ["ReadWriteOnce"])
    assert works.row("horizontalpodautoscalers", "scaled")["metrics"][0]["name"] == "memory", "v1 would know the CPU alone"
    for kind in ("storageclasses", "persistentvolumes"):
        assert "total" in works.api.get(f"/clusters/demo/{kind}")


@claims("W16.page")
def test_pages_are_filtered_sorted_and_hold(works):
    works.apply(*[named("ConfigMap", "v1", f"page-{i:02}", data={"k": "x" * i}) for i in range(12)])
    wait_for("they are listed", lambda: works.list("configmaps", search="page-")["total"] == 12, 10)
    query = {"search": "page-", "sort": "size", "order": "desc", "limit": 5}
    first = works.list("configmaps", **query)
    assert [row["name"] for row in first["items"]] == [f"page-{i:02}" for i in range(11, 6, -1)]
    works.api.kubectl("-n", SPACE, "delete", "configmap", "page-09", "page-05")
    wait_for("two are gone", lambda: works.list("configmaps", search="page-")["total"] == 10, 10)
    second = works.list("configmaps", cursor=first["nextCursor"], **query)
    assert [row["name"] for row in second["items"]] == ["page-06", "page-04", "page-03", "page-02", "page-01"]
    assert works.api.call("GET", f"/clusters/demo/configmaps?sort=name&cursor={first['nextCursor']}").json()["field"] == "cursor"
    wrong = works.api.call("GET", "/clusters/demo/pods?sort=colour", expect=422).json()
    assert wrong["field"] == "sort" and "restarts" in wrong["detail"]
    assert {row["name"] for row in works.list("deployments", application="shop", status="running,processing,not_ready")["items"]} >= {"web"}


@claims("W16.at-once")
def test_what_kubectl_makes_is_listed_within_a_second(works):
    took = []
    for i in range(5):
        works.api.kubectl("-n", SPACE, "create", "configmap", f"quick-{i}")
        began = time.monotonic()
        wait_for("it is listed", lambda: works.row("configmaps", f"quick-{i}"), 5, 0.02)
        took.append(time.monotonic() - began)
    assert sorted(took)[2] < 1, took


@claims("W20.stop-start")
def test_stopped_workloads_start_as_they_were(works):
    works.until("deployments", "web", "running")
    kinds = (("deployments", "web"), ("statefulsets", "db"), ("daemonsets", "each"))
    for kind, name in kinds:
        assert works.act(kind, name, "stop", dryRun=True)["dryRun"]
    assert works.live("deployment", "web", ".spec.replicas") == "2", "a dry run changes nothing"
    for kind, name in kinds:
        works.act(kind, name, "stop")
    for kind, name in kinds:
        works.until(kind, name, "stopped")
        assert not works.pods(name)
        refused = works.act(kind, name, "stop", expect=409)
        assert refused["rule"] == "stopped" and refused["field"] == "action", refused
    assert works.row("deployments", "web")["stoppedReplicas"] == 2
    refused = works.act("deployments", "web", "scale", expect=409, replicas=3)
    assert (refused["field"], refused["rule"]) == ("replicas", "stopped") and "start it" in refused["detail"], refused
    for kind, name in kinds:
        works.act(kind, name, "start")
    assert [works.until(kind, name, "running")["desired"] for kind, name in kinds][0] == 2


@claims("W18.scale")
def test_scaling_and_what_forbids_it(works):
    works.act("deployments", "web", "scale", replicas=3)
    wait_for("three are ready", lambda: (row := works.row("deployments", "web")) and (row["status"], row["ready"]) == ("running", 3), 60)
    works.act("deployments", "web", "scale", replicas=2)
    works.apply(keeper("Deployment", "scaled", 1))
    refused = works.act("deployments", "scaled", "scale", expect=409, replicas=2)
    assert refused["rule"] == "autoscaled" and "scaled" in refused["detail"], refused
    assert works.act("daemonsets", "each", "scale", expect=422, replicas=2)["field"] == "action"


@claims("S3.single-node")
def test_a_claim_of_one_node_allows_one_replica(works):
    held = keeper("Deployment", "held", 1)
    held["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    works.apply(held)
    refused = works.act("deployments", "held", "scale", expect=409, replicas=2)
    assert refused["rule"] == "single-node-claim" and "data" in refused["detail"], refused


@claims("W20.redeploy", "W17.conflict")
def test_redeploying_and_a_version_that_is_old(works):
    works.until("deployments", "web", "running")
    before = {pod["uid"] for pod in works.pods("web")}

    def redeployed():  # its controller may write a last word of its status meanwhile: then it is seen anew
        seen = works.live("deployment", "web", ".metadata.resourceVersion")
        answer = works.api.call("POST", f"{works.root}/workloads/deployments/web/redeploy", json={"resourceVersion": seen})
        return seen if answer.status_code == 200 else None
    seen = wait_for("it is redeployed", redeployed, 10)
    wait_for("all pods are new", lambda: (now := {p["uid"] for p in works.pods("web")}) and not now & before, 60, 0.1)
    late = works.act("deployments", "web", "redeploy", expect=409, resourceVersion=seen)
    assert (late["rule"], late["seen"]) == ("changed", seen) and late["current"] not in ("", seen), late


@claims("W19.rollback")
@pytest.mark.parametrize("kind, name", [("deployments", "web"), ("statefulsets", "db"), ("daemonsets", "each")])
def test_rolling_back_to_a_revision(works, kind, name):
    works.until(kind, name, "running")
    patch = json.dumps({"spec": {"template": {"spec": {"containers": [{"name": "main", "env": [{"name": "NEW", "value": "1"}]}]}}}})
    works.api.kubectl("-n", SPACE, "patch", kind, name, "-p", patch)

    def history():
        items = works.api.items(f"{works.root}/workloads/{kind}/{name}/revisions")
        return items if len(items) > 1 and "NEW" in json.dumps(items[1]["changes"]) and items[0]["present"] else None
    items = wait_for("the new revision is there", history, 20)
    assert items[0]["changes"] == [] and items[0]["revision"] > items[1]["revision"]
    changed = next(change for change in items[1]["changes"] if "NEW" in json.dumps(change))
    assert changed["path"].startswith("spec.containers[0].env"), changed
    assert works.act(kind, name, "rollback", expect=422, revision=999)["field"] == "revision"
    assert works.act(kind, name, "rollback", expect=409, revision=items[0]["revision"])["rule"] == "present"
    works.act(kind, name, "rollback", revision=items[1]["revision"])
    assert "NEW" not in works.live(kind, name, ".spec.template")
    works.until(kind, name, "running")


@claims("W21.cron")
def test_cron_jobs_are_suspended_resumed_and_run(works):
    works.act("cronjobs", "tick", "stop")
    works.until("cronjobs", "tick", "suspended", 10)
    assert works.act("cronjobs", "tick", "suspend", expect=409)["rule"] == "suspended"
    works.act("cronjobs", "tick", "start")
    works.until("cronjobs", "tick", "running", 10)
    made = works.act("cronjobs", "tick", "run")["made"]
    job = works.until("jobs", made, "complete", 30)
    assert job["owner"]["name"] == "tick"
    refused = works.act("jobs", "once", "stop", expect=422)
    assert refused["rule"] == "kind" and "1.22" in refused["detail"], refused


@claims("W22.delete")
def test_a_pod_is_deleted_and_by_force(works):
    stubborn = named("Pod", "v1", "stubborn", {**pod_spec(command="trap : TERM; while true; do sleep 1; done"), "terminationGracePeriodSeconds": 60})
    works.apply(stubborn)
    works.api.pod(SPACE, "stubborn")
    path = f"{works.root}/pods/stubborn"
    assert works.api.call("DELETE", path + "?dryRun=true", expect=200).json()["dryRun"]
    assert not works.live("pod", "stubborn", ".metadata.deletionTimestamp"), "a dry run deletes nothing"
    works.api.call("DELETE", path, expect=200)
    works.until("pods", "stubborn", "Terminating", 10)
    works.api.call("DELETE", path + "?force=true", expect=200)
    wait_for("it is gone", lambda: not works.row("pods", "stubborn"), 10)
    assert works.api.call("DELETE", path, expect=404).json()["type"].endswith("not_found")


@claims("W20.bulk")
def test_many_at_once_each_with_its_outcome(works):
    objects = [{"kind": kind, "namespace": space, "name": name} for kind, space, name in (
        ("deployments", SPACE, "web"), ("daemonsets", SPACE, "each"), ("deployments", SPACE, "none"), ("jobs", SPACE, "once"))]
    answer = works.api.call("POST", "/clusters/demo/workload-actions", expect=200, json={"action": "redeploy", "objects": objects}).json()
    assert [one["status"] for one in answer["objects"]] == [200, 200, 404, 422] and not answer["ok"], answer
    gone = works.api.call("POST", "/clusters/demo/workload-actions", expect=200, json={"action": "delete", "objects": objects[3:]}).json()
    assert gone["ok"], gone
    wait_for("the job is gone", lambda: not works.row("jobs", "once"), 20)
    lines = works.api.items("/audit?action=workload.redeploy&limit=10")
    assert {line["object"].split("/")[-1] for line in lines} >= {"web", "each", "none", "once"}


@claims("N2.held-back")
def test_pods_that_a_quota_holds_back_show_on_the_workload(works):
    works.apply(named("ResourceQuota", "v1", "few", {"hard": {"pods": "1"}}))
    try:
        # The API server holds nobody to a quota whose status has no figures yet.
        wait_for("the quota is in force", lambda: works.live("resourcequota", "few", ".status.used.pods"), 30)
        works.apply(keeper("Deployment", "late", 3))
        row = wait_for("it says why", lambda: (row := works.row("deployments", "late")) and row.get("condition") and row, 30)
        assert "FailedCreate" in row["condition"] and "quota" in row["condition"], row
        quota = wait_for("used is shown", lambda: (row := works.row("resourcequotas", "few")) and row["used"] and row, 10)
        assert quota["hard"]["pods"] == "1" and int(quota["used"]["pods"]) >= 1
    finally:
        works.api.kubectl("-n", SPACE, "delete", "resourcequota", "few")
