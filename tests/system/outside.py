# SPDX-License-Identifier: Apache-2.0
"""What can happen from outside: to a machine of the local cloud (its power, processes, network, disks), and to the controller."""
import contextlib
import json
import os
import signal
import subprocess

from slipway import controller_binary, wait_for


def first_process(state, resource):
    """PID 1 of a machine as the host counts, 0 for none."""
    try:
        with open(f"{state}/cloud/machines/{resource}/pid") as text:
            pid = int(text.read())
        with open(f"/proc/{pid}/stat") as text:
            return 0 if text.read().rsplit(")", 1)[1].split()[0] == "Z" else pid
    except (OSError, ValueError, IndexError):
        return 0


class Machine:
    """One machine, found by its name each time anew: a creation may replace it."""

    def __init__(self, api, name):
        self.api, self.name = api, name
        with open(f"{api.state}/installation") as text:
            self.prefix = f"slw-{text.read().strip()}-"

    def record(self):
        directory = f"{self.api.state}/cloud/machines"
        for resource in os.listdir(directory):
            try:
                with open(f"{directory}/{resource}/machine.json") as text:
                    record = json.load(text)
            except (OSError, ValueError):
                continue  # being made or deleted
            if record["name"] == self.name:
                return {**record, "id": resource}
        return None

    def pid(self):
        record = self.record()
        return first_process(self.api.state, record["id"]) if record else 0

    def kill(self):
        """As if the plug were pulled: its cloud sees it off, and leaves it so."""
        pid = self.pid()
        assert pid, f"{self.name} does not run"
        os.kill(pid, signal.SIGKILL)
        wait_for(f"{self.name} is off", lambda: self.pid() != pid, 20, 0.05)

    def power_cycle(self):
        """Off by force and on again, through the cloud."""
        self.api.call("POST", f"/clusters/{self.name.rsplit('-', 2)[0]}/nodes/{self.name}/reboot", expect=202, json={"hard": True})

    def runc(self, verb):
        """Whether it was done; what it says goes to the test's log."""
        done = subprocess.run(["runc", "--root", f"{self.api.state}/cloud/runc", verb, self.prefix + self.record()["id"]],
                              capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
        print(done.stderr, end="")
        return done.returncode == 0

    @contextlib.contextmanager
    def frozen(self):
        """Every process of it stands still; its network interface stays. The kernel needs several tries where many begin."""
        wait_for(f"{self.name} is frozen", lambda: self.runc("pause"), 30)
        try:
            yield
        finally:
            assert self.runc("resume")

    def link(self, state):
        number = "".join(f"{int(part):02x}" for part in self.record()["address"].split("."))
        subprocess.run(["ip", "-netns", self.prefix + "router", "link", "set", f"m{number}", state],
                       check=True, capture_output=True, timeout=30, stdin=subprocess.DEVNULL)

    @contextlib.contextmanager
    def cut_off(self):
        """Nothing goes in or out; it runs on and does not know."""
        self.link("down")
        try:
            yield
        finally:
            self.link("up")

    @contextlib.contextmanager
    def full(self, mount):
        """Not one block is free on the disk at `mount`."""
        filler = f"{mount}/filler"
        script = (f"for n in 1048576 65536 4096 256 16 4; do while fallocate -o $(stat -c %s {filler} 2>/dev/null || echo 0) "
                  f"-l ${{n}}K {filler} 2>/dev/null; do :; done; done; df --output=avail {mount} | tail -1")
        free = int(self.api.machine(self.name, "sh", "-c", script).split()[-1])
        assert free < 1024, f"{free} KiB are still free on {mount}"
        try:
            yield
        finally:
            self.api.machine(self.name, "rm", "-f", filler)


def back(api, cluster, node, since):
    """Whether a node is Ready over a link that is newer than `since`."""
    seen = api.get(f"/clusters/{cluster}/nodes/{node}")
    return (seen["link"]["value"] == "connected" and seen["link"]["since"] != since and seen["machine"]["value"] == "running"
            and seen["kubernetes"]["value"] == "ready")


def controller_pid(world):
    with open(f"{world.state}/controller.pid") as text:
        return int(text.read())


def kill_controller(world):
    pid = controller_pid(world)
    os.kill(pid, signal.SIGKILL)
    wait_for("the controller is gone", lambda: not os.path.exists(f"/proc/{pid}") or
             open(f"/proc/{pid}/stat").read().split()[2] == "Z", 10, 0.05)


def start_controller(world):
    with open(f"{world.state}/controller.log", "ab") as log:
        started = subprocess.Popen([controller_binary(), "serve", "--state", world.state, "--config", f"{world.state}/controller.yaml"],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    with open(f"{world.state}/controller.pid", "w") as text:
        text.write(str(started.pid))
    wait_for("the controller is back", lambda: answers(world), 30)


def restart_controller(world):
    """As a supervisor would: quickstart starts what is not running."""
    kill_controller(world)
    start_controller(world)


def answers(world):
    try:
        return world.api.call("GET", "/me").status_code == 200
    except OSError:
        return False
