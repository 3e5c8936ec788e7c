# SPDX-License-Identifier: Apache-2.0
"""Agents that restart, are killed, replaced or hang: containers run on, followed logs lose and double nothing."""
import threading

import pytest

from slipway import wait_for
from test_52_links import connected, link

claims = pytest.mark.claims
NODE, MASTER = "demo-worker-1", "demo-master-1"
COUNTER = f"""
apiVersion: v1
kind: Pod
metadata: {{name: counter, namespace: demo}}
spec:
  nodeName: {NODE}
  terminationGracePeriodSeconds: 0
  containers:
    - name: counter
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      command: [sh, -c, 'i=0; while true; do i=$((i+1)); echo "count $i"; sleep 0.1; done']
"""


class Follower(threading.Thread):
    """Reads a followed log to the end of the test."""

    def __init__(self, api, pod):
        super().__init__(daemon=True)
        self.answer = api.call("GET", f"/clusters/demo/namespaces/demo/pods/{pod}/log?follow=true", expect=200, stream=True)
        self.numbers, self.over = [], None
        self.start()

    def run(self):
        try:
            for line in self.answer.iter_lines():
                self.numbers.append(int(line.split()[1]))
            self.over = "it ended"
        except Exception as error:  # noqa: BLE001: told by the test that looks
            self.over = repr(error)

    def goes_on(self, what):
        before = len(self.numbers)
        wait_for(f"the log goes on after {what}", lambda: len(self.numbers) > before + 5 or self.over, 60)
        assert not self.over, f"after {what}: {self.over}"


def pids(api):
    """Of every container's first process on the node."""
    return set(api.machine(NODE, "sh", "-c", "ctr -n k8s.io tasks ls | awk 'NR>1 && $3==\"RUNNING\" {print $1, $2}'").splitlines())


def linked_after(api, what):
    """Does it and waits until the node is linked anew."""
    since = link(api, NODE)["since"]
    what()
    wait_for("the node is linked again", lambda: connected(api, NODE, since), 60)


@pytest.fixture(scope="module")
def counter(api):
    api.apply("demo", COUNTER, "demo")
    yield api.pod("demo", "counter")["name"]
    api.kubectl("-n", "demo", "delete", "pod", "counter", "--wait=false")


@claims("E1.agent-restart")
def test_containers_and_followed_logs_outlive_the_agent(api, counter):
    follower = Follower(api, counter)
    follower.goes_on("its start")
    terminal = api.terminal("demo", counter, "tty=true")
    terminal.send("echo here-$((40+2))\n")
    terminal.until("here-42")
    running = pids(api)
    linked_after(api, lambda: api.machine(NODE, "systemctl", "restart", "slipway-agent"))
    ended = terminal.finish()
    assert ended and ended["code"] != 0 and ended["message"], ended
    print("the terminal's last words:", ended)
    follower.goes_on("a restart")
    linked_after(api, lambda: api.machine(NODE, "systemctl", "kill", "-s", "KILL", "slipway-agent"))
    follower.goes_on("a kill")
    upgrade = "cp /usr/bin/slipway-agent /usr/bin/slipway-agent.new && mv /usr/bin/slipway-agent.new /usr/bin/slipway-agent"
    linked_after(api, lambda: api.machine(NODE, "sh", "-c", f"{upgrade} && systemctl restart slipway-agent"))
    follower.goes_on("another binary")
    assert pids(api) >= running
    seen = list(follower.numbers)
    assert seen == list(range(1, len(seen) + 1)), [n for n, m in zip(seen, seen[1:]) if m != n + 1]
    session = api.terminal("demo", counter, "command=echo&command=again")
    assert session.finish()["code"] == 0 and session.output == b"again\n"
    follower.answer.close()


@claims("E1.gateway-restart")
def test_a_gateway_whose_kubectl_was_just_there_stops_by_itself(api):
    api.call("GET", "/clusters/demo/proxy/api/v1/pods?limit=1", expect=200)  # its connection is kept, with a deadline
    since = link(api, MASTER)["since"]
    again = "systemctl stop slipway-agent; systemctl show -p Result --value slipway-agent; systemctl start slipway-agent"
    assert api.machine(MASTER, "sh", "-c", again).strip() == "success", "systemd had to kill it"
    wait_for("the gateway is linked again", lambda: connected(api, MASTER, since), 60)
    wait_for("kubectl's way is open again", lambda: api.call("GET", "/clusters/demo/proxy/api/v1/pods?limit=1").status_code == 200, 30)


def restarts(api):
    """How often systemd has started the agent anew by itself."""
    return int(api.machine(NODE, "systemctl", "show", "-p", "NRestarts", "--value", "slipway-agent"))


@claims("E1.busy-node")
def test_the_agent_has_a_share_of_the_cpu_of_its_own(api):
    def shown(unit, what):
        return api.machine(NODE, "systemctl", "show", "-p", what, "--value", unit).strip()
    assert shown("slipway-agent", "ControlGroup") == "/slipway.slice/slipway-agent.service"
    pid = shown("slipway-agent", "MainPID")
    group = next(line.split(":")[2] for line in api.machine(NODE, "cat", f"/proc/{pid}/cgroup").splitlines()
                 if "cpu" in line.split(":")[1].split(",") or line.startswith("0::"))
    assert "slipway.slice" in group, "systemd alone knows it, and not the kernel"
    assert int(shown("slipway.slice", "CPUWeight")) == 1000


@claims("E1.watchdog")
def test_a_hanging_agent_is_killed_by_the_watchdog_and_comes_back(api):
    unit = api.machine(NODE, "systemctl", "show", "-p", "WatchdogUSec,WatchdogSignal", "slipway-agent")
    assert "WatchdogUSec=1min" in unit and "WatchdogSignal=9" in unit, unit
    drop_in = "/run/systemd/system/slipway-agent.service.d"
    api.machine(NODE, "sh", "-c", f"mkdir -p {drop_in} && printf '[Service]\\nWatchdogSec=15\\n' >{drop_in}/short.conf && systemctl daemon-reload")
    try:
        linked_after(api, lambda: api.machine(NODE, "systemctl", "restart", "slipway-agent"))
        before = restarts(api)
        linked_after(api, lambda: api.machine(NODE, "sh", "-c", "kill -STOP $(systemctl show -p MainPID --value slipway-agent)"))
        assert restarts(api) == before + 1  # by systemd: nobody else wakes or ends what is stopped
    finally:
        api.machine(NODE, "sh", "-c", f"rm -r {drop_in}; systemctl daemon-reload; systemctl restart slipway-agent")
    wait_for("it is linked", lambda: link(api, NODE)["value"] == "connected", 60)
