# SPDX-License-Identifier: Apache-2.0
"""Certificates that end: renewal, machines that come back late, the public port's own one, and the change of the CA."""
import os
import signal
import ssl
import subprocess
import tempfile
import time

import pytest

from outside import controller_pid, restart_controller
from slipway import wait_for

from test_52_links import connected, link

claims = pytest.mark.claims
NODES = ("demo-master-1", "demo-worker-1")
SHORT_LIFE = 12  # seconds


def step(api, method, path=""):
    return api.call(method, "/ca-rotation" + path, expect=200).json()


def nobody_missing(api, phase):
    state = api.get("/ca-rotation")
    assert state["phase"] == phase, state
    return state if not state["missing"] else None


@claims("E1.ca-rotation")
def test_the_ca_is_changed_under_running_agents_and_kills(world, api):
    since = {node: link(api, node)["since"] for node in NODES}
    first = step(api, "GET")
    assert first["phase"] == "steady" and "next" not in first
    new = step(api, "POST")["next"]["sha256"]
    wait_for("all agents hold both", lambda: nobody_missing(api, "introduced"), 60)
    assert {node: link(api, node)["since"] for node in NODES} == since
    restart_controller(world)  # kill -9
    sleeper = "demo-worker-1"
    wait_for("it is linked again", lambda: link(api, sleeper)["value"] == "connected", 60)
    step(api, "POST", "/switch")
    wait_for("all have certificates of the new one", lambda: nobody_missing(api, "switched"), 60)
    for node in NODES:
        assert new in api.machine(node, "cat", "/var/lib/slipway/controller.yaml")
    restart_controller(world)
    for node in NODES:
        wait_for(f"{node} is linked", lambda n=node: link(api, n)["value"] == "connected", 60)
    step(api, "POST", "/finish")
    state = step(api, "GET")
    assert state["phase"] == "steady" and state["current"]["sha256"] == new, state
    for node in NODES:
        wait_for(f"{node} has dropped the old one", lambda n=node: first["current"]["sha256"] not in [
            line.split(": ")[1] for line in api.machine(n, "cat", "/var/lib/slipway/controller.yaml").splitlines()
            if line.startswith("ca_sha256")], 30)
    restart_controller(world)
    for node in NODES:
        wait_for(f"{node} trusts the new one alone", lambda n=node: link(api, n)["value"] == "connected", 60)
    with open(api.summary["kubeconfig"], "w") as text:  # the old one believes the old CA
        text.write(api.call("GET", "/clusters/demo/kubeconfig", expect=200).text)
    assert "demo-worker-1" in api.kubectl("get", "nodes")


def openssl(*words, stdin=""):
    done = subprocess.run(["openssl", *words], input=stdin, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"openssl {words}: {done.stderr}"
    return done.stdout


class OwnTls:
    """A CA of the operator's, and the public port's certificate of it in two files."""

    def __init__(self, folder):
        self.folder, self.chain, self.key = folder, f"{folder}/public.crt", f"{folder}/public.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
                "/CN=operator", "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.crt")

    def issue(self):
        """A new certificate in place of the one before; its serial."""
        new = f"{self.folder}/new"
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=public", "-keyout",
                f"{new}.key", "-out", f"{new}.csr")
        with open(f"{new}.ext", "w") as text:
            text.write("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        openssl("x509", "-req", "-in", f"{new}.csr", "-CA", f"{self.folder}/ca.crt", "-CAkey", f"{self.folder}/ca.key",
                "-set_serial", f"0x{os.urandom(15).hex()}", "-days", "20", "-extfile", f"{new}.ext", "-out", f"{new}.crt")
        with open(f"{new}.crt", "a") as chain, open(f"{self.folder}/ca.crt") as ca:
            chain.write(ca.read())
        os.chmod(f"{new}.key", 0o600)
        os.rename(f"{new}.key", self.key)
        os.rename(f"{new}.crt", self.chain)
        return openssl("x509", "-in", self.chain, "-noout", "-serial").strip()


def begin_again(world):
    """The controller with what stands in its file now, and all its agents linked to it."""
    restart_controller(world)
    wait_for("the agents are linked again", lambda: all(link(world.api, node)["value"] == "connected" for node in NODES), 60)


@pytest.fixture(scope="module")
def settings(world):
    """The controller with short certificates of its nodes and an own one on its public port."""
    path = f"{world.state}/controller.yaml"
    with open(path) as text:
        before = text.read()
    with tempfile.TemporaryDirectory(prefix="slipway-test-") as folder:
        own = OwnTls(folder)
        own.issue()
        with open(path, "w") as text:
            text.write(before + f"agents: {{certificate_life: {SHORT_LIFE}s}}\ntls: {{certificate: {own.chain}, key: {own.key}}}\n")
        begin_again(world)
        yield own
        with open(path, "w") as text:
            text.write(before)
        begin_again(world)


def node_serial(api, node):
    return api.machine(node, "openssl", "x509", "-in", "/var/lib/slipway/node.crt", "-noout", "-serial").strip()


def audited(api, action):
    return [e for e in api.items("/audit?limit=200") if e["action"] == action]


def drop_certificate(api, node):
    """The next one is of the life that is set now."""
    before = link(api, node)["since"]
    api.machine(node, "sh", "-c", "rm /var/lib/slipway/node.crt && systemctl restart slipway-agent")
    wait_for(f"{node} has a new certificate and a link", lambda: connected(api, node, before), 30)


@claims("E1.renewal", "E1.expired")
def test_certificates_renew_at_half_life_and_after_their_end_the_machine_itself_counts(api, settings):
    late, lasting = NODES
    for node in NODES:
        drop_certificate(api, node)
    api.machine(late, "systemctl", "stop", "slipway-agent")
    stopped = time.monotonic()
    since, serial = link(api, lasting)["since"], node_serial(api, lasting)
    wait_for("a renewal", lambda: node_serial(api, lasting) != serial, 30)
    assert link(api, lasting)["value"] == "connected" and link(api, lasting)["since"] == since
    renewals = audited(api, "certificate.renewed")
    assert renewals and "serial" in renewals[0]["detail"], renewals
    wait_for("the late one's certificate ends", lambda: "will expire" in api.machine(
        late, "openssl", "x509", "-in", "/var/lib/slipway/node.crt", "-noout", "-checkend", "0", check=False), 60)
    print(f"expired {time.monotonic() - stopped:.0f} s after the stop")
    before = link(api, late)["since"]
    api.machine(late, "systemctl", "start", "slipway-agent")
    wait_for("it is back by its key alone", lambda: connected(api, late, before), 30)


@claims("E1.stolen-key")
def test_a_stolen_key_from_another_address_gets_nothing(api, settings):
    request = api.machine("demo-worker-1", "openssl", "req", "-new", "-key", "/var/lib/slipway/node.key", "-subj", "/CN=x").encode()
    controller = api.machine("demo-worker-1", "sed", "-n", "s/^  controller: *//p", "/var/lib/cloud/seed/nocloud/user-data").strip()
    with tempfile.NamedTemporaryFile(prefix="slipway-test-") as body:  # an EnrolRequest with csr_pem alone
        body.write(b"\x12" + bytes([len(request) % 128 + 128, len(request) // 128]) + request)
        body.flush()
        told = api.from_network("curl", "-sk", "-w", "\n%{http_code}", "-H", "Content-Type: application/x-protobuf",
                                "--data-binary", f"@{body.name}", f"{controller}/renew", check=True).stdout
    assert told.endswith("\n403") and "not the machine's address" in told, told
    assert any(e["detail"].startswith("address:") for e in audited(api, "enrol.refused"))


def shown_serial(api):
    """Of the certificate that a new connection gets."""
    host, port = api.base.removeprefix("https://").split(":")
    return openssl("x509", "-noout", "-serial", stdin=ssl.get_server_certificate((host, int(port)))).strip()


@claims("U1.own-certificate")
def test_the_public_port_takes_another_certificate_without_a_dropped_connection(world, api, settings):
    hang_up = lambda: os.kill(controller_pid(world), signal.SIGHUP)  # noqa: E731
    assert shown_serial(api) == openssl("x509", "-in", settings.chain, "-noout", "-serial").strip()
    assert api.get("/me")  # quickstart.json's ca believes it
    session = api.terminal("demo", api.pod("demo", "web")["name"], "tty=true")
    fresh = settings.issue()
    hang_up()
    wait_for("the new one is shown", lambda: shown_serial(api) == fresh, 20)
    session.send("echo still-$((40+2))\n")
    session.until("still-42")
    with open(settings.key) as text:
        good = text.read()
    with open(settings.key, "w") as text:
        text.write(openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1"))
    hang_up()
    wait_for("the fault is said", lambda: "not that of the first certificate" in open(
        f"{world.state}/controller.log", errors="replace").read(), 20)
    assert shown_serial(api) == fresh
    with open(settings.key, "w") as text:
        text.write(good)
    fresh = settings.issue()
    wait_for("a change is seen without being told", lambda: shown_serial(api) == fresh, 30)
    session.connection.close()
