# SPDX-License-Identifier: Apache-2.0
"""kubectl as people run it: with pipes, on a terminal, in the background; and clients that play tricks."""
import contextlib
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import termios
import time
from urllib.parse import urlsplit

from slipway import kubectl_binary

WAIT = 60  # seconds that anything may take on a loaded machine


def kubectls(state):
    """The cluster's own kubectl and the host's, where it has one."""
    hosts = shutil.which("kubectl")
    return [kubectl_binary(state)] + ([hosts] if hosts else [])


class Kubectl:
    """One kubectl with the kubeconfig that the controller gave out."""

    def __init__(self, api, binary, cache):
        self.words = [binary, "--kubeconfig", api.summary["kubeconfig"], "--cache-dir", str(cache)]

    def run(self, *words, stdin=b"", code=0):
        done = subprocess.run([*self.words, *words], input=stdin, capture_output=True, timeout=2 * WAIT)
        assert code is None or done.returncode == code, f"{words}: {done.returncode} {done.stdout[-500:]} {done.stderr[-2000:]}"
        return done

    def text(self, *words, **more):
        return self.run(*words, **more).stdout.decode()

    @contextlib.contextmanager
    def beside(self, *words, stdin=None):
        """A kubectl that runs while something else is done; killed at the end."""
        process = subprocess.Popen([*self.words, *words], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def terminal(self, *words, rows, columns):
        return OnTerminal([*self.words, *words], rows, columns)


def read_until(stream, marker, seconds=WAIT):
    """What a process printed up to and with `marker`."""
    seen, deadline = b"", time.monotonic() + seconds
    while marker not in seen:
        ready, _, _ = select.select([stream], [], [], max(0, deadline - time.monotonic()))
        piece = os.read(stream.fileno(), 65536) if ready else b""
        assert piece, f"no {marker!r} in {seen[-500:]!r}"
        seen += piece
    return seen


class OnTerminal:
    """A program whose terminal is ours."""

    def __init__(self, words, rows, columns):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(words[0], words)
        self.resize(rows, columns)

    def fileno(self):
        return self.fd

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, marker):
        return read_until(self, marker.encode()).decode(errors="replace")

    def asked_until(self, command, marker):
        """Types a command again and again until its answer is there: a new size takes its time."""
        deadline, seen = time.monotonic() + WAIT, b""
        while marker.encode() not in seen:
            assert time.monotonic() < deadline, f"no {marker!r} in {seen[-500:]!r}"
            self.send(command + "\n")
            while select.select([self.fd], [], [], 0.5)[0]:
                seen += os.read(self.fd, 65536)

    def end(self):
        """Waits for the program's end; its exit code."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                while select.select([self.fd], [], [], 0.1)[0] and os.read(self.fd, 65536):
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("the program did not end")


def raw(api, head, body=b""):
    """Sends bytes as they are to the public port; status, headers (lower case) and body of the answer."""
    where = urlsplit(api.base)
    context = ssl.create_default_context(cafile=api.ca)
    with socket.create_connection((where.hostname, where.port), timeout=WAIT) as plain, \
            context.wrap_socket(plain, server_hostname=where.hostname) as secure:
        secure.sendall(head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body)
        answer = b""
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            while piece := secure.recv(65536):
                answer += piece
    head, _, rest = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = [line.split(": ", 1) for line in lines[1:] if ": " in line]
    return int(lines[0].split()[1]), {name.lower(): value for name, value in fields}, rest


def unchunk(fields, rest):
    if fields.get("transfer-encoding") != "chunked":
        return rest
    whole = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        count = int(size, 16)
        if count == 0:
            break
        whole, rest = whole + rest[:count], rest[count + 2:]
    return whole


def who_am_i(api, csr, head_lines=b""):
    """Whom the API server takes the sender of these header lines for: (status, user, groups)."""
    body = json.dumps({"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
                       "metadata": {"name": "who-am-i"},
                       "spec": {"request": csr, "signerName": "example.com/nobody", "usages": ["client auth"]}}).encode()
    head = (b"POST /api/v1/clusters/demo/proxy/apis/certificates.k8s.io/v1/certificatesigningrequests?dryRun=All HTTP/1.1\n"
            b"Host: " + urlsplit(api.base).netloc.encode() + b"\nAuthorization: Bearer " + api.token.encode() +
            b"\nContent-Type: application/json\nContent-Length: " + str(len(body)).encode() + b"\n")
    if b"onnection:" not in head_lines:
        head_lines += b"Connection: close\n"
    status, fields, rest = raw(api, (head + head_lines).rstrip(b"\n"), body)
    if status != 201:
        return status, None, None
    spec = json.loads(unchunk(fields, rest))["spec"]
    return status, spec["username"], spec.get("groups", [])
