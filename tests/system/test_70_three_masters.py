# SPDX-License-Identifier: Apache-2.0
"""Three masters: under a client that writes and reads all the time one of them is killed, frozen, cut off, or has its disk filled;
another takes the gateway's place; a lost one gets a new machine."""
import contextlib
import os
import random
import signal
import threading
import time
from collections import namedtuple

import pytest

from load import Load, Watch
from outside import Machine, back
from slipway import wait_for

claims = pytest.mark.claims
CLUSTER = "three"
ETCD = "/var/lib/etcd"
MAPS = f"/clusters/{CLUSTER}/proxy/api/v1/namespaces/default/configmaps"
CHANGES = 30
# The longest time without an answer. A death is told by its connections at once; silence counts as one after 10 s.
DEAD_SECONDS, SILENT_SECONDS = 10, 30
GATE_SLACK = 2  # the gate runs beside compilers: it shows that answers come back, --full how soon
Fault = namedtuple("Fault", "name seconds full_seconds gateway_gap other_gap")
FAULTS = {fault.name: fault for fault in (
    Fault("killed", 3, 60, DEAD_SECONDS, DEAD_SECONDS),
    Fault("frozen", 20, 60, SILENT_SECONDS, DEAD_SECONDS),
    Fault("cut off", 20, 300, SILENT_SECONDS, DEAD_SECONDS),
    Fault("full", 20, 90, SILENT_SECONDS, DEAD_SECONDS))}


@contextlib.contextmanager
def harmed(machine, fault):
    if fault.name == "killed":
        machine.kill()
        try:
            yield
        finally:
            machine.power_cycle()
        return
    with {"frozen": machine.frozen, "cut off": machine.cut_off, "full": lambda: machine.full(ETCD)}[fault.name]():
        yield


def pick(api, role, chance):
    """A master that is the cluster's gateway, or one that is not."""
    masters = [n for n in api.items(f"/clusters/{CLUSTER}/nodes") if n["role"] == "master"]
    return chance.choice([n["name"] for n in masters if n["gateway"] == (role == "gateway")])


def whole(api):
    nodes = api.items(f"/clusters/{CLUSTER}/nodes")
    return (api.get(f"/clusters/{CLUSTER}")["state"] == "healthy" and
            all(n["link"]["value"] == "connected" and n["kubernetes"]["value"] == "ready" for n in nodes))


def says_that_it_is_full(api, name):
    trouble = api.get(f"/clusters/{CLUSTER}/nodes/{name}").get("trouble", "")
    cluster = api.get(f"/clusters/{CLUSTER}")
    return (f"{ETCD} is full" in trouble and cluster["state"] == "unhealthy" and
            f"{name}: its disk {ETCD} is full" in cluster["reason"])


def sit_out(api, fault, name, seconds):
    """The time of the harm; tells which other nodes were not Ready meanwhile."""
    ailing, told, end = set(), False, time.monotonic() + seconds
    while time.monotonic() < end:
        ailing |= {n["name"] for n in api.items(f"/clusters/{CLUSTER}/nodes") if n["kubernetes"]["value"] != "ready"} - {name}
        told = told or (fault.name == "full" and says_that_it_is_full(api, name))
        time.sleep(min(1, max(0, end - time.monotonic())))
    assert told or fault.name != "full", f"the API does not say that {name}'s disk {ETCD} is full"
    return ailing


def suffer(api, fault, role, seconds, chance, slack=1):
    """One fault of one master under load, from before it until all is whole again."""
    name = pick(api, role, chance)
    machine, since = Machine(api, name), api.get(f"/clusters/{CLUSTER}/nodes/{name}")["link"]["since"]
    with Load(api, CLUSTER) as load:
        load.wait_until_used()
        began = time.monotonic()
        with harmed(machine, fault):
            ailing = sit_out(api, fault, name, seconds)
        restored = time.monotonic()
        if fault.name == "killed":
            wait_for(f"{name} is back", lambda: back(api, CLUSTER, name, since), 120)
        wait_for("all is whole again", lambda: whole(api), 120)
        healed = time.monotonic()
        load.wait_until_used()
    gaps = load.gaps(began, healed)
    limit = slack * (fault.gateway_gap if role == "gateway" else fault.other_gap)
    print(f"{name} ({role}) {fault.name} for {restored - began:.0f} s: longest gaps "
          f"{', '.join(f'{kind} {gap:.1f} s at +{at - began:.1f}' for kind, (gap, at) in gaps.items())}; whole {healed - restored:.1f} s after; "
          f"others not Ready meanwhile: {sorted(ailing) or 'none'}; {len(load.acknowledged)} rows\n{load.faults()}", flush=True)
    load.check()
    assert all(gap <= limit for gap, _ in gaps.values()), f"{fault.name} {role}: at most {limit} s without an answer: {gaps}"


@pytest.fixture(scope="module")
def three(api):
    api.call("POST", "/clusters", expect=202, json={"name": CLUSTER, "masters": 3, "workers": 0})
    try:
        def ready():
            cluster = api.get(f"/clusters/{CLUSTER}")
            assert cluster["state"] != "failed", cluster
            return cluster["state"] == "healthy"
        wait_for("three masters are Ready", ready, 300)
        yield
    finally:
        api.call("DELETE", f"/clusters/{CLUSTER}", expect=202)
        wait_for("it is gone", lambda: api.call("GET", f"/clusters/{CLUSTER}").status_code == 404, 90)


@claims("C3.one-of-three")
def test_three_masters_outlast_what_happens_to_one(api, three, full, seed):
    chance = random.Random(seed)
    if full:
        plan = [(fault, role, fault.full_seconds) for fault in FAULTS.values() for role in ("gateway", "other")]
    else:
        plan = [(FAULTS["killed"], chance.choice(["gateway", "other"]), 3), (FAULTS["frozen"], "gateway", 20)]
    for number, (fault, role, seconds) in enumerate(plan, 1):
        print(f"{number} of {len(plan)}: {role}, {fault.name} for {seconds} s", flush=True)
        suffer(api, fault, role, seconds, chance, slack=1 if full else GATE_SLACK)


def gateway(api):
    return next(n["name"] for n in api.items(f"/clusters/{CLUSTER}/nodes") if n["gateway"])


def balancer_process(api):
    """The HAProxy of the only load balancer, 0 for none."""
    directory = f"{api.state}/cloud/load-balancers"
    try:
        with open(f"{directory}/{os.listdir(directory)[0]}/haproxy.pid") as text:
            return int(text.readline())
    except (OSError, ValueError, IndexError):
        return 0


def change(name, value):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\ndata: {{value: \"{value}\"}}\n"


@claims("C9.load-balancer")
def test_the_api_servers_are_reached_by_the_load_balancer(api, three):
    address = api.get(f"/clusters/{CLUSTER}")["loadBalancer"]
    assert "loadBalancer" not in api.get("/clusters/demo")
    assert f"https://{address}:6443\n" in api.machine(f"{CLUSTER}-master-2", "cat", "/etc/kubernetes/kubelet.conf")

    def answers():
        return api.from_network("curl", "-sk", "--max-time", "5", f"https://{address}:6443/readyz").stdout == "ok"
    wait_for("the load balancer answers", answers, 30)
    pid = balancer_process(api)
    os.kill(pid, signal.SIGKILL)
    wait_for("another HAProxy runs", lambda: balancer_process(api) not in (0, pid), 30, 0.1)
    wait_for("the load balancer answers again", answers, 30)


@claims("C9.takeover")
def test_no_change_is_lost_or_made_twice_while_the_gateway_changes(api, three):
    watch, lost = Watch(api, CLUSTER), gateway(api)
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


@claims("W7.privileges")
def test_each_masters_api_server_asks_the_agent_beside_it(api, three):
    """Also that of the master that took a lost one's place, which came when the rules were registered already."""
    masters = [node["name"] for node in api.items(f"/clusters/{CLUSTER}/nodes") if node["role"] == "master"]

    def on(master, *words):
        return api.machine(master, "sh", "-c", 'kubectl --kubeconfig /etc/kubernetes/admin.conf --server https://127.0.0.1:6443 "$@" 2>&1; true', "-", *words)
    on(masters[0], "create", "namespace", "team")
    on(masters[0], "label", "namespace", "team", "slipway.io/project=p1")
    for master in masters:
        wait_for(f"{master} refuses a pod that sees its node's processes", lambda: "rule host-pid" in on(
            master, "-n", "team", "run", "wrong", "--image=busybox:1.35", "--dry-run=server", '--overrides={"apiVersion": "v1", "spec": {"hostPID": true}}'), 20)
        assert "created" in on(master, "-n", "team", "run", "right", "--image=busybox:1.35", "--dry-run=server")
    on(masters[0], "delete", "namespace", "team", "--wait=false")
