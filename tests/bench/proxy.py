# SPDX-License-Identifier: Apache-2.0
"""The same request through the controller and straight to the API server: lists of a few pods and of 500, and kubectl exec of nothing.
The limit of a list is two HAProxies in a row, TLS on each way: as little as the two hops of controller and agent can cost."""
import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import yaml

import peers
from keystroke import percentile

LOOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "get_loop.py")
LIST = "/api/v1/pods?limit=500"
MANY, SPACE = 500, "bench-proxy"  # as many as kubectl asks for at a time
EXECS = 10
PATIENCE = 120
HOPS = (17001, 17002)  # ports of the namespace's own loopback
HOP = """
global
  nbthread 1
defaults
  mode http
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen hop
  bind 127.0.0.1:{port} ssl crt {folder}/hop.pem alpn http/1.1
  server next {next} ssl verify none alpn http/1.1 {own}
"""


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


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write_secret(path, *pieces):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(b"".join(pieces))


def end(pid):
    """Ends a daemon, which is nobody's child, and waits until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        for _ in range(PATIENCE * 10):
            os.kill(pid, signal.SIGTERM)
            time.sleep(0.1)


def straight_to_api_server(api):
    """(server's URL, its CA's file, the file of the administrator's certificate and key), from the cluster's own kubeconfig."""
    peers.straight(api)  # writes it
    with open(f"{api.state}/bench.kubeconfig") as text:
        config = yaml.safe_load(text)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    files = {f"{api.state}/bench.ca": [cluster["certificate-authority-data"]],
             f"{api.state}/bench.pem": [user["client-certificate-data"], user["client-key-data"]]}
    for path, pieces in files.items():
        write_secret(path, *(base64.b64decode(piece) for piece in pieces))
    return cluster["server"], *files


@contextlib.contextmanager
def two_hops(inside, server, own):
    """Two HAProxies in the namespace that lead to the API server with the certificate `own`: (URL of the first, its CA's file)."""
    ways = {HOPS[0]: (f"127.0.0.1:{HOPS[1]}", ""), HOPS[1]: (server.removeprefix("https://"), f"crt {own}")}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ends:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-subj", "/CN=hop", "-keyout", f"{folder}/hop.key", "-out", f"{folder}/hop.crt"], check=True, capture_output=True)
        write_secret(f"{folder}/hop.pem", *(read(f"{folder}/hop.{name}") for name in ("crt", "key")))
        for port, (following, certificate) in ways.items():
            config, pid = f"{folder}/{port}.cfg", f"{folder}/{port}.pid"
            with open(config, "w") as out:
                out.write(HOP.format(port=port, folder=folder, next=following, own=certificate))
            subprocess.run([*inside, "haproxy", "-D", "-p", pid, "-f", config], check=True, timeout=PATIENCE)  # returns when it listens
            ends.callback(end, int(read(pid)))
        yield f"https://127.0.0.1:{HOPS[0]}", f"{folder}/hop.crt"


def ours_of(api, path):
    return loop([sys.executable, LOOP, f"{api.base}/api/v1/clusters/demo/proxy{path}", f"{api.state}/ca.crt", f"{api.state}/.authorization"])


def straight_of(api, path):
    server, ca, own = straight_to_api_server(api)
    return loop([*inside_of(api), sys.executable, LOOP, server + path, ca, own])


def least_of(api, path):
    server, _, own = straight_to_api_server(api)
    with two_hops(inside_of(api), server, own) as (url, ca):
        return loop([*inside_of(api), sys.executable, LOOP, url + path, ca, own])


def inside_of(api):
    return ["nsenter", f"--net=/run/netns/{peers.router(api.state)}"]  # `ip netns exec` has mounts of its own, which hold disks


def figures_of(lists, execs):
    return {"pod list GET p50": percentile(lists, 0.5), "pod list GET p99": percentile(lists, 0.99),
            "kubectl exec true p50": percentile(execs, 0.5) if execs else None}


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
        return figures_of(ours_of(api, LIST), exec_times([peers.kubectl_binary(api.state), "--kubeconfig", api.summary["kubeconfig"]], self.pod))

    def peer(self, api):
        return figures_of(straight_of(api, LIST), exec_times(peers.straight(api), self.pod))

    def limit(self, api):
        return figures_of(least_of(api, LIST), None)


class LongList:
    """The same of 500 pods that wait for a scheduler that nobody is."""
    name = "proxy-long"
    figures = [("list of 500 pods GET p50", "ms", 1.3, True), ("list of 500 pods GET p99", "ms", 1.3, True)]
    aim_is_ratio = True
    path = f"/api/v1/namespaces/{SPACE}/pods?limit={MANY}"

    def prepare(self, api):
        api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
        pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"pod-{at:03}"}, "spec": {
            "schedulerName": "nobody", "automountServiceAccountToken": False, "containers": [{"name": "main", "image": "busybox:1.35"}]}} for at in range(MANY)]
        api.kubectl("-n", SPACE, "create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}), timeout=peers.PATIENCE)

    def finish(self, api):
        api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)

    def of(self, way, api):
        lists = way(api, self.path)
        return dict(zip((figure[0] for figure in self.figures), (percentile(lists, 0.5), percentile(lists, 0.99))))

    def ours(self, api):
        return self.of(ours_of, api)

    def peer(self, api):
        return self.of(straight_of, api)

    def limit(self, api):
        return self.of(least_of, api)
