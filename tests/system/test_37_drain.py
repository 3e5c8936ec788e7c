# SPDX-License-Identifier: Apache-2.0
"""A node is emptied: cordoned, its pods evicted as their budgets allow, and it is given back."""
import pytest

from slipway import wait_for

claims = pytest.mark.claims
NODE = "demo-worker-1"
SPACE = "drained"
DRAIN = f"/clusters/demo/nodes/{NODE}/drain"
BOX = {"image": "busybox:1.35", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "100000"]}


def pod_spec(**more):
    return {"terminationGracePeriodSeconds": 0, "nodeSelector": {"kubernetes.io/hostname": NODE}, "containers": [{"name": "main", **BOX}], **more}


def keeper(name, **more):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {
        "replicas": 1, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod_spec(**more)}}}


def budget(least):
    return f"""
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {{name: kept, namespace: {SPACE}}}
spec: {{minAvailable: {least}, selector: {{matchLabels: {{app: kept}}}}}}
"""


def is_cordoned(api):
    return api.kubectl("get", "node", NODE, "-o", "jsonpath={.spec.unschedulable}") == "true"


def drain(api, expect=200, **asked):
    return api.call("POST", DRAIN, expect=expect, json=asked).json()


def states(round_):
    """By the beginning of the name, of the pods that are the test's."""
    return {pod["name"].split("-")[0]: pod["state"] for pod in round_["pods"] if pod["namespace"] == SPACE}


@pytest.fixture
def shop(api):
    """A pod of each sort: one that may go, one that a budget keeps, one with data of its own, and one that nobody makes anew."""
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    objects = f"/clusters/demo/namespaces/{SPACE}/objects"
    try:
        for one in (keeper("free"), keeper("kept"), keeper("data", volumes=[{"name": "scratch", "emptyDir": {}}])):
            api.call("POST", f"{objects}/deployments", expect=201, json=one)
        api.call("POST", f"{objects}/pods", expect=201, json={"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "alone"}, "spec": pod_spec()})
        api.apply("demo", budget(1))
        for name in ("free", "kept", "data", "alone"):
            api.pod(SPACE, name)
        wait_for("the budget has counted its pod", lambda: api.kubectl("-n", SPACE, "get", "pdb", "kept", "-o", "jsonpath={.status.currentHealthy}") == "1", 60)
        yield
    finally:
        api.kubectl("uncordon", NODE)
        api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)
        api.pod("demo", "web")  # what was evicted beside ours is back


@claims("C12.drain", "C12.drain-asks")
def test_a_node_is_drained_as_budgets_allow(api, shop):
    tried = drain(api, dryRun=True)
    assert states(tried) == {"free": "evicts", "kept": "waits", "data": "refused", "alone": "refused"}, tried
    assert {pod["name"].split("-")[0]: pod["needs"] for pod in tried["pods"] if pod["namespace"] == SPACE and "needs" in pod} == {
        "data": ["deleteLocalData"], "alone": ["force"]}
    refused = drain(api, expect=409, deleteLocalData=True)
    assert refused["rule"] == "drain" and f"Pod {SPACE}/alone" in [one["object"] for one in refused["refusals"]], refused
    assert not is_cordoned(api), "nothing is done before the caller gave leave for all of it"
    before = set(api.kubectl("-n", SPACE, "get", "pods", "-o", "jsonpath={.items[*].metadata.uid}").split())
    assert len(before) == 4, "nothing was evicted, either"

    first = drain(api, force=True, deleteLocalData=True)
    assert is_cordoned(api) and not first["empty"]
    mine = states(first)
    assert mine.pop("kept") == "waits" and set(mine.values()) == {"evicted"}, first
    stays = {pod["name"]: pod["state"] for pod in first["pods"] if pod["namespace"] == "kube-system"}
    assert any(name.startswith("kube-proxy") for name in stays) and set(stays.values()) == {"stays"}, first
    wait_for("the kept one alone is left", lambda: list(states(drain(api, force=True, deleteLocalData=True))) == ["kept"], 60)
    assert "pod/alone" not in api.kubectl("-n", SPACE, "get", "pods", "-o", "name").split(), "nobody made it anew"

    api.apply("demo", budget(0))
    last = {}

    def is_empty():
        last.update(drain(api, force=True, deleteLocalData=True))
        return last["empty"]

    wait_for(lambda: f"the node is empty: {[pod for pod in last['pods'] if pod['state'] != 'stays']}", is_empty, 60)
    assert {one["outcome"] for one in api.items(f"/audit?action=pod.evict&namespace={SPACE}")} == {"ok"}


def test_pods_that_have_ended_wait_for_no_collector(api):
    """Kubelet collects sandboxes once a minute, first as it starts; ten ends at a time make some sandboxes stop a moment after their containers."""
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    try:
        many = keeper("many", terminationGracePeriodSeconds=1)
        many["spec"]["replicas"] = 10
        api.call("POST", f"/clusters/demo/namespaces/{SPACE}/objects/deployments", expect=201, json=many)
        wait_for("all stand", lambda: api.kubectl("-n", SPACE, "get", "deployment", "many", "-o", "jsonpath={.status.readyReplicas}") == "10", 90)
        api.machine(NODE, "systemctl", "restart", "kubelet")
        api.kubectl("-n", SPACE, "delete", "deployment", "many")
        wait_for("none is left", lambda: not api.kubectl("-n", SPACE, "get", "pods", "-o", "name"), 30)
    finally:
        api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)
