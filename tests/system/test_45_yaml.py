# SPDX-License-Identifier: Apache-2.0
"""YAML of many documents: tried first, applied in the order that they need, and each fault with its field and its place."""
import pytest
import yaml

from kubectl import Kubectl, kubectls
from slipway import wait_for

claims = pytest.mark.claims
LABELS = {"app": "shop"}
CONTAINER = {"name": "web", "image": "busybox:1.35", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "3600"]}


def named(kind, version, name, **more):
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **more}


def deployment(**more):
    template = {"metadata": {"labels": LABELS}, "spec": {"terminationGracePeriodSeconds": 0, "containers": [CONTAINER]}}
    return named("Deployment", "apps/v1", "web", spec={"replicas": 1, "selector": {"matchLabels": LABELS}, "template": template, **more})


def pod(**more):
    return named("Pod", "v1", "p", spec={"containers": [CONTAINER], **more})


def container(**more):
    return pod(containers=[{**CONTAINER, **more}])


def text_of(*objects):
    return yaml.safe_dump_all(objects, sort_keys=False)


def outcomes(api, text, namespace="default", dry_run=True):
    query = f"{namespace}&dryRun=true" if dry_run else namespace
    return api.apply("demo", text, query).json()["objects"]


# Written backwards: each needs what comes after it.
def shop(namespace):
    objects = [named("Service", "v1", "web", spec={"selector": LABELS, "ports": [{"port": 80}]}),
               deployment(),
               named("Secret", "v1", "login", stringData={"user": "u"}),
               named("ConfigMap", "v1", "settings", data={"k": "v"}),
               named("ServiceAccount", "v1", "shop")]
    for one in objects:
        one["metadata"]["namespace"] = namespace
    return [*objects, named("Namespace", "v1", namespace)]


@pytest.fixture(scope="module")
def kubectl(api, world, tmp_path_factory):
    return Kubectl(api, kubectls(world.state)[0], tmp_path_factory.mktemp("kube-cache"))


@pytest.fixture
def gone_after(kubectl):
    names = []
    yield names.append
    for name in names:
        kubectl.run("delete", "namespace", name, "--wait=false", "--ignore-not-found")


@claims("Y1.dry-run", "Y1.order")
def test_what_needs_others_is_tried_and_applied_after_them(api, kubectl, gone_after):
    gone_after("shop")
    text = text_of(*shop("shop"))
    tried = outcomes(api, text)
    assert all(one["ok"] for one in tried), tried
    assert [one.get("message") for one in tried] == ["checked after Namespace shop"] * 5 + [None], tried
    assert b"NotFound" in kubectl.run("get", "namespace", "shop", code=1).stderr, "a dry run makes nothing"
    made = outcomes(api, text, dry_run=False)
    assert [(one["kind"], one["ok"], one["action"]) for one in made] == [
        (one["kind"], True, "created") for one in shop("shop")], made
    wait_for("the pod runs", lambda: "Running" in kubectl.text("-n", "shop", "get", "pods"), 60)


@claims("Y1.field")
def test_a_field_that_is_wrong_is_named_with_its_line(api):
    objects = shop("shop2")
    objects[1]["spec"]["replicas"] = "three"
    text = text_of(*objects)
    wrong = [one for one in outcomes(api, text) if not one["ok"]]
    assert [(one["kind"], one["field"]) for one in wrong] == [("Deployment", "spec.replicas")], wrong
    assert "replicas: three" in text.splitlines()[wrong[0]["line"] - 1], wrong


LONG = "x" * 64
ODD_VALUES = {"a text": "word", "a list": [1], "a map": {"a": 1}, "a truth": True}


def of_wrong_type():
    """(reason, object, field): what has another shape than its kind."""
    numbers = [(deployment, "replicas"), (deployment, "revisionHistoryLimit"), (deployment, "minReadySeconds"),
               (pod, "terminationGracePeriodSeconds"), (pod, "priority"), (pod, "activeDeadlineSeconds")]
    for build, field in numbers:
        for what, value in ODD_VALUES.items():
            yield f"spec.{field} is {what}", build(**{field: value}), f"spec.{field}"
    for field in ("volumes", "tolerations", "imagePullSecrets", "hostAliases", "initContainers"):
        for what, value in {"a text": "word", "a number": 7, "a map": {"a": 1}}.items():
            yield f"spec.{field} is {what}", pod(**{field: value}), f"spec.{field}"
    for field in ("nodeSelector", "affinity", "securityContext", "dnsConfig"):
        for what, value in {"a text": "word", "a number": 7, "a list": [1]}.items():
            yield f"spec.{field} is {what}", pod(**{field: value}), f"spec.{field}"
    for field in ("hostNetwork", "hostPID", "shareProcessNamespace"):
        for what, value in {"a text": "word", "a number": 7, "a list": [1]}.items():
            yield f"spec.{field} is {what}", pod(**{field: value}), f"spec.{field}"
    for field in ("spec.nonsense", "spec.replica"):
        yield f"{field} is no field", deployment(**{field.removeprefix("spec."): 1}), field


def of_wrong_value():
    """(reason, object, field): of the right shape, and not allowed."""
    yield "a name with capitals", named("ConfigMap", "v1", "Upper"), "metadata.name"
    yield "a name that ends with a dash", named("ConfigMap", "v1", "a-"), "metadata.name"
    yield "a name that is too long", named("ConfigMap", "v1", "x" * 254), "metadata.name"
    yield "a service's name that begins with a digit", named("Service", "v1", "1a", spec={"ports": [{"port": 80}]}), "metadata.name"
    for port in (0, -1, 65536):
        yield f"port {port}", named("Service", "v1", "s", spec={"ports": [{"port": port}]}), "spec.ports[0].port"
        yield f"containerPort {port}", container(ports=[{"containerPort": port}]), "spec.containers[0].ports[0].containerPort"
    yield "a service without ports", named("Service", "v1", "s", spec={"selector": LABELS}), "spec.ports"
    yield "a type of service that is none", named("Service", "v1", "s", spec={"type": "Odd", "ports": [{"port": 80}]}), "spec.type"
    yield "two ports without names", named("Service", "v1", "s", spec={"ports": [{"port": 80}, {"port": 81}]}), "spec.ports[0].name"
    yield "less than no replicas", deployment(replicas=-1), "spec.replicas"
    yield "a selector that selects others", deployment(selector={"matchLabels": {"app": "other"}}), "spec.template.metadata.labels"
    yield "a strategy that is none", deployment(strategy={"type": "Odd"}), "spec.strategy"
    none = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}
    yield "no pod is to be missing or too many", deployment(strategy=none), "spec.strategy.rollingUpdate.maxUnavailable"
    yield "no container", pod(containers=[]), "spec.containers"
    yield "a container without an image", pod(containers=[{"name": "c"}]), "spec.containers[0].image"
    yield "a container's name with a dot", container(name="a.b"), "spec.containers[0].name"
    yield "a container's name that is too long", container(name=LONG), "spec.containers[0].name"
    yield "a pull policy that is none", container(imagePullPolicy="Odd"), "spec.containers[0].imagePullPolicy"
    yield "a restart policy that is none", pod(restartPolicy="Odd"), "spec.restartPolicy"
    yield "a DNS policy that is none", pod(dnsPolicy="Odd"), "spec.dnsPolicy"
    more = {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}
    yield "more asked for than allowed", container(resources=more), "spec.containers[0].resources.requests"
    yield "less than no memory", container(resources={"limits": {"memory": "-1Gi"}}), "spec.containers[0].resources.limits[memory]"
    yield "a variable's name with a space", container(env=[{"name": "a b", "value": "x"}]), "spec.containers[0].env[0].name"
    yield "a mount of no volume", container(volumeMounts=[{"name": "none", "mountPath": "/x"}]), "spec.containers[0].volumeMounts[0].name"
    mounts = pod(volumes=[{"name": "v", "emptyDir": {}}], containers=[{**CONTAINER, "volumeMounts": [{"name": "v"}]}])
    yield "a mount without a path", mounts, "spec.containers[0].volumeMounts[0].mountPath"
    yield "a probe that asks nothing", container(livenessProbe={"periodSeconds": 5}), "spec.containers[0].livenessProbe"
    two = {"tcpSocket": {"port": 1}, "exec": {"command": ["a"]}}
    yield "a probe of two kinds", container(livenessProbe=two), "spec.containers[0].livenessProbe.tcpSocket"
    yield "a probe at no port", container(livenessProbe={"tcpSocket": {"port": 0}}), "spec.containers[0].livenessProbe.tcpSocket.port"
    yield "a host alias of no address", pod(hostAliases=[{"ip": "x", "hostnames": ["a"]}]), "spec.hostAliases.ip"
    yield "a user below nought", pod(securityContext={"runAsUser": -1}), "spec.securityContext.runAsUser"
    yield "a label's value with a space", {**pod(), "metadata": {"name": "p", "labels": {"a": "b c"}}}, "metadata.labels"
    yield "a label's key with two slashes", {**pod(), "metadata": {"name": "p", "labels": {"a/b/c": "d"}}}, "metadata.labels"
    yield "an annotation's key that is empty", {**pod(), "metadata": {"name": "p", "annotations": {"": "d"}}}, "metadata.annotations"
    once = {"spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [CONTAINER]}}}}
    yield "a schedule that is none", named("CronJob", "batch/v1beta1", "j", spec={"schedule": "now", "jobTemplate": once}), "spec.schedule"
    always = {"template": {"spec": {"restartPolicy": "Always", "containers": [CONTAINER]}}}
    yield "a job that restarts for ever", named("Job", "batch/v1", "j", spec=always), "spec.template.spec.restartPolicy"
    mode = {"accessModes": ["ReadWriteOnce"]}
    yield "a claim of nothing", named("PersistentVolumeClaim", "v1", "c", spec=mode), "spec.resources[storage]"
    size = {"resources": {"requests": {"storage": "1Gi"}}}
    yield "a claim without a mode", named("PersistentVolumeClaim", "v1", "c", spec=size), "spec.accessModes"
    yield "a secret's key with a slash", named("Secret", "v1", "s", stringData={"a/b": "c"}), "data[a/b]"
    yield "a quota below nought", named("ResourceQuota", "v1", "q", spec={"hard": {"pods": "-1"}}), "spec.hard[pods]"
    yield "an ingress without a rule", named("Ingress", "networking.k8s.io/v1", "i", spec={}), "spec"


@claims("Y1.field")
def test_hostile_objects_are_refused_with_the_field_and_nothing_is_made(api):
    cases = [*of_wrong_type(), *of_wrong_value()]
    assert len(cases) >= 100
    faults, reasons = [], set()
    for reason, one, field in cases:
        (outcome,) = outcomes(api, text_of(one))
        reasons.add(outcome.get("message", "")[:200])
        if outcome["ok"] or not 400 <= outcome["status"] < 500 or outcome.get("field") != field or not outcome.get("line"):
            faults.append((reason, field, {k: outcome.get(k) for k in ("ok", "status", "field", "line", "message")}))
    assert not faults, "\n".join(str(fault) for fault in faults)
    assert len(reasons) >= 25
