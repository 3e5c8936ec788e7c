# SPDX-License-Identifier: Apache-2.0
"""The same request through the controller and straight to the API server: a list of pods, and kubectl exec of nothing."""
import base64
import json
import os
import subprocess
import sys
import time

import yaml

import peers
from keystroke import percentile

LOOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "get_loop.py")
LIST = "/api/v1/pods?limit=500"
EXECS = 10
PATIENCE = 120


def loop(words):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def exec_times(kubectl, pod):
    times = []
    for _ in range(EXECS):
        began = time.perf_counter()
        subprocess.run([*kubectl, "-n", "demo", "exec", pod, "--", "true"], stdin=subprocess.DEVNULL, check=True,
                       capture_output=True, timeout=PATIENCE)
        times.append((time.perf_counter() - began) * 1000)
    return times


def figures_of(lists, execs):
    return {"pod list GET p50": percentile(lists, 0.5), "pod list GET p99": percentile(lists, 0.99),
            "kubectl exec true p50": percentile(execs, 0.5)}


class Proxy:
    name = "proxy"
    figures = [("pod list GET p50", "ms", 1.3, True), ("pod list GET p99", "ms", 1.3, True), ("kubectl exec true p50", "ms", 1.3, True)]
    aim_is_ratio = True
    pod = "bench-proxy"

    def prepare(self, api):
        peers.run_pod(api, self.pod, "exec sleep 1000000")

    def finish(self, api):
        peers.remove_pod(api, self.pod)

    def ours(self, api):
        url = f"{api.base}/api/v1/clusters/demo/proxy{LIST}"
        lists = loop([sys.executable, LOOP, url, f"{api.state}/ca.crt", f"{api.state}/.authorization"])
        return figures_of(lists, exec_times([peers.kubectl_binary(api.state), "--kubeconfig", api.summary["kubeconfig"]], self.pod))

    def peer(self, api):
        straight = peers.straight(api)
        with open(f"{api.state}/bench.kubeconfig") as text:
            config = yaml.safe_load(text)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        for name, data in (("ca", cluster["certificate-authority-data"]),
                           ("pem", user["client-certificate-data"] + "\n" + user["client-key-data"])):
            path = f"{api.state}/bench.{name}"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                for piece in data.split("\n"):
                    out.write(base64.b64decode(piece))
        inside = ["ip", "netns", "exec", peers.router(api.state)]
        lists = loop([*inside, sys.executable, LOOP, cluster["server"] + LIST, f"{api.state}/bench.ca", f"{api.state}/bench.pem"])
        return figures_of(lists, exec_times(straight, self.pod))
