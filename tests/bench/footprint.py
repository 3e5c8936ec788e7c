# SPDX-License-Identifier: Apache-2.0
"""What the agent takes of a node: on the master, where it is the gateway and holds the most."""
import contextlib
import os
import threading
import time

import peers

NODE = "demo-master-1"
SECONDS = 20
LOGS = TERMINALS = 5
PEERS = ("kubelet", "containerd")


def usage(api):
    """program -> (RSS in MB, CPU seconds so far), of the agent and its peers on the node."""
    told = api.machine(NODE, "sh", "-c", "for name in slipway-agent " + " ".join(PEERS) + "; do p=$(pidof -s $name); "
                       "echo $name $(awk '/VmRSS/{print $2}' /proc/$p/status) $(cut -d' ' -f14,15 /proc/$p/stat); done")
    rows = [line.split() for line in told.splitlines()]
    return {name: (int(rss) * 1024 / 1e6, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")) for name, rss, user, system in rows}


class Footprint:
    """Rows for kubelet and for containerd; ours is the same in both."""
    sample = None
    name = "footprint"
    figures = [(f"{what}, {peer}", unit, aim, True) for peer in PEERS for what, unit, aim in
               (("agent RSS idle", "MB", 20), ("agent RSS 10 streams", "MB", 20), ("agent CPU idle", "% core", 0.2))]
    aim_is_ratio = False
    pod = "bench-footprint"

    def prepare(self, api):
        peers.run_pod(api, self.pod, f"yes {peers.LINE} | head -n 1000; while :; do date; sleep 1; done", NODE)

    def finish(self, api):
        peers.remove_pod(api, self.pod)

    def ours(self, api):
        before = usage(api)
        time.sleep(SECONDS)
        idle = usage(api)
        with self.streams(api):
            busy = usage(api)
        self.sample = {name: {"agent RSS idle": idle[name][0], "agent RSS 10 streams": busy[name][0],
                              "agent CPU idle": 100 * (idle[name][1] - before[name][1]) / SECONDS} for name in idle}
        return {f"{what}, {peer}": value for peer in PEERS for what, value in self.sample["slipway-agent"].items()}

    def peer(self, _):
        """Of the same seconds as ours."""
        return {f"{what}, {peer}": value for peer in PEERS for what, value in self.sample[peer].items()}

    @contextlib.contextmanager
    def streams(self, api):
        """Logs that are followed and shells that have answered."""
        with contextlib.ExitStack() as stack:
            for _ in range(LOGS):
                answer = stack.enter_context(api.call("GET", f"/clusters/demo/namespaces/demo/pods/{self.pod}/log?follow=true",
                                                      stream=True))
                threading.Thread(target=drain, args=(answer,), daemon=True).start()
            for _ in range(TERMINALS):
                session = api.terminal("demo", self.pod, "tty=true")
                stack.callback(session.connection.close)
                session.send("echo rea''dy\n")
                session.until("ready")
            time.sleep(2)
            yield


def drain(answer):
    try:
        for _ in answer.iter_content(None):
            pass
    except Exception:  # closed under our hands, which is how this ends
        pass
