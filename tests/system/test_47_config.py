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


def documents(*objects):
    return "".join(f"---\n{json.dumps(one)}\n" for one in objects)


def volumes(of):
    return [{"name": "data", "persistentVolumeClaim": {"claimName": of}}]


def sharing(kind, name, of="data", **count):
    """A workload whose pods share a claim."""
    if kind == "Deployment":
        made = keeper(kind, name, **count)
        made["spec"]["template"]["spec"]["volumes"] = volumes(of)
        return made
    once = {"template": {"spec": pod_spec("Never", "true", volumes=volumes(of))}, **count}
    return named("Job", "batch/v1", name, once) if kind == "Job" else named("CronJob", "batch/v1beta1", name, {
        "schedule": "0 0 1 1 *", "jobTemplate": {"spec": once}})


def claim(name, mode="ReadWriteOnce", size="1Gi"):
    return named("PersistentVolumeClaim", "v1", name, {"storageClassName": CLASS, "accessModes": [mode], "resources": {"requests": {"storage": size}}})


def storage_class(name, modes="ReadWriteOnce, ReadOnlyMany", grows=True):
    return {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "provisioner": "example.org/none", "allowVolumeExpansion": grows,
            "reclaimPolicy": "Retain", "parameters": {"type": "fast"}, "metadata": {"name": name, "annotations": {"slipway.io/access-modes": modes}}}


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

    def object(self, method, kind, name="", expect=200, query="", root=ROOT, **more):
        path = f"{root}/objects/{kind}" + (f"/{name}" if name else "") + query
        return self.api.call(method, path, expect=expect, **more).json()

    def edit(self, kind, name, change, expect=200, root=ROOT):
        """As a form does it: what it does not know goes back as it came."""
        object = self.object("GET", kind, name, root=root)
        change(object)
        return self.object("PUT", kind, name, expect, root=root, json=object)

    def users(self, kind, name, root=ROOT):
        return {(one["kind"], one["name"], one["how"]) for one in self.used_by(kind, name, root)["items"]}

    def until_used(self, kind, name, expected, root=ROOT):
        wait_for(f"{kind} {name} is listed", lambda: self.api.call("GET", f"{root}/{kind}/{name}/used-by").status_code == 200, 20, 0.1)
        wait_for(f"{kind} {name} is used by {expected}", lambda: self.users(kind, name, root) == expected, 20, 0.1)


@pytest.fixture(scope="module")
def config(api):
    wait_for("the rules are registered", lambda: api.kubectl("get", REGISTRATION, "--ignore-not-found", "-o", "name"), 60)
    api.kubectl("create", "-f", "-", stdin=documents(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE, "labels": {"slipway.io/project": "config"}}}, storage_class(CLASS),
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
    api.call("POST", f"{ROOT}/pull-secrets?dryRun=true", expect=200, json=form)
    made = api.call("POST", f"{ROOT}/pull-secrets", expect=201, json=form)
    assert made.json()["data"] == {".dockerconfigjson": None}, "what it holds is not shown"
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
    assert config.refused(sharing("Deployment", "shared", "fresh", replicas=2), claim("fresh"))[0] == "single-node-claim", "of a claim that comes with it"
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


@claims("K1.edit")
def test_config_maps_and_secrets_are_made_edited_and_deleted(config):
    made = named("ConfigMap", "v1", "made", data={"a": "1"})
    config.object("POST", "configmaps", expect=201, json=made)
    config.object("POST", "secrets", expect=201, json=named("Secret", "v1", "made", stringData={"a": "first", "b": "second"}))
    config.kubectl("patch", "configmap", "made", "-p", '{"data":{"b":"by kubectl"}}')
    config.edit("configmaps", "made", lambda one: one["data"].update(a="2"))
    assert json.loads(config.kubectl("get", "configmap", "made", "-o", "jsonpath={.data}")) == {"a": "2", "b": "by kubectl"}
    shown = config.object("GET", "secrets", "made")
    assert shown["data"] == {"a": None, "b": None}, "the values are not shown"
    config.edit("secrets", "made", lambda one: one["data"].update(a=base64.b64encode(b"third").decode()))
    kept = json.loads(config.kubectl("get", "secret", "made", "-o", "jsonpath={.data}"))
    assert {key: base64.b64decode(value) for key, value in kept.items()} == {"a": b"third", "b": b"second"}, "what was not read is kept"
    for kind in ("configmaps", "secrets"):
        config.object("DELETE", kind, "made")
        wait_for("kubectl sees it no more", lambda: not config.kubectl("get", kind, "made", "--ignore-not-found", "-o", "name"), 10, 0.1)


@claims("K1.in-use")
def test_what_is_in_use_is_deleted_by_force_alone(config):
    config.until_used("configmaps", "settings", {("Deployment", "web", "template")})
    refused = config.object("DELETE", "configmaps", "settings", 409)
    assert (refused["rule"], refused["field"]) == ("in-use", "force") and "Deployment web" in refused["detail"], refused
    refused = config.object("DELETE", "secrets", "keys", 409)
    assert all(who in refused["detail"] for who in ("Deployment web", "ServiceAccount builder", "Ingress front")), refused
    config.object("DELETE", "configmaps", "settings", query="?force=true&dryRun=true")
    assert config.kubectl("get", "configmap", "settings", "-o", "name"), "a dry run deletes nothing"
    config.object("DELETE", "configmaps", "settings", query="?force=true")
    assert not config.kubectl("get", "configmap", "settings", "--ignore-not-found", "-o", "name")


@claims("S1.edit")
def test_storage_classes_are_the_administrators(config):
    api, name = config.api, "config-made"
    wrong = config.object("POST", "storageclasses", expect=403, root="/clusters/demo", json=storage_class(name, "RWO"))
    assert wrong["refusals"][0]["rule"] == "access-modes" and "ReadWriteMany" in wrong["refusals"][0]["wayOut"], wrong
    config.object("POST", "storageclasses", expect=201, root="/clusters/demo", json=storage_class(name, "ReadWriteMany", False))
    row = wait_for("it is listed", lambda: next((one for one in api.items("/clusters/demo/storageclasses") if one["name"] == name), None), 10, 0.1)
    assert (row["accessModes"], row["reclaimPolicy"], row["parameters"], row["expandable"]) == (["ReadWriteMany"], "Retain", {"type": "fast"}, False)
    refused = config.object("DELETE", "storageclasses", CLASS, 409, root="/clusters/demo")
    assert refused["rule"] == "in-use" and "PersistentVolumeClaim data" in refused["detail"], refused
    config.object("DELETE", "storageclasses", name, root="/clusters/demo")
    assert name not in api.kubectl("get", "storageclasses", "-o", "name")


@claims("S2.grow", "S2.in-use")
def test_claims_grow_and_are_held_by_their_pods(config):
    wait_for("the claim is bound", lambda: config.kubectl("get", "pvc", "data", "-o", "jsonpath={.status.phase}") == "Bound", 30)

    def resize(size):
        return lambda one: one["spec"]["resources"]["requests"].update(storage=size)
    refused = config.edit("persistentvolumeclaims", "data", resize("500Mi"), 409)
    assert (refused["rule"], refused["field"]) == ("shrink", "spec.resources.requests.storage"), refused
    config.edit("persistentvolumeclaims", "data", resize("2Gi"))
    assert config.kubectl("get", "pvc", "data", "-o", "jsonpath={.spec.resources.requests.storage}") == "2Gi"
    config.apply(named("Pod", "v1", "holder", pod_spec(volumes=volumes("data"))))
    config.until_used("persistentvolumeclaims", "data", {("Deployment", "shared", "template"), ("Pod", "holder", "pod")})
    refused = config.object("DELETE", "persistentvolumeclaims", "data", 409, query="?force=true")
    assert (refused["rule"], refused["field"]) == ("in-use", "name") and "Pod holder" in refused["detail"], refused
    config.kubectl("delete", "pod", "holder", "--now")
    config.until_used("persistentvolumeclaims", "data", {("Deployment", "shared", "template")})
    refused = config.object("DELETE", "persistentvolumeclaims", "data", 409)
    assert refused["field"] == "force" and "Deployment shared" in refused["detail"], refused
    config.object("DELETE", "persistentvolumeclaims", "data", query="?force=true")
    wait_for("it is gone", lambda: not config.kubectl("get", "pvc", "data", "--ignore-not-found", "-o", "name"), 20)


@claims("R1.edit", "W9.types")
def test_services_and_ingresses_are_made_edited_and_deleted(config):
    api = config.api
    ports = [{"name": "http", "port": 80, "targetPort": 8080}, {"name": "dns", "port": 53, "protocol": "UDP"}]
    made = config.object("POST", "services", expect=201, json=named("Service", "v1", "made", {"selector": {"app": "web"}, "ports": ports}))
    assert made["spec"]["type"] == "ClusterIP" and made["spec"]["clusterIP"]
    at_random = config.edit("services", "made", lambda one: one["spec"].update(type="NodePort"))
    given = at_random["spec"]["ports"][0]["nodePort"] + 1 if at_random["spec"]["ports"][0]["nodePort"] < 32767 else 30000
    config.edit("services", "made", lambda one: one["spec"]["ports"][0].update(nodePort=given))
    row = wait_for("the list shows it", lambda: next((one for one in api.items(f"/clusters/demo/services?namespace={SPACE}&search=made")
                                                      if one["ports"][0].get("nodePort") == given), None), 10, 0.1)
    assert row["type"] == "NodePort" and row["clusterIp"] == made["spec"]["clusterIP"] and [port["protocol"] for port in row["ports"]] == ["TCP", "UDP"]
    wrong = config.edit("services", "made", lambda one: one["spec"]["ports"][0].update(nodePort=80), 422)
    assert "nodePort" in wrong["field"] and "30000-32767" in wrong["detail"], wrong
    refused = config.edit("services", "made", lambda one: one["spec"].update(type="LoadBalancer"), 403)
    assert refused["refusals"][0]["rule"] == "load-balancer-tcp", refused
    config.edit("services", "made", lambda one: one["spec"].update(type="LoadBalancer", ports=one["spec"]["ports"][:1]))
    rules = [{"host": "made.example.org", "http": {"paths": [{"path": "/path", "pathType": "Prefix", "backend": {"service": {"name": "made", "port": {"name": "http"}}}}]}}]
    lost = {"defaultBackend": {"service": {"name": "nowhere", "port": {"number": 80}}}}
    answer = api.call("POST", f"{ROOT}/objects/ingresses?dryRun=true", expect=200, json=named("Ingress", "networking.k8s.io/v1", "lost", lost))
    assert "nowhere" in answer.headers["Warning"], answer.headers
    config.object("POST", "ingresses", expect=201, json=named("Ingress", "networking.k8s.io/v1", "made", {"rules": rules}))
    config.until_used("services", "made", config.users("services", "web") - {("Ingress", "front", "backend")} | {("Ingress", "made", "backend")})
    assert config.object("DELETE", "services", "made", 409)["rule"] == "in-use"
    config.edit("ingresses", "made", lambda one: one["spec"]["rules"][0]["http"]["paths"][0].update(path="/other"))
    assert config.kubectl("get", "ingress", "made", "-o", "jsonpath={.spec.rules[0].http.paths[0].path}") == "/other"
    config.object("DELETE", "ingresses", "made")
    config.until_used("services", "made", config.users("services", "web") - {("Ingress", "front", "backend")})
    config.object("DELETE", "services", "made")
    assert not config.kubectl("get", "services,ingresses", "made", "--ignore-not-found", "-o", "name")
