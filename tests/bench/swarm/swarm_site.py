# SPDX-License-Identifier: Apache-2.0
"""A real controller whose machines are the simulated agents of slipway-swarm, all on the loopback; and its peers."""
import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess
import tempfile
import time

from slipway import Slipway, wait_for

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

CONTROLLER = f"{TREE}/build/release/controller/slipway-controller"
PROGRAMS = f"{TREE}/build/release/tests/bench/swarm"
MOST_SECONDS = 3 * 3600  # nothing here outlives that
TICKS = os.sysconf("SC_CLK_TCK")


def build(*targets):
    """Programs that are no part of what is shipped, so that nobody else builds them."""
    subprocess.run(["cmake", "--preset", "release"], cwd=TREE, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", "build/release", *targets], cwd=TREE, check=True, stdout=subprocess.DEVNULL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dies_with_us(*words):
    return ["setpriv", "--pdeathsig", "KILL", *words]


class Process:
    """A server under test: what it takes."""

    def __init__(self, words, log):
        self.popen = subprocess.Popen(dies_with_us(*words), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def rss_kb(self):
        with open(f"/proc/{self.popen.pid}/status") as text:
            return next(int(line.split()[1]) for line in text if line.startswith("VmRSS"))

    def cpu_seconds(self):
        with open(f"/proc/{self.popen.pid}/stat") as text:
            fields = text.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.popen.pid}/fd"))

    def cpu_share(self, seconds):
        """Of one core, in the coming seconds."""
        began, used = time.monotonic(), self.cpu_seconds()
        time.sleep(seconds)
        return (self.cpu_seconds() - used) / (time.monotonic() - began)

    def kill(self):
        self.popen.kill()
        self.popen.wait()

    def end(self):
        self.popen.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(30)
        self.kill()


class Program:
    """A program of the swarm: asked in lines of words, answers in lines of JSON, ends with its input."""

    def __init__(self, words, log):
        self.popen = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)

    def ask(self, *words):
        self.popen.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.popen.stdin.flush()
        line = self.popen.stdout.readline()
        assert line, f"{self.popen.args[0]} has ended: {self.popen.wait(10)}"
        return json.loads(line)

    def stat(self):
        return self.ask("stat")

    def all_up(self, seconds):
        """The moment when the last came up, in ns of the monotonic clock."""
        return wait_for("all are up", lambda: self.stat().get("all_up_ns"), seconds, 0.2)

    def end(self):
        self.popen.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(60)
        self.popen.kill()
        self.popen.wait()
        self.popen.stdout.close()


class SwarmSite:
    """A scratch installation and all that runs on it; a context that leaves nothing behind."""

    def __init__(self, agents, clusters=0, controller=CONTROLLER):
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
        self.agents_most, self.binary = agents, controller
        self.state = tempfile.mkdtemp(prefix="slipway-swarm-", dir="/var/lib")
        self.listen = f"127.0.0.1:{free_port()}"
        self.log = open(f"{self.state}/swarm.log", "ab")
        self.running = []
        self.controller = None
        try:
            subprocess.run([f"{PROGRAMS}/slipway-swarm", "prepare", "--state", self.state, "--agents", str(agents), "--clusters",
                            str(clusters), "--listen", self.listen], check=True, timeout=600)
        except BaseException:
            self.down()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.down()

    def start_controller(self):
        self.controller = Process([self.binary, "serve", "--state", self.state, "--config", f"{self.state}/controller.yaml"],
                                  self.log)
        wait_for("the controller is ready", self.is_ready, 120, 0.1)
        return self.controller

    def is_ready(self):
        assert self.controller.popen.poll() is None, f"the controller has ended: see {self.state}/swarm.log"
        with contextlib.suppress(OSError), Slipway(self.state).visitor() as page:
            return page.get(f"https://{self.listen}/readyz", timeout=10).status_code == 200

    @property
    def api(self):
        return Slipway(self.state)

    def started(self, words):
        program = Program(words, self.log)
        self.running.append(program)
        return program

    def swarm(self, command, *words, inside=()):
        return self.started([*inside, f"{PROGRAMS}/slipway-swarm", command, "--state", self.state, "--seconds", str(MOST_SECONDS),
                             *(str(word) for word in words)])

    def agents(self, count=0, churn=0, seed=1):
        """The agents themselves; they dial from the machines' network."""
        return self.swarm("run", "--agents", count, "--churn", churn, "--seed", seed, inside=Slipway.in_network(self))

    def people(self, streams, slow=0, life=0, seed=1, agents=0):
        return self.swarm("people", "--controller", self.listen, "--streams", streams, "--slow", slow, "--life", life, "--seed",
                          seed, "--agents", agents)

    def clients(self, kind, port, count=0):
        return self.swarm("clients", "--kind", kind, "--server", f"127.0.0.1:{port}", "--agents", count)

    def file(self, name):
        return f"{self.state}/swarm/{name}"

    def down(self):
        for program in self.running:
            program.end()
        if self.controller:
            self.controller.end()
            subprocess.run([self.binary, "machine", "purge", "--state", self.state], stdin=subprocess.DEVNULL, check=False)
        self.log.close()
        shutil.rmtree(self.state, ignore_errors=True)
