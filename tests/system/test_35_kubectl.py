# SPDX-License-Identifier: Apache-2.0
"""Stock kubectl from a host that reaches the controller alone, and clients that try to be somebody else."""
import base64
import hashlib
import os
import re
import subprocess
import threading
import urllib.request

import pytest
import websocket

from kubectl import WAIT, Kubectl, kubectls, raw, read_until, who_am_i
from slipway import wait_for

claims = pytest.mark.claims
BOX = """
apiVersion: v1
kind: Pod
metadata: {name: box, namespace: demo}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: box
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      command:
        - sh
        - -c
        - mkdir /www; head -c 300000 /dev/urandom >/www/f; httpd -p 8080 -h /www; i=0; while true; do echo "tick $((i=i+1))"; sleep 1; done
    - name: cat
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      stdin: true
      command: [cat]
"""
IN_BOX = ("-n", "demo", "box", "-c", "box")
EXEC = "/clusters/demo/proxy/api/v1/namespaces/demo/pods/box/exec"


@pytest.fixture(scope="module")
def box(api):
    api.apply("demo", BOX, "demo")
    yield api.pod("demo", "box")
    api.kubectl("-n", "demo", "delete", "pod", "box", "--wait=false")


@pytest.fixture(scope="module")
def each(world, api, tmp_path_factory):
    """The kubectls that are there; which one failed is in the command that an assertion prints."""
    return [Kubectl(api, binary, tmp_path_factory.mktemp("kube-cache")) for binary in kubectls(world.state)]


@pytest.fixture(scope="module")
def csr(tmp_path_factory):
    made = subprocess.run(["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", "/dev/null"],
                          capture_output=True, check=True, timeout=WAIT)
    return base64.b64encode(made.stdout).decode()


def audited(api, action, marker):
    return [entry for entry in api.items(f"/audit?limit=500&action={action}") if marker in entry["object"] + entry["detail"]]


def sessions_ended(api, action, count):
    """Waits until so many sessions with the box are in the audit log: one line each, all in order."""
    wait_for(f"{count} lines of {action}", lambda: len(audited(api, action, "pods/box")) >= count, 20)
    entries = audited(api, action, "pods/box")
    assert len(entries) == count and all(entry["outcome"] == "ok" for entry in entries), entries


@claims("C15.kubectl")
def test_get_apply_and_watch(each, box):
    for number, kubectl in enumerate(each):
        name = f"watched-{number}"
        config = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: demo}}\n".encode()
        with kubectl.beside("-n", "demo", "get", "configmaps", "-w", "-o", "name") as watch:
            kubectl.run("apply", "-f", "-", stdin=config)
            read_until(watch.stdout, name.encode())
        assert name in kubectl.text("-n", "demo", "get", "configmaps", "-o", "name")
        kubectl.run("-n", "demo", "delete", "configmap", name)


@claims("C15.logs")
def test_a_log_is_followed(each, box):
    for kubectl in each:
        with kubectl.beside("logs", "-f", "--tail=1", *IN_BOX) as follower:
            first = int(re.search(rb"tick (\d+)", read_until(follower.stdout, b"\n"))[1])
            read_until(follower.stdout, f"tick {first + 3}\n".encode())


@claims("C15.exec")
def test_exec_has_output_errors_and_exit_code(each, box):
    for kubectl in each:
        done = kubectl.run("exec", *IN_BOX, "--", "sh", "-c", "echo out; echo err >&2; exit 7", code=7)
        assert done.stdout == b"out\n" and b"err\n" in done.stderr, done
        data = os.urandom(1 << 20)
        assert kubectl.run("exec", "-i", *IN_BOX, "--", "cat", stdin=data).stdout == data


@claims("C15.exec")
def test_exec_on_a_terminal_has_its_size(each, box):
    for kubectl in each:
        typed = kubectl.terminal("exec", "-it", *IN_BOX, "--", "sh", rows=33, columns=91)
        typed.asked_until("stty size", "33 91")
        typed.resize(40, 120)
        typed.asked_until("stty size", "40 120")
        typed.send("exit 5\n")
        assert typed.end() == 5


@claims("C15.attach", "C15.session-audit")
def test_attach_reaches_the_containers_own_process(api, each, box):
    before = len(audited(api, "proxy.attach", "pods/box"))
    for number, kubectl in enumerate(each):
        line = f"line of {number}\n".encode()
        with kubectl.beside("attach", "-i", "-n", "demo", "box", "-c", "cat", stdin=subprocess.PIPE) as attached:
            attached.stdin.write(line)
            attached.stdin.flush()
            read_until(attached.stdout, line)
    sessions_ended(api, "proxy.attach", before + len(each))


@claims("C15.port-forward", "C15.session-audit")
def test_port_forward_carries_several_requests_at_once(api, each, box):
    before = len(audited(api, "proxy.portforward", "pods/box"))
    whole = each[0].run("exec", *IN_BOX, "--", "cat", "/www/f").stdout
    for kubectl in each:
        with kubectl.beside("port-forward", "-n", "demo", "pod/box", ":8080") as forward:
            port = re.search(rb"127.0.0.1:(\d+)", read_until(forward.stdout, b"-> 8080"))[1].decode()
            got = []

            def fetch():
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/f", timeout=WAIT) as answer:
                    got.append(answer.read())

            fetchers = [threading.Thread(target=fetch) for _ in range(6)]
            for fetcher in fetchers:
                fetcher.start()
            for fetcher in fetchers:
                fetcher.join()
            assert len(got) == 6 and all(one == whole for one in got), [len(one) for one in got]
    sessions_ended(api, "proxy.portforward", before + len(each))


@claims("C15.cp")
def test_files_are_copied_there_and_back(each, box, tmp_path, full):
    here, back = tmp_path / "here", tmp_path / "back"
    here.write_bytes(os.urandom((200 if full else 8) << 20))
    for number, kubectl in enumerate(each):
        there = f"/tmp/there-{number}"
        kubectl.run("cp", str(here), f"demo/box:{there}", "-c", "box")
        kubectl.run("cp", f"demo/box:{there}", str(back), "-c", "box")
        assert hashlib.sha256(here.read_bytes()).digest() == hashlib.sha256(back.read_bytes()).digest()
        back.unlink()
        kubectl.run("exec", *IN_BOX, "--", "rm", there)


@claims("C15.session-audit")
def test_each_session_is_one_line_of_the_audit_log(api, each, box):
    for kubectl in each:
        marker = f"marker-{os.urandom(4).hex()}"
        kubectl.run("exec", *IN_BOX, "--", "echo", marker)
        entries = wait_for("the session's end in the audit log", lambda: audited(api, "proxy.exec", marker), 20)
        assert len(entries) == 1 and entries[0]["outcome"] == "ok", entries
        assert entries[0]["object"].endswith("/namespaces/demo/pods/box/exec") and " ms, " in entries[0]["detail"], entries
    refused = each[0].run("exec", "-n", "demo", "no-such-pod", "--", "id", code=1)
    assert b"not found" in refused.stderr


@claims("C15.exec")
def test_a_websocket_client_execs_by_get(api, box):
    query = "?container=box&stdout=true&command=echo&command=by-get"
    session = api.socket(EXEC + query, subprotocols=["v4.channel.k8s.io"])
    seen = b""
    while b"by-get\n" not in seen:
        kind, data = session.recv_data()
        assert kind != websocket.ABNF.OPCODE_CLOSE, seen
        seen += data
    session.close()
    for more in ({"token": ""}, {"token": "slp_" + "0" * 64}, {"headers": ["Origin: https://evil.example"]}):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            api.socket(EXEC + query, subprotocols=["v4.channel.k8s.io"], **more)
        assert refused.value.status_code in (401, 403)


@claims("C15.no-smuggling")
def test_as_does_not_make_somebody_else_of_the_caller(api, each, csr, tmp_path):
    own = who_am_i(api, csr)
    assert own[0] == 201 and own[1].startswith("slipway:") and "slipway:administrators" in own[2], own
    assert not any(group.startswith("system:") and group != "system:authenticated" for group in own[2]), own
    request = (f"apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {{name: as-who}}\n"
               f"spec: {{request: {csr}, signerName: example.com/nobody, usages: [client auth]}}\n")
    for kubectl in each:
        for disguise in (["--as=system:admin", "--as-group=system:masters"], ["--as=system:anonymous"]):
            spec = kubectl.text(*disguise, "create", "--dry-run=server", "-o", "jsonpath={.spec.username} {.spec.groups}",
                                "-f", "-", stdin=request.encode())
            assert own[1] in spec and "system:masters" not in spec, spec
            assert kubectl.text(*disguise, "auth", "can-i", "get", "secrets", "-n", "kube-system").strip() == "yes"


@claims("C15.no-smuggling")
@pytest.mark.parametrize("lines", [
    b"Impersonate-User: system:admin\nImpersonate-Group: system:masters\n",
    b"iMPERSONATE-uSER: system:admin\nImpersonate-Extra-scopes: x\nImpersonate-Uid: 0\n",
    b"X-Remote-User: system:admin\nX-Remote-Group: system:masters\nX-Remote-Extra-a: b\n",
    b"Connection: Impersonate-User, Impersonate-Group, close\n",
    b"Connection: close\nConnection: Authorization, Impersonate-User\n",
    b"X-Folded: a\n Impersonate-User: system:admin\n",
    b"Impersonate-User : system:admin\n",
    b"\tImpersonate-User: system:admin\n",
    b"Content-Length: 0\n",
    b"Transfer-Encoding: chunked\n",
    b"Transfer-Encoding: xchunked\n",
    b"Host: elsewhere\n",
    b"Upgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\nConnection: close, Upgrade, HTTP2-Settings\n",
], ids=lambda lines: lines.split(b"\n")[0].decode().strip()[:40])
def test_headers_smuggle_no_identity(api, csr, lines):
    own = who_am_i(api, csr)
    status, user, groups = who_am_i(api, csr, lines)
    assert status in (201, 400), status
    if status == 201:
        assert (user, groups) == own[1:], (lines, user, groups)


@claims("C15.no-smuggling")
@pytest.mark.parametrize("path", [
    "/api/v1//namespaces/demo/pods/box/exec", "//api/v1/namespaces/demo/pods/box/exec",
    "/api/v1/namespaces/demo/pods/box%2fexec", "/api/v1/namespaces/demo/pods/box%2Fexec",
    "/api/v1/namespaces/x/../demo/pods/box/exec", "/api/v1/namespaces/demo/pods/box/%2e%2e/box/exec",
    "/api/v1/namespaces/demo/pods/box/./exec", "/api/v1/namespaces/demo/pods/box%252fexec",
    "/api/v1/namespaces/demo/pods/box/exec%00", "/../../demo/proxy/api/v1/namespaces/demo/pods/box/exec",
])
def test_paths_that_two_parsers_read_in_two_ways_are_refused(api, box, path):
    for upgrade in ("SPDY/3.1", "websocket", ""):
        head = (f"POST /api/v1/clusters/demo/proxy{path}?container=box&command=id&stdout=true HTTP/1.1\nHost: {api.base.split('/')[2]}\n"
                f"Authorization: Bearer {api.token}\nContent-Length: 0\n")
        head += f"Connection: Upgrade\nUpgrade: {upgrade}" if upgrade else "Connection: close"
        status, fields, _ = raw(api, head.encode())
        assert status in (400, 404), f"{path} {upgrade}: {status}"
        assert fields["x-content-type-options"] == "nosniff"


@claims("C15.bearer-only")
def test_neither_a_service_nor_a_session_is_reached_with_the_cookie(api, box):
    service = "/clusters/demo/proxy/api/v1/namespaces/demo/services/web:80/proxy/"
    with api.visitor() as visitor:
        assert visitor.post(f"{api.base}/api/v1/login", timeout=WAIT, json={"user": "admin", "password": api.summary["password"]}).status_code == 200
        cookie = "; ".join(f"{c.name}={c.value}" for c in visitor.cookies)
        assert visitor.get(f"{api.base}/api/v1{service}", timeout=WAIT).status_code == 401
    for path, upgrade in ((service, "websocket"), (EXEC + "?container=box&command=id&stdout=true", "websocket"), (EXEC, "SPDY/3.1")):
        status, _, _ = raw(api, (f"GET /api/v1{path} HTTP/1.1\nHost: {api.base.split('/')[2]}\nCookie: {cookie}\nConnection: Upgrade\n"
                                 f"Upgrade: {upgrade}\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==").encode())
        assert status == 401, f"{path}: {status}"
    answer = api.call("GET", service)
    assert answer.headers["Content-Security-Policy"] == "sandbox" and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers and not any(name.lower().startswith("access-control-") for name in answer.headers)


@claims("C15.no-smuggling")
def test_another_clusters_id_and_another_token_open_nothing(api, box):
    made = api.call("POST", "/tokens", expect=201, json={"name": "short"}).json()
    assert api.call("GET", "/clusters/demo/proxy/version", token=made["token"]).status_code == 200
    api.call("DELETE", f"/tokens/{made['id']}", expect=204)
    for token in (made["token"], "slp_" + "f" * 64, "x"):
        assert api.call("GET", "/clusters/demo/proxy/version", token=token).status_code == 401
    for other in ("00000000-0000-4000-8000-000000000000", "demo2", "demo%2f..%2fdemo"):
        path = EXEC.replace("/clusters/demo/", f"/clusters/{other}/")
        status, _, _ = raw(api, (f"POST /api/v1{path}?container=box&command=id HTTP/1.1\nHost: {api.base.split('/')[2]}\n"
                                 f"Authorization: Bearer {api.token}\nConnection: Upgrade\nUpgrade: SPDY/3.1\nContent-Length: 0").encode())
        assert status in (400, 404), f"{other}: {status}"


def cores(figure):
    """Of a CPU quantity of kubectl top."""
    return int(figure.removesuffix("m")) / 1000 if figure.endswith("m") else float(figure)


@claims("C15.top")
def test_top_shows_what_nodes_and_pods_use(each, api):
    """Of the product's own metrics: a container that computes all the time uses about one core, and its node as much."""
    api.kubectl("-n", "demo", "run", "spinner", "--image=busybox:1.35", "--image-pull-policy=IfNotPresent", "--labels=app=spinner", "--restart=Never", "--command", "--",
                "sh", "-c", "while :; do :; done")
    try:
        for kubectl in each:
            def spins():
                rows = [row.split() for row in kubectl.run("-n", "demo", "top", "pods", "-l", "app=spinner", "--no-headers", code=None).stdout.decode().splitlines()]
                return rows and cores(rows[0][1]) > 0.2 and rows
            rows = wait_for("the spinner's figures", spins, 90, 1)
            assert [row[0] for row in rows] == ["spinner"], rows
            nodes = {row.split()[0]: row.split() for row in kubectl.text("top", "nodes", "--no-headers").splitlines()}
            assert set(nodes) == {"demo-master-1", "demo-worker-1"}, nodes
            assert any(cores(row[1]) > 0.2 for row in nodes.values()) and all(row[3].endswith("Mi") for row in nodes.values()), nodes
    finally:
        api.kubectl("-n", "demo", "delete", "pod", "spinner", "--now")
