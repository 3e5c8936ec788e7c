# SPDX-License-Identifier: Apache-2.0
"""Three masters: another takes the gateway's place, and a lost one gets a new machine."""
import json
import threading
import time

import pytest
import requests

from outside import Machine
from slipway import wait_for

claims = pytest.mark.claims
CLUSTER = "three"
MAPS = f"/clusters/{CLUSTER}/proxy/api/v1/namespaces/default/configmaps"
CHANGES = 30


@pytest.fixture(scope="module")
def three(api):
    api.call("POST", "/clusters", expect=202, json={"name": CLUSTER, "masters": 3, "workers": 0})
    wait_for("three masters are Ready", lambda: api.get(f"/clusters/{CLUSTER}")["state"] == "healthy", 600, 0.5)
    yield CLUSTER
    api.call("DELETE", f"/clusters/{CLUSTER}", expect=202)
    wait_for("it is gone", lambda: api.call("GET", f"/clusters/{CLUSTER}").status_code == 404, 120)


class Watch:
    """What a client sees that watches ConfigMaps through the controller and goes on from its last version after each break."""

    def __init__(self, api):
        self.api, self.events, self.breaks, self.ending = api, [], 0, threading.Event()
        self.version = api.get(MAPS)["metadata"]["resourceVersion"]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.ending.is_set():
            try:
                with self.api.visitor() as visitor:
                    answer = visitor.get(f"{self.api.base}/api/v1{MAPS}?watch=1&timeoutSeconds=120&resourceVersion={self.version}",
                                         headers={"Authorization": f"Bearer {self.api.token}"}, stream=True, timeout=(5, 30))
                    answer.raise_for_status()
                    for line in answer.iter_lines():
                        self.take(json.loads(line))
            except (requests.RequestException, ValueError):
                pass
            self.breaks += 1
            time.sleep(0.2)

    def take(self, event):
        assert event["type"] != "ERROR", event
        self.version = event["object"]["metadata"]["resourceVersion"]
        self.events.append((event["type"], event["object"]["metadata"]["name"]))


def gateway(api):
    return next(n["name"] for n in api.items(f"/clusters/{CLUSTER}/nodes") if n["gateway"])


def change(name, value):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{value: \"{value}\"}}\n"


@claims("C9.takeover")
def test_no_change_is_lost_or_made_twice_while_the_gateway_changes(api, three):
    watch, lost = Watch(api), gateway(api)
    answers = []

    def ask():
        for number in range(CHANGES):
            answers.append(api.apply(CLUSTER, change(f"change-{number}", number), expect=None))
    asking = threading.Thread(target=ask)
    asking.start()
    wait_for("some changes are made", lambda: len(answers) >= CHANGES // 3, 60, 0.02)
    began = time.monotonic()
    api.machine(lost, "systemctl", "kill", "--signal=KILL", "slipway-agent")
    wait_for("another master is the gateway", lambda: gateway(api) != lost, 20, 0.05)
    print(f"another gateway after {time.monotonic() - began:.1f} s")
    asking.join(180)
    assert len(answers) == CHANGES and {a.status_code for a in answers} <= {200, 202}, [a.text for a in answers]
    refused = [a.text for a in answers if a.status_code == 200 and '"ok":false' in a.text.replace(" ", "")]
    assert not refused, refused
    there = wait_for("every accepted change is made", lambda: {
        item["metadata"]["name"]: item["data"]["value"] for item in api.get(MAPS)["items"]
        if item["metadata"]["name"].startswith("change-")}.items() >= {
            f"change-{number}": str(number) for number in range(CHANGES)}.items(), 60, 0.5)
    assert there
    wait_for("the watch has seen them all", lambda: sum(name.startswith("change-") for _, name in watch.events) >= CHANGES, 60)
    watch.ending.set()
    seen = [event for event in watch.events if event[1].startswith("change-")]
    assert sorted(seen) == sorted(("ADDED", f"change-{number}") for number in range(CHANGES)), seen
    assert watch.breaks, "the gateway's end did not reach the watch"


@claims("C9.stale-gateway")
def test_a_gateway_that_wakes_up_repeats_nothing(api, three):
    """It held a change when it froze; meanwhile that was made elsewhere, and another after it."""
    lost = gateway(api)
    with Machine(api, lost).frozen():
        first = threading.Thread(target=lambda: api.apply(CLUSTER, change("stale", "old"), expect=None))
        first.start()  # goes to the frozen one
        wait_for("another master is the gateway", lambda: gateway(api) != lost, 40, 0.1)
        first.join(60)
        wait_for("the change is made", lambda: api.call("GET", f"{MAPS}/stale").status_code == 200, 60, 0.2)
        api.apply(CLUSTER, change("stale", "new"))
    wait_for("it is linked again", lambda: api.get(f"/clusters/{CLUSTER}/nodes/{lost}")["link"]["value"] == "connected", 60)
    wait_for("it is Ready again", lambda: api.get(f"/clusters/{CLUSTER}")["state"] == "healthy", 120)
    assert api.get(f"{MAPS}/stale")["data"]["value"] == "new"


@claims("C9.replace")
def test_a_lost_master_is_replaced_and_nothing_is_lost(api, three):
    refused = api.call("POST", "/clusters/demo/nodes/demo-master-1/replace", expect=409).json()
    assert "only master" in refused["detail"], refused
    api.apply(CLUSTER, change("before", "kept"))
    lost, before = gateway(api), {n["name"]: n["address"] for n in api.items(f"/clusters/{CLUSTER}/nodes")}
    Machine(api, lost).kill()
    wait_for("the API names it", lambda: lost in api.get(f"/clusters/{CLUSTER}").get("reason", ""), 60)
    accepted = api.call("POST", f"/clusters/{CLUSTER}/nodes/{lost}/replace", expect=202).json()
    operation = accepted["operation"]["id"]
    again = api.call("POST", f"/clusters/{CLUSTER}/nodes/{lost}/replace", expect=202).json()
    assert again["operation"]["id"] == operation

    def done():
        seen = api.get(f"/operations/{operation}")
        assert seen["state"] != "failed", seen
        return seen["state"] == "done"
    wait_for("the replacement is done", done, 240, 0.5)
    wait_for("the cluster is healthy", lambda: api.get(f"/clusters/{CLUSTER}")["state"] == "healthy", 60)
    nodes = {n["name"]: n for n in api.items(f"/clusters/{CLUSTER}/nodes")}
    assert set(nodes) == set(before) and nodes[lost]["address"] != before[lost]
    assert api.get(f"{MAPS}/before")["data"]["value"] == "kept"
    members = api.machine(next(name for name in nodes if name != lost), "sh", "-c",
                          "cd /etc/kubernetes/pki; ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:2379 --cacert etcd/ca.crt "
                          "--cert apiserver-etcd-client.crt --key apiserver-etcd-client.key endpoint health --cluster 2>&1")
    assert members.count("is healthy") == 3 and nodes[lost]["address"] in members, members
