# SPDX-License-Identifier: Apache-2.0
"""Three masters under a client that writes and reads all the time, while one of them is killed, frozen, cut off, or has its disk filled."""
import contextlib
import random
import time
from collections import namedtuple

import pytest

from load import Load
from outside import Machine, back
from slipway import wait_for

claims = pytest.mark.claims
CLUSTER = "three"
ETCD = "/var/lib/etcd"
# The longest time without an answer. A death is told by its connections at once; silence counts as one after 15 s, looked for each 5 s.
DEAD_SECONDS, SILENT_SECONDS = 10, 30
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
    health = api.get(f"/clusters/{CLUSTER}/nodes/{name}")["health"]
    disk = next(d for d in health["disks"] if d["mount"] == ETCD)
    return disk["usedBytes"] > 0.99 * disk["sizeBytes"]


def sit_out(api, fault, name, seconds):
    """The time of the harm; tells which other nodes were not Ready meanwhile."""
    ailing, told, end = set(), False, time.monotonic() + seconds
    while time.monotonic() < end:
        ailing |= {n["name"] for n in api.items(f"/clusters/{CLUSTER}/nodes") if n["kubernetes"]["value"] != "ready"} - {name}
        told = told or (fault.name == "full" and says_that_it_is_full(api, name))
        time.sleep(min(1, max(0, end - time.monotonic())))
    assert told or fault.name != "full", f"the API does not say that {name}'s disk {ETCD} is full"
    return ailing


def suffer(api, fault, role, seconds, chance):
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
    limit = fault.gateway_gap if role == "gateway" else fault.other_gap
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
        suffer(api, fault, role, seconds, chance)
