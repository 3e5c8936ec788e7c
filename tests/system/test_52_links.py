# SPDX-License-Identifier: Apache-2.0
"""Links that nobody closes: a network that is cut, a machine that is frozen, a controller that hangs; and slow readers."""
import glob
import json
import os
import re
import signal
import socket
import struct
import subprocess
import time

import pytest

from slipway import wait_for

claims = pytest.mark.claims
NODES = ("demo-master-1", "demo-worker-1")
FOUND_WITHIN = 30  # seconds, on both sides
FIRST_WAIT_MS, LONGEST_WAIT_MS = 500, 30_000


def link(api, node):
    return api.get(f"/clusters/demo/nodes/{node}")["link"]


def connected(api, node, since):
    fact = link(api, node)
    return fact["value"] == "connected" and fact["since"] != since


def journal(api, node, cursor=None):
    """The agent's own words; without a cursor: where its journal ends now."""
    words = ["journalctl", "--no-pager", "-q", "-o", "cat", "-u", "slipway-agent", "--show-cursor"]
    text = api.machine(node, *words, *(["--after-cursor", cursor] if cursor else ["-n", "1"]))
    said, _, end = text.rpartition("-- cursor: ")
    return said if cursor else end.strip()


def sockets_of(api, address):
    """The controller's established connections with a machine."""
    told = api.from_network("ss", "-Htn", "state", "established", "sport", "=", ":7443", "and", "dst", address, check=True)
    return len(told.stdout.splitlines())


def one_link_each(api):
    for node in NODES:
        address = api.get(f"/clusters/demo/nodes/{node}")["address"]
        wait_for(f"one connection of {node}", lambda a=address: sockets_of(api, a) == 1, 20)


def follows_the_back_off(text):
    """Each wait lies between half the first one and a ceiling that doubles with each attempt."""
    waits = [int(ms) for ms in re.findall(r"next attempt in (\d+) ms", text)]
    assert waits, text
    for attempt, wait in enumerate(waits):
        assert FIRST_WAIT_MS / 2 <= wait <= min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt + 1)), waits
    return waits


class Port:
    """A machine's port of the network, taken down: packets vanish, no socket is closed."""

    def __init__(self, api, node):
        address = api.get(f"/clusters/demo/nodes/{node}")["address"]
        self.api, self.name = api, f"m{struct.unpack('>I', socket.inet_aton(address))[0]:08x}"

    def set(self, state):
        self.api.from_network("ip", "link", "set", self.name, state, check=True)


class Freezer:
    """A machine's processes, all of them stopped at once."""

    def __init__(self, world, node):
        with open(f"{world.state}/installation") as text:
            prefix = f"slw-{text.read().strip()}"
        rows = [json.load(open(path)) for path in glob.glob(f"{world.state}/cloud/machines/*/machine.json")]
        self.words = ["runc", "--root", f"{world.state}/cloud/runc"]
        self.name = f"{prefix}-{next(row['id'] for row in rows if row['name'] == node)}"

    def run(self, verb):
        subprocess.run([*self.words, verb, self.name], check=True, capture_output=True, timeout=60)


@claims("E1.half-open", "E1.back-off")
def test_a_cut_network_and_a_frozen_machine_are_found_on_both_sides_and_heal(world, api):
    cut, frozen = "demo-worker-1", "demo-master-1"
    since = link(api, cut)["since"]
    api.machine(cut, "systemctl", "restart", "slipway-agent")  # its back-off begins anew
    wait_for("it is linked", lambda: connected(api, cut, since), 60)
    before = {node: link(api, node)["since"] for node in NODES}
    cursor = {node: journal(api, node) for node in NODES}
    port, freezer = Port(api, cut), Freezer(world, frozen)
    began = time.monotonic()
    try:
        freezer.run("pause")
        port.set("down")
        for node in NODES:
            left = FOUND_WITHIN - (time.monotonic() - began)
            wait_for(f"{node} is found out of reach", lambda n=node: link(api, n)["value"] == "disconnected", left)
            fact = link(api, node)
            assert "silent" in fact["detail"], fact
        print(f"the controller knew after {time.monotonic() - began:.1f} s")
        wait_for("the cut agent knows", lambda: "silent" in journal(api, cut, cursor[cut]), FOUND_WITHIN - (time.monotonic() - began))
        wait_for("it tries again", lambda: journal(api, cut, cursor[cut]).count("next attempt") >= 2, 30)
    finally:
        port.set("up")
        freezer.run("resume")
    for node in NODES:
        wait_for(f"{node} is back", lambda n=node: connected(api, n, before[n]), 60)
    print("waits of the agent (ms):", follows_the_back_off(journal(api, cut, cursor[cut])))
    wait_for("the thawed agent knows", lambda: "link: down" in journal(api, frozen, cursor[frozen]), 20)
    one_link_each(api)


@claims("E1.half-open")
def test_a_controller_that_hangs_is_found_by_its_agents_and_no_link_is_doubled(world, api):
    with open(f"{world.state}/controller.pid") as text:
        controller = int(text.read())
    before = {node: link(api, node)["since"] for node in NODES}
    cursor = {node: journal(api, node) for node in NODES}
    began = time.monotonic()
    os.kill(controller, signal.SIGSTOP)
    try:
        for node in NODES:
            wait_for(f"{node} knows", lambda n=node: "silent" in journal(api, n, cursor[n]), FOUND_WITHIN - (time.monotonic() - began))
        print(f"both agents knew after {time.monotonic() - began:.1f} s")
        wait_for("one has dialled in vain", lambda: any(journal(api, n, cursor[n]).count("next attempt") >= 2 for n in NODES), 30)
    finally:
        os.kill(controller, signal.SIGCONT)
    for node in NODES:
        wait_for(f"{node} is back", lambda n=node: connected(api, n, before[n]), 60)
    one_link_each(api)


@claims("E1.slow-reader")
def test_streams_that_nobody_reads_hold_up_no_other_on_the_same_link(api):
    api.apply("demo", """
apiVersion: v1
kind: Pod
metadata: {name: gusher, namespace: demo}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: gusher
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      command: [sh, -c, 'yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 8000000; sleep 3600']
""", "demo")
    api.pod("demo", "gusher")
    stuck = api.terminal("demo", "gusher", "command=yes")  # its output is never read either
    stalled = [api.call("GET", "/clusters/demo/namespaces/demo/pods/gusher/log?follow=true", stream=True) for _ in range(3)]
    try:
        session = api.terminal("demo", "gusher", "tty=true")
        for turn in range(5):
            began = time.monotonic()
            session.send(f"echo {turn}-$((1+1))x\n")
            session.until(f"{turn}-2x", 10)
            assert time.monotonic() - began < 5
        session.connection.close()
    finally:
        stuck.connection.close()
        for answer in stalled:
            answer.close()
    api.kubectl("-n", "demo", "delete", "pod", "gusher", "--wait=false")
