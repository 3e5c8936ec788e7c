# SPDX-License-Identifier: Apache-2.0
"""Releases of the agent, made by the product's own tool and laid where the controller looks for them."""
import os
import subprocess
import tempfile

from conftest import TREE
from slipway import image_layers, wait_for

AGENT = f"{TREE}/build/release/agent/slipway-agent"
OWN_VERSION = b"\0000.1.0\000"


def next_program(version):
    """This tree's agent, whose bytes say another version: a release that works."""
    with open(AGENT, "rb") as file:
        program = file.read()
    assert program.count(OWN_VERSION) == 1 and len(version) == 5
    return program.replace(OWN_VERSION, b"\0" + version.encode() + b"\0")


def image_program(state):
    """The agent that the node image came with."""
    layer = next(layer for layer in image_layers(state) if os.path.exists(f"{layer}/usr/bin/slipway-agent"))
    with open(f"{layer}/usr/bin/slipway-agent", "rb") as file:
        return file.read()


def script(version, then):
    """A program that says its version and then does what breaks it."""
    return f"#!/bin/sh\n[ \"$1\" != version ] || {{ echo 'slipway-agent {version} (protocol 1)'; exit; }}\n{then}\n".encode()


def publish(state, version, program, key=None):
    """Signs the program, with the installation's key or another, and lays it into the release directory."""
    with tempfile.TemporaryDirectory(prefix="slipway-release-") as work:
        with open(f"{work}/agent", "wb") as file:
            file.write(program)
        os.chmod(f"{work}/agent", 0o755)
        subprocess.run([f"{TREE}/bootstrap/release-agent", "--agent", f"{work}/agent", "--out", f"{state}/agent-releases/{version}",
                        "--cache", os.environ.get("SLIPWAY_CACHE", "/var/cache/slipway"), *(["--key", key] if key else [])],
                       check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)


def new_key(path):
    subprocess.run(["openssl", "genpkey", "-algorithm", "ED25519", "-out", path], check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return path


def upgrade(api, release, cluster="demo"):
    """Asks for it and waits for its end: the operation."""
    begun = api.call("POST", f"/clusters/{cluster}/agent-upgrade", expect=202, json={"release": release}).json()
    path = f"/operations/{begun['operation']['id']}"
    wait_for(f"the upgrade to {release} ends", lambda: api.get(path)["state"] in ("done", "failed"), 240)
    return api.get(path)


def release_of(api, node, cluster="demo"):
    return api.get(f"/clusters/{cluster}/nodes/{node}")["agent"]["release"]
