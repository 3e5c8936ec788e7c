# SPDX-License-Identifier: Apache-2.0
"""Machines that cannot become nodes: the API names what is wrong, and they go on once it is mended."""
import glob
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

import pytest
import yaml

import faults
from browser import Browser
from conftest import free_port
from slipway import Slipway, controller_binary, wait_for

claims = pytest.mark.claims
SAMPLES = 3  # drawn in the gate and made at once
NAMED_WITHIN = 30   # seconds after the machine's start
PATIENCE = 90       # for the test itself: the machine that it runs on may be busy


class OddWorld:
    """A controller of its own, whose image makes faults."""

    def __init__(self, image):
        self.state = tempfile.mkdtemp(prefix="slipway-faults-", dir="/var/lib")
        self.base = f"https://127.0.0.1:{free_port()}"
        faults.write_image(f"{self.state}/image", image)
        with open(f"{self.state}/controller.yaml", "w") as text:
            yaml.safe_dump({"listen": self.base.removeprefix("https://"), "cloud": {"kind": "local", "image": f"{self.state}/image"}}, text)
        self.process = None
        self.api = None

    def up(self):
        with open(f"{self.state}/controller.log", "ab") as log:
            self.process = subprocess.Popen([controller_binary(), "serve", "--state", self.state, "--config", f"{self.state}/controller.yaml"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_for("the controller has made its first administrator", self.has_password, 60)
        with open(f"{self.state}/quickstart.json", "w") as text:
            json.dump({"controller": self.base, "ca": f"{self.state}/ca.crt"}, text)
        with open(f"{self.state}/.authorization", "w") as text:
            text.write("none")
        self.api = Slipway(self.state)
        wait_for("the controller is ready", self.is_ready, 60)
        self.sign_in()

    def has_password(self):
        assert self.process.poll() is None, open(f"{self.state}/controller.log").read()[-2000:]
        return all(os.path.exists(f"{self.state}/{file}") for file in ("first-password", "ca.crt"))

    def is_ready(self):
        with self.api.visitor() as visitor:
            try:
                return visitor.get(f"{self.base}/readyz", timeout=5).status_code == 200
            except OSError:
                return False

    def admin(self):
        with open(f"{self.state}/first-password") as text:
            return {"user": "admin", "password": text.read().strip()}

    def sign_in(self):
        with self.api.visitor() as visitor:
            signed_in = visitor.post(f"{self.base}/api/v1/login", json=self.admin(), timeout=30)
            assert signed_in.status_code == 200, signed_in.text
            made = visitor.post(f"{self.base}/api/v1/tokens", json={"name": "faults"}, headers={"Origin": self.base}, timeout=30)
            assert made.status_code == 201, made.text
        self.api.token = made.json()["token"]

    def down(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        subprocess.run([controller_binary(), "machine", "purge", "--state", self.state], stdin=subprocess.DEVNULL, timeout=120)
        shutil.rmtree(self.state, ignore_errors=True)

    def started(self, node):
        """When the machine of that name was started last, seconds since the epoch; None: not yet."""
        for file in glob.glob(f"{self.state}/cloud/machines/*/machine.json"):
            with open(file) as text:
                if json.load(text)["name"] != node:
                    continue
            try:
                return os.stat(f"{os.path.dirname(file)}/pid").st_mtime
            except FileNotFoundError:
                return None
        return None


@pytest.fixture(scope="module")
def odd_world(world):
    with open(f"{world.state}/controller.yaml") as text:
        odd = OddWorld(yaml.safe_load(text)["cloud"]["image"])
    try:
        odd.up()
        yield odd
    finally:
        odd.down()


def make(api, fault):
    masters, workers = faults.FAULTS[fault].get("nodes", (1, 0))
    return api.call("POST", "/clusters", expect=202, json={"name": fault, "masters": masters, "workers": workers}).json()["operation"]


def remove(api, clusters):
    for name in clusters:
        api.call("DELETE", f"/clusters/{name}", expect=202)
    for name in clusters:
        wait_for(f"{name} is gone", lambda name=name: api.call("GET", f"/clusters/{name}").status_code == 404, 90)


def node(api, fault):
    return api.get(f"/clusters/{fault}/nodes/{faults.node_of(fault)}")


def watch_until_named(world, drawn):
    """Seconds from each machine's start until the API named its fault."""
    seconds = {}

    def all_named():
        for fault in set(drawn) - set(seconds):
            now = time.time()
            seen = node(world.api, fault)
            for other in set(faults.FAULTS) - {fault}:
                assert not faults.named(other, seen), f"{fault} is taken for {other}: {seen['steps']}"
            if faults.named(fault, seen):
                seconds[fault] = now - world.started(faults.node_of(fault))
                print(f"{fault}: named after {seconds[fault]:.1f} s: {faults.words(faults.named(fault, seen))}")
        return len(seconds) == len(drawn)
    try:
        wait_for("every fault is named", all_named, PATIENCE, 0.3)
    except AssertionError:
        for fault in set(drawn) - set(seconds):
            print(fault, json.dumps(node(world.api, fault), indent=1))
            print(world.api.machine(faults.node_of(fault), "journalctl", "--no-pager", "-n", "40", check=False))
        raise
    return seconds


def check_operation(api, operation, fault):
    """The operation tells it too: in the message of the step that waits, and in the node's steps."""
    def told():
        shown = api.get(f"/operations/{operation['id']}")
        steps = [s for s in shown["nodeSteps"] if s["node"] == faults.node_of(fault)]
        if not faults.named(fault, {"steps": steps}):
            return False
        step = faults.FAULTS[fault]["step"]
        return any(s["state"] == "running" and f"step {step} " in s.get("error", "") for s in shown["steps"])
    wait_for(f"the operation names {fault}", told, 30, 0.3)


def check_goes_on(api, fault):
    """Mended by hand, the node gets past the step by itself, or at once when it is asked to try again."""
    cure = faults.FAULTS[fault]
    api.machine(faults.node_of(fault), "bash", "-c", cure["mend"])
    if cure.get("retry"):
        api.call("POST", f"/clusters/{fault}/nodes/{faults.node_of(fault)}/retry", expect=202)

    def past():
        seen = node(api, fault)
        states = {step["name"]: step["state"] for step in seen["steps"]}
        if cure["step"] == "enrol":
            return seen["link"]["value"] == "connected"
        return states.get(cure["step"]) == "done" or not faults.named(fault, seen) and states.get("ready") == "done"
    wait_for(f"{fault} is mended and the node goes on", past, 150, 0.5)


@claims("C14.console-step")
def test_a_failed_step_is_run_again_by_its_button(odd_world, drawn_look):
    api, fault = odd_world.api, "disk-not-blank"
    cure, name = faults.FAULTS[fault], faults.node_of(fault)
    make(api, fault)
    browser = Browser(api)
    try:
        browser.flow("failedStep", **drawn_look, cluster=fault, node=name, step=cure["step"], why="file system or volume of type ext4",
                     on={"failed": lambda: api.machine(name, "bash", "-c", cure["mend"])}, **odd_world.admin())
    finally:
        browser.close()
        remove(api, [fault])


@claims("C14.boot-faults", "C14.waiting", "C14.mended", "E1.unreachable", "E1.two-keys")
def test_each_boot_fault_is_named_and_a_mended_node_goes_on(odd_world, drawn, full):
    api, figures = odd_world.api, {}
    for group in drawn(list(faults.FAULTS), SAMPLES, SAMPLES):
        print("faults:", group)
        operations = {fault: make(api, fault) for fault in group}
        try:
            seconds = watch_until_named(odd_world, group)
            figures.update(seconds)
            for fault in group:
                check_operation(api, operations[fault], fault)
            for fault in [f for f in group if "mend" in faults.FAULTS[f]]:
                check_goes_on(api, fault)
        finally:
            remove(api, group)
    for fault, took in sorted(figures.items()):
        print(f"{fault:20} {took:5.1f} s")
    late = {fault: took for fault, took in figures.items() if took > NAMED_WITHIN}
    assert not late or not full, f"named too late: {late}"  # a loaded gate is no clock
