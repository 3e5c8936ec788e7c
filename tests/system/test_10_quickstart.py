# SPDX-License-Identifier: Apache-2.0
"""The quick start, as its user sees it."""
import json
import os
import random
import signal
import stat
import subprocess
import time

import pytest
import requests

from conftest import TREE

claims = pytest.mark.claims


@claims("Q1.up", "C1.one-request", "E1.by-itself")
def test_one_command_ends_with_two_ready_nodes_and_an_answering_workload(world, api):
    nodes = api.items("/clusters/demo/nodes")
    assert sorted(node["role"] for node in nodes) == ["master", "worker"]
    assert all(node["kubernetes"]["value"] == "ready" for node in nodes), nodes
    assert "Hello from Slipway" in requests.get(api.summary["demo"], timeout=10).text
    assert sorted(api.summary) == ["ca", "cluster", "controller", "demo", "kubeconfig", "password", "user"]
    assert stat.S_IMODE(os.stat(f"{world.state}/quickstart.json").st_mode) == 0o600
    assert api.summary["password"] in world.first_output
    for needed in (api.summary["controller"], api.summary["demo"], "Try:"):
        assert needed in world.first_output


@claims("Q1.again")
def test_a_second_run_changes_nothing_and_takes_seconds(world, api):
    before = sorted(machine["id"] for machine in api.items("/machines"))
    with open(f"{world.state}/quickstart.json") as text:
        summary = json.load(text)
    began = time.monotonic()
    done = world.quickstart()
    assert time.monotonic() - began < 30
    with open(f"{world.state}/quickstart.json") as text:
        assert json.load(text) == summary
    assert sorted(machine["id"] for machine in api.items("/machines")) == before
    assert summary["password"] not in done.stdout + done.stderr, "the password is shown once"


@claims("Q1.status")
def test_status_tells_what_runs(world):
    told = world.quickstart("--status").stdout
    assert "controller   https://" in told
    assert "cluster      demo  healthy" in told
    assert told.count("kubernetes ready") == 2


@claims("Q1.interrupted")
def test_an_interrupted_run_goes_through_when_it_is_run_again(world, api, seed):
    """On what is there already, so that every step is short; half of the times nothing can be tidied up (SIGKILL)."""
    draw = random.Random(seed)
    before = sorted(machine["id"] for machine in api.items("/machines"))
    for number in (signal.SIGINT, signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        started = subprocess.Popen([f"{TREE}/deploy/quickstart", "--state", world.state], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        try:
            started.wait(draw.uniform(0.05, 5))
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, number)
        told = started.communicate(timeout=60)[0]
        print(number, told)
        if started.returncode == 130 and "packages" in told and "summary" not in told:  # after its last step all is done
            assert "interrupted at" in told and "run it again to go on" in told
    assert "Slipway is up." in world.quickstart().stdout
    assert sorted(machine["id"] for machine in api.items("/machines")) == before
