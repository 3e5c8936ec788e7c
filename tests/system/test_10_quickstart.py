# SPDX-License-Identifier: Apache-2.0
"""The quick start, as its user sees it."""
import json
import os
import socket
import stat
import subprocess
import tempfile
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


def refused(*options, **environment):
    with tempfile.TemporaryDirectory(dir="/var/lib") as folder:
        state = os.path.join(folder, "state")
        done = subprocess.run([f"{TREE}/deploy/quickstart", "--state", state, *options], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, env={**os.environ, **environment}, timeout=60)
        assert done.returncode == 2, done.stdout + done.stderr
        assert not os.path.exists(state), "something was made"
        return done.stderr


@claims("Q1.refusals")
def test_a_missing_prerequisite_is_named_before_anything_is_made():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} on 127.0.0.1 is in use" in refused("--listen", f"127.0.0.1:{port}")
    assert "not a number" in refused("--workers", "two")
    assert "1, 3 or 5 masters" in refused("--masters", "2")
    assert "no such folder" in refused("--kubernetes", "/nowhere")
    assert "unknown option" in refused("--frobnicate")


@claims("Q1.refusals")
def test_it_refuses_to_run_as_another_user():
    done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-s"],
                          input=open(f"{TREE}/deploy/quickstart").read().replace(
                              '$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)', TREE),
                          capture_output=True, text=True, timeout=60, cwd="/")
    assert done.returncode != 0 and ("not root" in done.stderr or "Permission denied" in done.stderr)
