# SPDX-License-Identifier: Apache-2.0
"""Links that nobody closes: a network that is cut, a machine that is frozen, a controller that hangs; and slow readers."""
import os
import re
import signal
import time

import pytest

from outside import Machine, controller_pid
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


@claims("E1.half-open", "E1.back-off")
def test_a_cut_network_and_a_frozen_machine_are_found_on_both_sides_and_heal(api):
    cut, frozen = "demo-worker-1", "demo-master-1"
    since = link(api, cut)["since"]
    api.machine(cut, "systemctl", "restart", "slipway-agent")  # its back-off begins anew
    wait_for("it is linked", lambda: connected(api, cut, since), 60)
    before = {node: link(api, node)["since"] for node in NODES}
    cursor = {node: journal(api, node) for node in NODES}
    began = time.monotonic()
    with Machine(api, frozen).frozen(), Machine(api, cut).cut_off():
        for node in NODES:
            left = FOUND_WITHIN - (time.monotonic() - began)
            wait_for(f"{node} is found out of reach", lambda n=node: link(api, n)["value"] == "disconnected", left)
            fact = link(api, node)
            assert "silent" in fact["detail"], fact
        print(f"the controller knew after {time.monotonic() - began:.1f} s")
        wait_for("the cut agent knows", lambda: "silent" in journal(api, cut, cursor[cut]), FOUND_WITHIN - (time.monotonic() - began))
        wait_for("it tries again", lambda: journal(api, cut, cursor[cut]).count("next attempt") >= 2, 30)
    for node in NODES:
        wait_for(f"{node} is back", lambda n=node: connected(api, n, before[n]), 60)
    print("waits of the agent (ms):", follows_the_back_off(journal(api, cut, cursor[cut])))
    wait_for("the thawed agent knows", lambda: "link: down" in journal(api, frozen, cursor[frozen]), 20)
    one_link_each(api)


@claims("E1.half-open")
def test_a_controller_that_hangs_is_found_by_its_agents_and_no_link_is_doubled(world, api):
    controller = controller_pid(world)
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
