#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""From a machine's start to its node's Ready: a cluster of one master and one worker, by one request, beside the same cluster
by hand: machines of the same image but without the agent, and tests/bench/by-hand run in them.

Run as a program, in a network namespace, it is what watches both: boot.py KUBECONFIG NODE…"""
import base64
import glob
import http.client
import io
import json
import os
import re
import ssl
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTER, MASTER, WORKER = "bench", "bench-master-1", "bench-worker-1"
POLL = 0.2
PATIENCE = 300
COPIED = {MASTER: ["/etc/kubernetes/kubeadm.yaml", "/etc/kubernetes/encryption.yaml", "/etc/default/etcd",
                   "/etc/containerd/config.toml", "/etc/cni/net.d/10-slipway.conflist"],
          WORKER: ["/etc/kubernetes/kubeadm.yaml", "/etc/containerd/config.toml", "/etc/cni/net.d/10-slipway.conflist"]}


def now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def client(kubeconfig):
    """(address, TLS context) of a kubeconfig that holds a client certificate."""
    with open(kubeconfig) as text:
        field = dict(re.findall(r"([a-z-]+): (\S+)", text.read()))
    context = ssl.create_default_context(cadata=base64.b64decode(field["certificate-authority-data"]).decode())
    with tempfile.NamedTemporaryFile() as pair:
        pair.write(base64.b64decode(field["client-certificate-data"]) + base64.b64decode(field["client-key-data"]))
        pair.flush()
        context.load_cert_chain(pair.name)
    return field["server"].removeprefix("https://"), context


def ready_nodes(address, context):
    """Names of the nodes that are Ready, none while nobody answers."""
    try:
        connection = http.client.HTTPSConnection(address, context=context, timeout=2)
        connection.request("GET", "/api/v1/nodes")
        items = json.load(connection.getresponse()).get("items", [])
    except (OSError, http.client.HTTPException, ValueError):
        return set()
    return {node["metadata"]["name"] for node in items
            if any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"].get("conditions", []))}


def watch(kubeconfig, names):
    """Seconds since this host booted at which each node was first seen Ready."""
    address, context = client(kubeconfig)
    seen, deadline = {}, now() + PATIENCE
    while len(seen) < len(names) and now() < deadline:
        for name in ready_nodes(address, context) & set(names) - set(seen):
            seen[name] = now()
        time.sleep(POLL)
    return seen


if __name__ == "__main__":
    print(json.dumps(watch(sys.argv[1], sys.argv[2:])))
    sys.exit()

import peers  # noqa: E402
from conftest import free_port  # noqa: E402
from slipway import Slipway, controller_binary, wait_for  # noqa: E402


def machines(state):
    """name -> {address, directory, started} of the cluster's machines that run."""
    found = {}
    for path in glob.glob(f"{state}/cloud/machines/*/machine.json"):
        directory = os.path.dirname(path)
        try:
            with open(path) as text, open(f"{directory}/pid") as pid:
                record = json.load(text)
                with open(f"/proc/{pid.read().strip()}/stat") as stat:
                    ticks = int(stat.read().rsplit(")", 1)[1].split()[19])
        except (OSError, ValueError):  # not there yet, or half written
            continue
        if record["name"] in (MASTER, WORKER):
            found[record["name"]] = {"address": record["address"], "directory": directory,
                                     "started": ticks / os.sysconf("SC_CLK_TCK")}
    return found


def create(api):
    api.call("POST", "/clusters", expect=202, json={"name": CLUSTER, "masters": 1, "workers": 1})
    return wait_for("the machines", lambda: both(machines(api.state)), every=0.02)


def both(found):
    return found if len(found) == 2 else None


def delete(api):
    api.call("DELETE", f"/clusters/{CLUSTER}", expect=202)
    wait_for("the cluster to go", lambda: api.call("GET", f"/clusters/{CLUSTER}").status_code == 404, PATIENCE)


def watcher(state, made):
    """A process that prints when each node was Ready."""
    config = f"{made[MASTER]['directory']}/disk/upper/etc/kubernetes/admin.conf"
    wait_for("the administrator's kubeconfig", lambda: os.path.exists(config) and os.path.getsize(config), PATIENCE, every=0.05)
    return subprocess.Popen(["ip", "netns", "exec", peers.router(state), sys.executable, os.path.abspath(__file__), config, MASTER, WORKER],
                            stdout=subprocess.PIPE, text=True)


def times(made, watching):
    seen = json.loads(watching.communicate(timeout=PATIENCE + 30)[0])
    if set(seen) != {MASTER, WORKER}:
        raise RuntimeError(f"of the nodes only {sorted(seen)} became Ready")
    return {f"boot → Ready, {role}": seen[name] - made[name]["started"] for role, name in (("master", MASTER), ("worker", WORKER))}


class Bare:
    """An installation of its own whose machines have no agent."""

    controller = None

    def __init__(self):
        self.state = tempfile.mkdtemp(prefix="slipway-bare-", dir="/var/lib")

    def up(self, like):
        image = f"{self.state}/image"
        with open(f"{like.state}/controller.yaml") as text:
            agents = re.search(r"image: (\S+)", text.read())[1]
        os.mkdir(image)
        os.symlink(os.path.realpath(f"{agents}/store.img"), f"{image}/store.img")
        with open(f"{agents}/manifest.yaml") as text, open(f"{image}/manifest.yaml", "w") as bare:
            bare.writelines(line for line in text if not os.path.exists(f"{line.strip(' -')[:-1]}/usr/bin/slipway-agent"))
        listen = f"127.0.0.1:{free_port()}"
        with open(f"{self.state}/controller.log", "w") as log:
            self.controller = subprocess.Popen([controller_binary(), "serve", "--state", self.state, "--image", image, "--listen", listen],
                                               stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        password = wait_for("the bare installation's password", lambda: self.read("first-password"))
        summary = {"controller": f"https://{listen}", "ca": f"{self.state}/ca.crt"}
        self.write("quickstart.json", json.dumps(summary))
        self.write(".authorization", "Bearer none")
        self.api = Slipway(self.state)
        wait_for("the bare controller", self.answers)
        signed_in = self.api.call("POST", "/login", token="", json={"user": "admin", "password": password})
        made = self.api.call("POST", "/tokens", expect=201, token="", headers={"Origin": summary["controller"]}, json={"name": "bench"},
                             cookies=signed_in.cookies)
        self.api.token = made.json()["token"]

    def read(self, name):
        path = f"{self.state}/{name}"
        if not os.path.exists(path):
            return None
        with open(path) as text:
            return text.read().strip()

    def write(self, name, text):
        with open(f"{self.state}/{name}", "w") as out:
            out.write(text)

    def answers(self):
        try:
            return self.api.call("GET", "/me", token="").status_code == 401
        except OSError:
            return False

    def down(self):
        if self.controller:
            self.controller.terminate()
            self.controller.wait(60)
        if os.path.exists(f"{self.state}/installation"):
            subprocess.run([controller_binary(), "machine", "purge", "--state", self.state], check=True)
        subprocess.run(["rm", "-rf", "--one-file-system", self.state], check=True)


def packed(files):
    """A tar of {path: text}."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(text.encode()), 0o600 if "kubernetes" in path else 0o644
            tar.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def pod_network(files):
    return re.search(r'"subnet": "([^"]+)"', files["/etc/cni/net.d/10-slipway.conflist"])[1]


def for_these(files, before, after):
    """The product's files of another round, for the machines of this one; etcd knows its only member without discovery."""
    changed = {}
    for path, text in files.items():
        for name in before:
            text = re.sub(rf"\b{re.escape(before[name])}\b", f"@{name}@", text)
        for name in after:
            text = text.replace(f"@{name}@", after[name])
        changed[path] = re.sub(r"ETCD_DISCOVERY.*\n", "", text)
    if "/etc/default/etcd" in files:
        changed["/etc/default/etcd"] += f"ETCD_INITIAL_CLUSTER={MASTER}=https://{after[MASTER]}:2380\n"
        kubeadm = changed["/etc/kubernetes/kubeadm.yaml"]
        changed["/etc/kubernetes/certificates.yaml"] = re.sub(r"etcd:\n  external:\n(?:    .*\n)+", "", kubeadm)
    return changed


class Boot:
    name = "boot"
    figures = [("boot → Ready, master", "s", 1.10, True), ("boot → Ready, worker", "s", 1.10, True)]
    aim_is_ratio = True

    bare = None

    def prepare(self, api):
        self.bare = Bare()
        self.bare.up(api)

    def finish(self, api):
        if self.bare:
            self.bare.down()

    def ours(self, api):
        made = create(api)
        try:
            took = times(made, watcher(api.state, made))
            self.files = {name: {path: api.machine(name, "cat", path) for path in COPIED[name]} for name in made}
            self.addresses = {name: made[name]["address"] for name in made}
        finally:
            delete(api)
        return took

    def peer(self, _):
        api = self.bare.api
        made = create(api)
        try:
            addresses = {name: made[name]["address"] for name in made}
            files = {name: for_these(self.files[name], self.addresses, addresses) for name in made}
            nets = {name: pod_network(files[name]) for name in made}
            worker = self.by_hand(WORKER, "worker", nets[WORKER], nets[MASTER], addresses[MASTER], files[WORKER])
            master = self.by_hand(MASTER, "master", nets[MASTER], nets[WORKER], addresses[WORKER], files[MASTER])
            watching = watcher(api.state, made)
            digest = re.search(r"^hash (\S+)", outcome(master), re.M)[1]
            outcome(worker)
            path = "/etc/kubernetes/kubeadm.yaml"
            joining = {path: re.sub(r"sha256:\w+", f"sha256:{digest}", files[WORKER][path])}
            outcome(self.by_hand(WORKER, "join", nets[WORKER], nets[MASTER], addresses[MASTER], joining))
            outcome(self.by_hand(MASTER, "network", nets[WORKER], nets[MASTER], WORKER, {}))
            return times(made, watching)
        finally:
            delete(api)

    def by_hand(self, machine, role, *words):
        *words, files = words
        with open(f"{HERE}/by-hand") as script:
            command = peers.on_node(self.bare.api, machine, "bash", "-c", script.read(), "by-hand", role, *words)
        program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        program.stdin.write(packed(files))
        program.stdin.close()
        program.stdin = None
        return program


def outcome(program):
    try:
        out, err = program.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()
        out, err = program.communicate()
    if program.returncode != 0:
        raise RuntimeError(f"by hand: {program.args[-8:]}: {program.returncode} {out.decode()[-2000:]} {err.decode()[-2000:]}")
    return out.decode()
