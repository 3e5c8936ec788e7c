# SPDX-License-Identifier: Apache-2.0
"""A client of the controller's API, as a user would write one."""
import base64
import contextlib
import json
import os
import ssl
import subprocess
import time

import requests
import websocket

from openapi_check import Contract


def wait_for(what, condition, seconds=120, every=0.25):
    """The first true value of condition(); fails naming `what`, a text or what gives one, when the time is over."""
    deadline = time.monotonic() + seconds
    value = None
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what} (last: {value!r})")


class Slipway:
    """Talks as the first administrator with the token that quickstart made."""

    def __init__(self, state):
        self.state = state
        with open(f"{state}/quickstart.json") as text:
            self.summary = json.load(text)
        with open(f"{state}/.authorization") as text:
            self.token = text.read().split()[-1]
        self.base = self.summary["controller"]
        self.ca = self.summary["ca"]
        self.contract = Contract()

    def visitor(self):
        """A client without credentials; each answer that it gets is held against the contract."""
        client = self.contract.watch(requests.Session())
        client.verify, client.trust_env = self.ca, False  # the host's own CAs and proxies have no say
        return client

    def call(self, method, path, expect=None, token=None, headers=None, **more):
        fields = {"Authorization": f"Bearer {token or self.token}"} if token != "" else {}
        with self.visitor() as visitor:
            answer = visitor.request(method, f"{self.base}/api/v1{path}", timeout=120,
                                     headers={**fields, **(headers or {})}, **more)
        if expect is not None:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        return answer

    def get(self, path, **more):
        return self.call("GET", path, expect=200, **more).json()

    def items(self, path, **more):
        return self.get(path, **more)["items"]

    def apply(self, cluster, text, namespace="default", expect=200):
        return self.call("POST", f"/clusters/{cluster}/manifests?namespace={namespace}", expect=expect,
                         headers={"Content-Type": "application/yaml"}, data=text.encode())

    @contextlib.contextmanager
    def space(self, name, text, cluster="demo"):
        """A namespace with the objects of a text, all of them, as long as it is needed."""
        self.call("POST", f"/clusters/{cluster}/namespaces", expect=201, json={"name": name})
        try:
            done = self.apply(cluster, text, name).json()
            assert all(one["ok"] for one in done["objects"]), [one for one in done["objects"] if not one["ok"]]
            yield
        finally:
            self.call("DELETE", f"/clusters/{cluster}/namespaces/{name}", expect=200)

    def pod(self, namespace, prefix, cluster="demo", seconds=90):
        """The first ready pod whose name begins with prefix."""
        return wait_for(f"pod {prefix} ready", lambda: next(
            (p for p in self.items(f"/clusters/{cluster}/pods?namespace={namespace}")
             if p["name"].startswith(prefix) and p["ready"]), None), seconds)

    def socket(self, path, headers=(), token=None, **more):
        trust = {"ca_certs": self.ca, "cert_reqs": ssl.CERT_REQUIRED}
        fields = [f"Authorization: Bearer {token or self.token}"] if token != "" else []
        try:
            return websocket.create_connection(self.base.replace("https", "wss") + "/api/v1" + path, sslopt=trust,
                                               header=fields + list(headers), timeout=30, suppress_origin=True, **more)
        except websocket.WebSocketBadStatusException as refused:
            self.contract.check_refusal("/api/v1" + path, refused)
            raise

    def terminal(self, namespace, pod, query, cluster="demo"):
        query += "" if "tty=" in query else "&tty=false"
        return Terminal(self.socket(f"/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/exec?{query}",
                                    subprotocols=["slipway.terminal.v1"]))

    def machine(self, name, *command, check=True):
        """A command inside a machine, as root, past all of the product's own ways."""
        controller = controller_binary()
        done = subprocess.run([controller, "machine", "shell", name, "--state", self.state, "--", *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if check:
            assert done.returncode == 0, f"{name}: {command}: {done.returncode} {done.stdout} {done.stderr}"
        return done.stdout

    def in_network(self, *command):
        """The words that run a command on this host, inside the network of the machines."""
        with open(f"{self.state}/installation") as text:
            return ["ip", "netns", "exec", f"slw-{text.read().strip()}-router", *command]

    def from_network(self, *command, **more):
        return subprocess.run(self.in_network(*command), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, **more)

    def kubectl_command(self, *words):
        return [kubectl_binary(self.state), "--kubeconfig", self.summary["kubeconfig"], *words]

    def kubectl(self, *words, check=True, stdin="", timeout=120):
        done = subprocess.run(self.kubectl_command(*words), input=stdin, capture_output=True, text=True, timeout=timeout)
        if check:
            assert done.returncode == 0, f"kubectl {words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


class Terminal:
    """An exec or shell socket: binary frames are data, text frames are notes."""

    def __init__(self, connection):
        self.connection = connection
        self.output = b""
        self.errors = b""
        self.exit = None

    def send(self, text):
        self.connection.send_binary(text.encode() if isinstance(text, str) else text)

    def note(self, **what):
        self.connection.send(json.dumps(what))

    def step(self):
        kind, data = self.connection.recv_data()
        if kind == websocket.ABNF.OPCODE_BINARY:
            self.output += data
        elif kind == websocket.ABNF.OPCODE_TEXT:
            note = json.loads(data)
            if "stderr" in note:
                self.errors += base64.b64decode(note["stderr"])
            if "exit" in note:
                self.exit = note["exit"]
        return kind != websocket.ABNF.OPCODE_CLOSE

    def until(self, marker, seconds=20):
        deadline = time.monotonic() + seconds
        while marker.encode() not in self.output:
            assert time.monotonic() < deadline and self.step(), f"no {marker!r} in {self.output[-500:]!r}"
        return self.output.decode(errors="replace")

    def finish(self):
        """Reads to the end; the exit note as {code, message}."""
        try:
            while self.exit is None and self.step():
                pass
        except websocket.WebSocketConnectionClosedException:
            pass
        self.connection.close()
        return self.exit


def controller_binary():
    tree = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return f"{tree}/build/release/controller/slipway-controller"


def image_layers(state):
    import yaml
    with open(f"{state}/controller.yaml") as text:
        image = yaml.safe_load(text)["cloud"]["image"]
    with open(f"{image}/manifest.yaml") as text:
        return yaml.safe_load(text)["layers"]


def kubectl_binary(state):
    for layer in image_layers(state):
        if os.path.exists(f"{layer}/usr/bin/kubectl"):
            return f"{layer}/usr/bin/kubectl"
    raise AssertionError("the image has no kubectl")
