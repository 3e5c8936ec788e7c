# SPDX-License-Identifier: Apache-2.0
"""The cluster as its administrator sees it: nodes, disks, operations, namespaces, limits."""

import json
import re

import pytest

from slipway import wait_for

claims = pytest.mark.claims
JOIN_TOKEN = re.compile(r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b")


@claims("C12.three-facts")
def test_each_node_has_three_facts_with_as_of(api):
    for node in api.items("/clusters/demo/nodes"):
        for fact, value in (("link", "connected"), ("kubernetes", "ready"), ("machine", "running")):
            assert node[fact]["value"] == value, node
            assert node[fact]["asOf"].endswith("Z"), node


@claims("C5.disks")
def test_containerd_and_etcd_have_disks_of_their_own(api):
    for name, mounts in (("demo-master-1", ["/var/lib/containerd", "/var/lib/etcd"]), ("demo-worker-1", ["/var/lib/containerd"])):
        table = api.machine(name, "cat", "/proc/mounts")
        for mount in mounts:
            row = next(line.split() for line in table.splitlines() if line.split()[1] == mount)
            assert row[0].startswith("/dev/") and row[2] == "xfs", row


@claims("C4.endpoint")
def test_etcd_found_its_cluster_by_discovery(api):
    text = api.machine("demo-master-1", "sh", "-c", "cat /etc/default/etcd /etc/etcd/* 2>/dev/null; cat /proc/$(pidof etcd)/environ | tr '\\0' '\\n'")
    assert "127.0.0.1:2381/" in text and "iscover" in text.lower()
    health = api.machine("demo-master-1", "sh", "-c", "ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt "
                         "--cert=/etc/kubernetes/pki/apiserver-etcd-client.crt --key=/etc/kubernetes/pki/apiserver-etcd-client.key endpoint health 2>&1")
    assert "is healthy" in health


@claims("C13.all-of-it")
def test_nodes_are_initialised_without_a_hand(api):
    for name in ("demo-master-1", "demo-worker-1"):
        for unit in ("containerd", "kubelet", "dnsmasq", "slipway-agent"):
            assert api.machine(name, "systemctl", "is-active", unit).strip() == "active"
        assert api.machine(name, "cat", "/proc/sys/net/ipv4/ip_forward").strip() == "1"


@claims("C14.steps", "C14.no-token")
def test_the_creation_shows_each_step_with_its_time_and_log(api):
    operation = api.items("/operations?cluster=demo")[0]
    operation = api.get(f"/operations/{operation['id']}")
    assert operation["kind"] == "create" and operation["state"] == "done", operation
    for step in operation["steps"]:
        assert step["state"] == "done" and step["attempts"] >= 1 and step["startedAt"] and step["endedAt"], step
    nodes = {step["node"] for step in operation["nodeSteps"]}
    assert nodes == {"demo-master-1", "demo-worker-1"}
    names = [step["name"] for step in operation["nodeSteps"] if step["node"] == "demo-master-1"]
    assert {"disks", "containerd", "etcd", "control-plane", "ready"} <= set(names), names
    assert any(step["logTail"] for step in operation["nodeSteps"])
    control_plane = next(step["logTail"] for step in operation["nodeSteps"] if step["name"] == "control-plane")
    assert "bootstrap-token" in control_plane and not JOIN_TOKEN.search(json.dumps(operation)), control_plane


@claims("C3.one-master", "C3.three-masters", "C3.masters")
@pytest.mark.parametrize("body,field,words", [
    ({"masters": 1, "workers": 31}, "workers", "30"),
    ({"masters": 3, "workers": 101}, "workers", "100"),
    ({"masters": 2}, "masters", "1, 3 or 5"),
])
def test_limits_are_refused_by_name(api, body, field, words):
    answer = api.call("POST", "/clusters", json={"name": "too-big", **body})
    assert answer.status_code in (400, 422), answer.text
    problem = answer.json()
    assert problem["field"] == field and words in problem["detail"], problem
    assert not [c for c in api.items("/clusters") if c["name"] == "too-big"]


@claims("N1.create", "N1.delete")
def test_a_namespace_comes_and_goes(api):
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": "team-a"})
    wait_for("team-a listed", lambda: [n for n in api.items("/clusters/demo/namespaces") if n["name"] == "team-a"], 20)
    assert "team-a" in api.kubectl("get", "namespaces", "-o", "name")
    again = api.call("POST", "/clusters/demo/namespaces", json={"name": "team-a"})
    assert again.status_code == 409, again.text
    api.call("DELETE", "/clusters/demo/namespaces/team-a")
    wait_for("team-a gone", lambda: not [n for n in api.items("/clusters/demo/namespaces") if n["name"] == "team-a"], 60)


@claims("Y1.apply", "Y1.position")
def test_yaml_is_applied_object_by_object_and_errors_have_a_place(api):
    good = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
    outcome = api.apply("demo", good).json()
    assert [(o["name"], o["ok"]) for o in outcome["objects"]] == [("a", True), ("b", True)], outcome
    bad = api.apply("demo", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n", expect=None)
    assert 400 <= bad.status_code < 500 and "line" in bad.json()["detail"], bad.text


@claims("C13.dns", "C13.pods-across")
def test_pods_reach_each_other_by_address_and_name(api):
    manifest = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: probe, namespace: demo}
spec:
  selector: {matchLabels: {app: probe}}
  template:
    metadata: {labels: {app: probe}}
    spec:
      tolerations: [{operator: Exists}]
      terminationGracePeriodSeconds: 0
      containers:
        - name: probe
          image: busybox:1.35
          imagePullPolicy: IfNotPresent
          command: [sh, -c, 'mkdir -p /tmp/www; hostname >/tmp/www/index.html; exec httpd -f -p 8081 -h /tmp/www']
"""
    api.apply("demo", manifest, "demo")
    pods = wait_for("a probe on each node", lambda: (lambda p: p if len({x["node"] for x in p}) == 2 else None)(
        [x for x in api.items("/clusters/demo/pods?namespace=demo") if x["name"].startswith("probe-") and x["ready"]]), 90)
    one, other = pods[0], next(p for p in pods if p["node"] != pods[0]["node"])
    for source, target in ((one, other), (other, one)):
        session = api.terminal("demo", source["name"], f"command=wget&command=-qO-&command=http://{target['podIp']}:8081/")
        assert session.finish()["code"] == 0, session.errors
        assert target["name"].encode() in session.output
    for source in (one, other):
        def by_name():
            session = api.terminal("demo", source["name"], "command=wget&command=-qO-&command=http://web.demo.svc.cluster.local/")
            return session.finish()["code"] == 0 and b"Hello from Slipway" in session.output
        wait_for(f"web.demo by name from {source['node']}", by_name, 30, 1)


@claims("C12.three-facts")
def test_health_of_each_node_is_shown(api):
    def healthy():
        node = api.get("/clusters/demo/nodes/demo-worker-1")
        return node if (node.get("health") or {}).get("memoryTotalBytes", 0) > 0 else None
    node = wait_for("health of the worker", healthy, 30, 1)
    assert node["health"]["asOf"] and 0 <= node["health"]["cpuFraction"] <= 1
