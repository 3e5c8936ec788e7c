# SPDX-License-Identifier: Apache-2.0
"""Servers that take the swarm's connections without being ours: a WebSocket echo of stock parts, an MQTT broker."""
import os
import re
import shutil
import subprocess
import time

from slipway import wait_for
from swarm_site import PROGRAMS, Process, free_port

MOSQUITTO = """
listener %(port)d 127.0.0.1
cafile %(ca)s
certfile %(certificate)s
keyfile %(key)s
require_certificate true
use_identity_as_username true
allow_anonymous true
tls_version tlsv1.3
max_connections -1
user root
log_type error
"""


def echo_server(site, port):
    return Process([f"{PROGRAMS}/slipway-swarm-echo", str(port), site.file("server.crt"), site.file("server.key"),
                    site.file("ca.crt")], site.log)


def broker(site, port):
    binary = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    if not binary:
        raise RuntimeError("mosquitto is not there: apt-get install --no-install-recommends mosquitto (and stop its service)")
    with open(site.file("mosquitto.conf"), "w") as out:
        out.write(MOSQUITTO % {"port": port, "ca": site.file("ca.crt"), "certificate": site.file("server.crt"),
                               "key": site.file("server.key")})
    return Process([binary, "-c", site.file("mosquitto.conf")], site.log)


def listens(port):
    with open("/proc/net/tcp") as table:
        return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in list(table)[1:])


def measure(site, kind, server_of, count, patience):
    """Time to connect, memory and time to be back of `count` connections to a server that server_of starts."""
    port = free_port()

    def start():
        server = server_of(site, port)
        wait_for(f"the {kind} server listens", lambda: listens(port), 30, 0.02)
        return server

    server = start()
    try:
        before = server.rss_kb()
        clients = site.clients(kind, port, count)
        up = clients.all_up(patience)
        connect = (up - clients.stat()["began_ns"]) / 1e9
        connect_cpu = server.cpu_seconds()
        time.sleep(5)
        rss = (server.rss_kb() - before) / count
        cpu = server.cpu_share(15)
        told, cut = clients.stat(), time.monotonic_ns()
        server.kill()
        server = start()
        up = wait_for("all are back", lambda: back(clients, count, told), patience, 0.2)
        back_cpu = server.cpu_seconds()
        clients.end()
        return {"connect": connect, "connect_cpu": connect_cpu, "rss_kb": rss, "cpu": cpu, "back": (up - cut) / 1e9, "back_cpu": back_cpu}
    finally:
        server.kill()


def back(program, count, before):
    """When all were up again that `before` tells of: each of them has come up once more since."""
    told = program.stat()
    return told.get("all_up_ns") if told["links"] >= before["links"] + count else None


def handshakes_a_second():
    """What one core's OpenSSL allows a server of mutual TLS: it signs once, verifies twice and agrees on a key once."""
    told = subprocess.run(["openssl", "speed", "-seconds", "2", "ecdsap256", "ecdhx25519"], capture_output=True, text=True,
                          check=True).stdout
    sign, verify = (float(n) for n in re.search(r"ecdsa \(nistp256\)\s+\S+s\s+\S+s\s+([\d.]+)\s+([\d.]+)", told).groups())
    agree = float(re.search(r"ecdh \(X25519\)\s+\S+s\s+([\d.]+)", told)[1])
    return 1 / (1 / sign + 2 / verify + 2 / agree)
