# SPDX-License-Identifier: Apache-2.0
"""Single objects in their own form, what waits for a cluster out of reach, and what a manifest that failed left behind."""
import json

import pytest
import yaml

from kubectl import Kubectl, kubectls
from slipway import wait_for

claims = pytest.mark.claims
SPACE = "objects"
OBJECTS = f"/clusters/demo/namespaces/{SPACE}/objects"
MASTER = "demo-master-1"
REVISION = "deployment.kubernetes.io/revision"
WEB = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: {SPACE}, labels: {{app.kubernetes.io/name: shop}}, annotations: {{example.org/of-others: kept}}}}
spec:
  replicas: 0
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      terminationGracePeriodSeconds: 0
      enableServiceLinks: false
      containers: [{{name: web, image: 'busybox:1.35', terminationMessagePolicy: FallbackToLogsOnError}}]
"""
WIDGETS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.objects.example.org}
spec:
  group: objects.example.org
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
"""


def config(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": SPACE}, "data": data}


@pytest.fixture(scope="module")
def kubectl(api, world, tmp_path_factory):
    return Kubectl(api, kubectls(world.state)[0], tmp_path_factory.mktemp("kube-cache"))


@pytest.fixture(scope="module", autouse=True)
def space(api, kubectl):
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    yield
    kubectl.run("delete", "namespace", SPACE, "--wait=false")


def web(name, replicas=0):
    made = yaml.safe_load(WEB)
    made["metadata"]["name"], made["spec"]["replicas"] = name, replicas
    return made


def there(kubectl, what):
    return json.loads(kubectl.text("-n", SPACE, "get", what, "-o", "json"))


@claims("Y3.edit", "W17.survives")
def test_an_object_is_edited_whole_and_what_no_form_knows_survives(api, kubectl):
    def settled():
        found = api.get(f"{OBJECTS}/deployments/web")
        return found if found.get("status", {}).get("observedGeneration") else None
    kubectl.run("apply", "-f", "-", stdin=WEB.encode())
    web = wait_for("its controller has seen it", settled, 30)  # what a controller writes is a change too
    assert "managedFields" not in web["metadata"]
    web["spec"]["replicas"] = 1
    tried = api.call("PUT", f"{OBJECTS}/deployments/web?dryRun=true", expect=200, json=web).json()
    assert tried["spec"]["replicas"] == 1 and there(kubectl, "deploy/web")["spec"]["replicas"] == 0
    text = yaml.safe_dump(web).encode()  # as an editor of YAML sends it
    api.call("PUT", f"{OBJECTS}/deployments/web", expect=200, headers={"Content-Type": "application/yaml"}, data=text)
    now = there(kubectl, "deploy/web")
    assert now["spec"]["replicas"] == 1
    assert now["metadata"]["annotations"]["example.org/of-others"] == "kept"
    container = now["spec"]["template"]["spec"]["containers"][0]
    assert container["terminationMessagePolicy"] == "FallbackToLogsOnError" and not now["spec"]["template"]["spec"]["enableServiceLinks"]
    late = api.call("PUT", f"{OBJECTS}/deployments/web", expect=409, json=web).json()
    assert late["rule"] == "changed" and late["seen"] == web["metadata"]["resourceVersion"] != late["current"]
    assert late["present"]["spec"]["replicas"] == 1, "what is there, to compare with"
    late = api.call("DELETE", f"{OBJECTS}/deployments/web?resourceVersion={late['seen']}", expect=409).json()
    assert late["rule"] == "changed"
    api.call("DELETE", f"{OBJECTS}/deployments/web", expect=200)
    assert b"NotFound" in kubectl.run("-n", SPACE, "get", "deploy", "web", code=1).stderr


@claims("W16.version")
def test_a_lists_row_has_the_version_that_an_edit_goes_by(api, kubectl):
    def listed():
        rows = api.items(f"/clusters/demo/configmaps?namespace={SPACE}&search=versioned")
        return rows and rows[0]["resourceVersion"]

    def put(version, **data):
        made = config("versioned", **data)
        made["metadata"]["resourceVersion"] = version
        return api.call("PUT", f"{OBJECTS}/configmaps/versioned", json=made)
    api.call("POST", f"{OBJECTS}/configmaps", expect=201, json=config("versioned", a="1"))
    first = wait_for("it is listed", listed, 30)
    assert first == there(kubectl, "configmap/versioned")["metadata"]["resourceVersion"]
    assert put(first, a="2").status_code == 200
    wait_for("the list has the version after the edit", lambda: listed() == there(kubectl, "configmap/versioned")["metadata"]["resourceVersion"] != first, 30)
    late = put(first, a="3")
    assert late.status_code == 409 and late.json()["rule"] == "changed", late.text
    api.call("DELETE", f"{OBJECTS}/configmaps/versioned?resourceVersion={listed()}", expect=200)


@claims("Y3.any-kind")
def test_a_kind_of_the_clusters_own_is_made_read_and_deleted(api, kubectl):
    definitions = "/clusters/demo/objects/customresourcedefinitions.apiextensions.k8s.io"
    api.call("POST", definitions, expect=201, headers={"Content-Type": "application/yaml"}, data=WIDGETS)
    widgets = f"{OBJECTS}/widgets.objects.example.org"
    try:
        widget = {"apiVersion": "objects.example.org/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": {"size": 3}}
        wait_for("the kind is served", lambda: api.call("POST", widgets, json=widget).status_code == 201, 30)
        assert there(kubectl, "widgets.objects.example.org/w")["spec"]["size"] == 3
        assert api.get(f"{widgets}/w")["spec"] == {"size": 3}
        api.call("DELETE", f"{widgets}/w", expect=200)
        api.call("GET", f"{widgets}/w").status_code == 404
    finally:
        api.call("DELETE", f"{definitions}/widgets.objects.example.org", expect=200)


@claims("Y3.refused")
def test_a_wrong_field_is_named_with_its_place_and_nothing_is_made(api, kubectl):
    text = WEB.replace("replicas: 0", "replicas: -1")
    refused = api.call("POST", f"{OBJECTS}/deployments", expect=422, headers={"Content-Type": "application/yaml"}, data=text).json()
    assert refused["field"] == "spec.replicas"
    assert "replicas: -1" in text.splitlines()[refused["line"] - 1]
    api.call("POST", f"{OBJECTS}/configmaps", expect=201, json=config("twice"))
    assert "already exists" in api.call("POST", f"{OBJECTS}/configmaps", expect=409, json=config("twice")).json()["detail"]
    privileged = yaml.safe_load(WEB)
    privileged["metadata"]["namespace"] = "kube-system"
    assert api.call("POST", f"{OBJECTS}/deployments", expect=422, json=privileged).json()["field"] == "metadata.namespace"


@claims("Y1.undo")
def test_what_a_failed_manifest_left_is_taken_back_but_for_what_was_changed_since(api, kubectl):
    api.call("POST", f"{OBJECTS}/configmaps", expect=201, json=config("was-there", k="old"))
    wrong = web("web", replicas=-1)
    objects = [config("was-there", k="new"), config("made"), config("mine"), web("noted"), web("labelled"), wrong]
    done = api.apply("demo", yaml.safe_dump_all(objects), SPACE).json()
    assert [one["ok"] for one in done["objects"]] == [True] * 5 + [False] and done["state"] == "failed", done
    assert [one.get("canUndo") for one in done["objects"]] == [True] * 5 + [None], "what stands is said"
    assert there(kubectl, "configmap/was-there")["data"] == {"k": "new"}
    kubectl.run("-n", SPACE, "label", "configmap", "mine", "touched=yes")
    kubectl.run("-n", SPACE, "label", "deployment", "labelled", "touched=yes")
    wait_for("Kubernetes has noted something in it", lambda: REVISION in there(kubectl, "deployment/noted")["metadata"]["annotations"], 30)
    undone = api.call("POST", f"/clusters/demo/intents/{done['intent']}/undo", expect=200).json()
    assert [(one["name"], one["action"], one["status"]) for one in undone["objects"]] == [
        ("was-there", "restored", 200), ("made", "deleted", 200), ("mine", "", 409), ("noted", "deleted", 200),
        ("labelled", "", 409), ("web", "unchanged", 200)], undone
    assert all("changed since by somebody else" in undone["objects"][place]["message"] for place in (2, 4)), undone
    assert there(kubectl, "configmap/was-there")["data"] == {"k": "old"}
    assert b"NotFound" in kubectl.run("-n", SPACE, "get", "configmap", "made", code=1).stderr
    again = api.call("POST", f"/clusters/demo/intents/{done['intent']}/undo", expect=200).json()
    assert again["objects"][1]["action"] == "unchanged", "again is harmless"
    whole = api.apply("demo", yaml.safe_dump(config("whole")), SPACE).json()
    assert "nothing to undo" in api.call("POST", f"/clusters/demo/intents/{whole['intent']}/undo", expect=409).json()["detail"]


@claims("Y1.stood")
def test_a_manifest_changes_what_a_rule_would_not_let_be_made(api, kubectl):
    def applied(shared, expect):
        return api.apply("demo", yaml.safe_dump(shared), SPACE, expect=expect).json()

    shared = web("shared", replicas=2)
    shared["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "late"}}]
    assert applied(shared, 200)["state"] == "done", "of a claim that is not there no rule speaks"
    api.call("POST", f"{OBJECTS}/persistentvolumeclaims", expect=201, json={
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "late", "namespace": SPACE},
        "spec": {"storageClassName": "", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})
    wait_for("the claim is known", lambda: api.items(f"/clusters/demo/persistentvolumeclaims?namespace={SPACE}"), 30, 0.1)
    twin = yaml.safe_load(yaml.safe_dump(shared))
    twin["metadata"]["name"] = "twin"
    assert applied(twin, 403)["refusals"][0]["rule"] == "single-node-claim", "it would be new"
    shared["metadata"]["labels"]["tier"] = "front"
    assert applied(shared, 200)["state"] == "done"
    assert there(kubectl, "deployment/shared")["metadata"]["labels"]["tier"] == "front"
    shared["spec"]["replicas"] = 3
    assert applied(shared, 403)["refusals"][0]["rule"] == "single-node-claim", "that would be more than it was"


@claims("Y1.waits")
def test_what_waits_for_a_cluster_out_of_reach_is_listed_given_up_and_done_when_it_is_back(api, kubectl):
    def linked():
        return api.get(f"/clusters/demo/nodes/{MASTER}")["link"]["value"] == "connected"

    def waiting():
        return {one["intent"]: one for one in api.items("/clusters/demo/intents?waiting=true")}
    api.machine(MASTER, "systemctl", "stop", "slipway-agent")
    try:
        wait_for("the link is down", lambda: not linked(), 30)
        kept, dropped = (api.call("POST", f"{OBJECTS}/configmaps", expect=202, json=config(name)).json() for name in ("kept", "dropped"))
        assert kept["state"] == "waiting"
        assert waiting()[kept["intent"]]["summary"] == f"create ConfigMap kept in {SPACE}" and waiting()[kept["intent"]]["by"]
        api.call("POST", f"{OBJECTS}/configmaps?dryRun=true", expect=503, json=config("tried"))
        gone = api.call("DELETE", f"/clusters/demo/intents/{dropped['intent']}", expect=200).json()
        assert gone["state"] == "cancelled" and set(waiting()) == {kept["intent"]}
        api.call("POST", f"/clusters/demo/intents/{kept['intent']}/retry", expect=409)
    finally:
        api.machine(MASTER, "systemctl", "start", "slipway-agent")
        wait_for("the link is up", linked, 60)
    wait_for("what waited is done", lambda: api.get(f"/clusters/demo/intents/{kept['intent']}")["state"] == "done", 60)
    assert there(kubectl, "configmap/kept")
    assert b"NotFound" in kubectl.run("-n", SPACE, "get", "configmap", "dropped", code=1).stderr
    again = api.call("POST", f"/clusters/demo/intents/{dropped['intent']}/retry", expect=200).json()
    assert again["state"] == "done" and there(kubectl, "configmap/dropped")
    api.call("DELETE", f"/clusters/demo/intents/{kept['intent']}", expect=409)


@claims("K1.withheld")
def test_a_secrets_values_are_not_shown_with_it_and_survive_an_edit(api, kubectl):
    kubectl.run("-n", SPACE, "apply", "-f", "-", stdin=yaml.safe_dump(
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": {"user": "u", "password": "hush-hush"}}).encode())
    answer = api.call("GET", f"{OBJECTS}/secrets/login", expect=200)
    assert "hush" not in answer.text and "aHVzaC" not in answer.text, "neither plain, nor in base64, nor in kubectl's annotation"
    login = answer.json()
    assert login["data"] == {"user": None, "password": None}
    login["data"]["user"] = "bmV3"
    changed = api.call("PUT", f"{OBJECTS}/secrets/login", expect=200, json=login)
    assert "aHVzaC" not in changed.text
    assert there(kubectl, "secret/login")["data"] == {"user": "bmV3", "password": "aHVzaC1odXNo"}
