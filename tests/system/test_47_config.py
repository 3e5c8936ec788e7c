# SPDX-License-Identifier: Apache-2.0
"""What workloads stand on: who uses it, what a Secret holds, claims of one node; in one project's namespace of its own."""
import base64
import json
import re

import pytest

from slipway import wait_for
from test_42_policy import REGISTRATION
from test_44_workloads import keeper, named, pod_spec

claims = pytest.mark.claims
SPACE, CLASS, VOLUME = "config", "config-block", "config-volume"
ROOT = f"/clusters/demo/namespaces/{SPACE}"
CLAIM = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]


def documents(*objects):
    return "".join(f"---\n{json.dumps(one)}\n" for one in objects)


def sharing(kind, name, **count):
    """A workload whose pods share the claim `data`."""
    if kind == "Deployment":
        made = keeper(kind, name, **count)
        made["spec"]["template"]["spec"]["volumes"] = CLAIM
        return made
    once = {"template": {"spec": pod_spec("Never", "true", volumes=CLAIM)}, **count}
    return named("Job", "batch/v1", name, once) if kind == "Job" else named("CronJob", "batch/v1beta1", name, {
        "schedule": "0 0 1 1 *", "jobTemplate": {"spec": once}})


def claim(name, mode="ReadWriteOnce", size="1Gi"):
    return named("PersistentVolumeClaim", "v1", name, {"storageClassName": CLASS, "accessModes": [mode], "resources": {"requests": {"storage": size}}})


class Config:
    """The namespace, and what is asked of it."""

    def __init__(self, api):
        self.api = api

    def apply(self, *objects):
        answer = self.api.apply("demo", documents(*objects), SPACE).json()
        assert answer["state"] == "done", answer

    def refused(self, *objects):
        """The rule and field of the first refusal of a manifest."""
        first = self.api.apply("demo", documents(*objects), SPACE, expect=403).json()["refusals"][0]
        return first["rule"], first["field"], first["wayOut"]

    def kubectl(self, *words, **more):
        return self.api.kubectl("-n", SPACE, *words, **more)

    def kubectl_refused(self, *words, stdin=""):
        """The rule and field in the API server's refusal; kubectl is asked as its user asks it."""
        done = self.api.machine("demo-master-1", "sh", "-c", f"cat <<'END' > /tmp/config.json\n{stdin}\nEND\n"
                                f'kubectl --kubeconfig /etc/kubernetes/admin.conf -n {SPACE} "$@" 2>&1; true', "-", *words)
        found = re.search(r"\(rule ([a-z-]+), ([^)]+)\)", done)
        assert found, done
        return found.groups()

    def used_by(self, kind, name, root=ROOT):
        return self.api.get(f"{root}/{kind}/{name}/used-by")

    def users(self, kind, name, root=ROOT):
        return {(one["kind"], one["name"], one["how"]) for one in self.used_by(kind, name, root)["items"]}

    def until_used(self, kind, name, expected, root=ROOT):
        wait_for(f"{kind} {name} is used by {expected}", lambda: self.users(kind, name, root) == expected, 20, 0.1)


@pytest.fixture(scope="module")
def config(api):
    wait_for("the rules are registered", lambda: api.kubectl("get", REGISTRATION, "--ignore-not-found", "-o", "name"), 60)
    api.kubectl("create", "-f", "-", stdin=documents(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE, "labels": {"slipway.io/project": "config"}}},
        {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "example.org/none", "allowVolumeExpansion": True,
         "metadata": {"name": CLASS, "annotations": {"slipway.io/access-modes": "ReadWriteOnce, ReadOnlyMany"}}},
        named("PersistentVolume", "v1", VOLUME, {"storageClassName": CLASS, "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
                                                 "persistentVolumeReclaimPolicy": "Retain", "hostPath": {"path": "/tmp"}})))
    here = Config(api)
    wait_for("the namespace is known", lambda: api.call("GET", f"{ROOT}").status_code == 200, 20)
    here.apply(claim("data"))
    yield here
    api.kubectl("delete", "namespace", SPACE, "--wait=false")
    api.kubectl("delete", f"storageclass/{CLASS}", f"persistentvolume/{VOLUME}", "--wait=false")




@claims("K1.used-by", "R1.used-by")
def test_who_uses_what(config):
    web = keeper("Deployment", "web", 1)
    spec = web["spec"]["template"]["spec"]
    spec["containers"][0]["envFrom"] = [{"configMapRef": {"name": "settings"}}]
    spec["imagePullSecrets"] = [{"name": "keys"}]
    lone = named("Pod", "v1", "lone", pod_spec())
    lone["spec"]["containers"][0]["env"] = [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}}]
    config.apply(named("ConfigMap", "v1", "settings", data={"a": "b"}), named("Secret", "v1", "keys", stringData={"password": "s3cret-word", "user": "ann"}),
                 web, lone, named("ServiceAccount", "v1", "builder", imagePullSecrets=[{"name": "keys"}]),
                 named("Service", "v1", "web", {"selector": {"app": "web"}, "ports": [{"port": 80}]}),
                 named("Ingress", "networking.k8s.io/v1", "front", {"tls": [{"hosts": ["a.example.org"], "secretName": "keys"}], "defaultBackend": {
                     "service": {"name": "web", "port": {"number": 80}}}}))
    config.until_used("configmaps", "settings", {("Deployment", "web", "template"), ("Pod", "lone", "pod")})
    config.until_used("secrets", "keys", {("Deployment", "web", "template"), ("ServiceAccount", "builder", "imagePullSecrets"), ("Ingress", "front", "tls")})
    found = config.used_by("secrets", "keys")
    assert "incomplete" not in found and "stale" not in found and found["asOf"]
    assert not found["removal"]["allowed"] and found["removal"]["rule"] == "in-use", found
    pod = wait_for("the Service selects its pod", lambda: next((one for one in config.used_by("services", "web")["items"] if one["kind"] == "Pod"), None), 20, 0.1)
    assert pod["owner"]["kind"] == "ReplicaSet"
    assert config.users("services", "web") == {("Deployment", "web", "selector"), ("Pod", pod["name"], "selector"), ("Ingress", "front", "backend")}
    assert config.api.call("GET", f"{ROOT}/configmaps/none/used-by", expect=404).json()["field"] == "name"
    config.kubectl("delete", "pod", "lone", "--now")
    config.until_used("configmaps", "settings", {("Deployment", "web", "template")})


@claims("K1.values")
def test_values_of_a_secret_are_shown_on_request_and_audited(config):
    api = config.api
    config.apply(named("Secret", "v1", "shown", stringData={"password": "never-in-a-log", "user": "ann"}))
    shown = api.get(f"{ROOT}/secrets/shown/values?keys=password")
    assert {key: base64.b64decode(value) for key, value in shown["values"].items()} == {"password": b"never-in-a-log"}
    assert set(api.get(f"{ROOT}/secrets/shown/values")["values"]) == {"password", "user"}
    wrong = api.call("GET", f"{ROOT}/secrets/shown/values?keys=other", expect=404).json()
    assert wrong["field"] == "keys" and "password" in wrong["detail"], wrong
    reader = api.call("POST", "/tokens", expect=201, json={"name": "config reader", "scope": {"readOnly": True}}).json()
    assert "only reads" in api.call("GET", f"{ROOT}/secrets/shown/values", expect=403, token=reader["token"]).json()["detail"]
    api.call("DELETE", f"/tokens/{reader['id']}", expect=204)
    lines = api.items("/audit?action=secret.values&limit=10")
    assert [(line["outcome"], line["detail"]) for line in lines[:3]] == [
        ("not_found", "the Secret has no key other; it has password, user"), ("ok", "keys password, user"), ("ok", "keys password")], lines
    assert lines[0]["object"] == f"clusters/demo/namespaces/{SPACE}/secrets/shown" and lines[0]["namespace"] == SPACE
    config.kubectl("get", "secret", "shown", "-o", "yaml")
    by_kubectl = api.items("/audit?action=proxy.secrets&limit=1")[0]
    assert by_kubectl["object"].endswith(f"namespaces/{SPACE}/secrets/shown") and by_kubectl["outcome"] == "ok", by_kubectl
    with open(f"{api.state}/controller.log") as log:
        assert "never-in-a-log" not in log.read()


@claims("K1.pull-secret")
def test_a_pull_secret_is_made_of_registry_user_and_password(config):
    api, form = config.api, {"name": "registry", "registry": "registry.example.org:5000", "user": "ann", "password": "s3cret-word"}
    wrong = api.call("POST", f"{ROOT}/pull-secrets", expect=422, json={**form, "registry": "https://registry.example.org"}).json()
    assert wrong["field"] == "registry" and "scheme" in wrong["detail"], wrong
    api.call("POST", f"{ROOT}/pull-secrets?dryRun=true", expect=201, json=form)
    made = api.call("POST", f"{ROOT}/pull-secrets", expect=201, json=form)
    assert "s3cret-word" not in made.text
    assert api.call("POST", f"{ROOT}/pull-secrets", expect=409, json=form).json()["type"].endswith("conflict")
    kept = json.loads(base64.b64decode(config.kubectl("get", "secret", "registry", "-o", "jsonpath={.data.\\.dockerconfigjson}")))
    assert kept["auths"]["registry.example.org:5000"]["password"] == "s3cret-word"
    config.kubectl("patch", "serviceaccount", "default", "-p", json.dumps({"imagePullSecrets": [{"name": "registry"}]}))
    row = wait_for("it is listed by its type", lambda: config.api.items(f"/clusters/demo/secrets?namespace={SPACE}&type=kubernetes.io/dockerconfigjson"), 10, 0.1)[0]
    assert row["name"] == "registry"
    config.until_used("secrets", "registry", {("ServiceAccount", "default", "imagePullSecrets")} | {
        one for one in config.users("secrets", "registry") if one[0] == "Pod"})


@claims("S3.ways-in")
def test_a_claim_of_one_node_is_for_one_pod_on_every_way_in(config):
    wait_for("the claim is known", lambda: config.api.items(f"/clusters/demo/persistentvolumeclaims?namespace={SPACE}"), 10, 0.1)
    for kind, field, count in (("Deployment", "spec.replicas", {"replicas": 2}), ("Job", "spec.parallelism", {"parallelism": 2}),
                               ("CronJob", "spec.jobTemplate.spec.parallelism", {"parallelism": 2})):
        wrong = sharing(kind, "shared", **count)
        rule, where, way_out = config.refused(wrong)
        assert (rule, where) == ("single-node-claim", field) and "ReadWriteMany" in way_out
        assert config.kubectl_refused("create", "-f", "/tmp/config.json", stdin=json.dumps(wrong)) == ("single-node-claim", field)
    new = claim("fresh")
    wrong = sharing("Deployment", "shared", replicas=2)
    wrong["spec"]["template"]["spec"]["volumes"][0]["persistentVolumeClaim"] = {"claimName": "fresh"}
    assert config.refused(wrong, new)[0] == "single-node-claim", "of a claim that comes with it"
    config.apply(sharing("Deployment", "shared", replicas=1))
    assert config.kubectl_refused("scale", "deployment", "shared", "--replicas=2") == ("single-node-claim", "spec.replicas")
    assert config.kubectl_refused("patch", "deployment", "shared", "-p", '{"spec":{"replicas":2}}') == ("single-node-claim", "spec.replicas")
    config.kubectl("scale", "deployment", "shared", "--replicas=0")
    config.kubectl("scale", "deployment", "web", "--replicas=2")
    assert config.kubectl("get", "deployment", "web", "-o", "jsonpath={.spec.replicas}") == "2"


@claims("S2.mode", "S1.modes")
def test_a_claim_has_a_mode_that_its_class_offers(config):
    row = next(one for one in config.api.items("/clusters/demo/storageclasses") if one["name"] == CLASS)
    assert row["accessModes"] == ["ReadWriteOnce", "ReadOnlyMany"] and row["expandable"]
    assert config.refused(claim("many", "ReadWriteMany"))[:2] == ("access-mode", "spec.accessModes[0]")
    assert config.kubectl_refused("create", "-f", "/tmp/config.json", stdin=json.dumps(claim("many", "ReadWriteMany"))) == ("access-mode", "spec.accessModes[0]")
    config.apply(claim("read", "ReadOnlyMany"))
    config.until_used("storageclasses", CLASS, {("PersistentVolumeClaim", name, "class") for name in ("data", "read")}, "/clusters/demo")


@claims("W9.tcp")
def test_a_load_balancer_carries_tcp(config):
    wrong = named("Service", "v1", "voice", {"type": "LoadBalancer", "selector": {"app": "web"}, "ports": [{"port": 53, "protocol": "UDP"}]})
    assert config.refused(wrong)[:2] == ("load-balancer-tcp", "spec.ports[0].protocol")
    assert config.kubectl_refused("create", "-f", "/tmp/config.json", stdin=json.dumps(wrong)) == ("load-balancer-tcp", "spec.ports[0].protocol")
