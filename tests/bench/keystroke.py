# SPDX-License-Identifier: Apache-2.0
"""From a key's going out to its echo: typed (a pause between two keys) and pasted (each follows the echo of the last)."""
import os
import pty
import select
import time

import websocket

import peers

KEYS = 300
PAUSE = 0.01  # between two keys: faster than anybody types, slower than a machine pastes


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def echo_times(send, receive):
    """Milliseconds from a key's going out to its echo, KEYS times each way."""
    figures = {}
    for name, pause in (("typed", PAUSE), ("pasted", 0)):
        times = []
        for _ in range(KEYS):
            if pause:
                time.sleep(pause)
            began = time.perf_counter()
            send(b"k")
            while b"k" not in receive():
                pass
            times.append((time.perf_counter() - began) * 1000)
        figures |= {f"{name} key p50": percentile(times, 0.5), f"{name} key p99": percentile(times, 0.99)}
    return figures


def keys_through_pty(command):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    try:
        def receive():
            ready, _, _ = select.select([terminal], [], [], 10)
            if not ready:
                raise TimeoutError("no echo")
            return os.read(terminal, 65536)
        os.write(terminal, b"echo rea''dy\n")
        seen = b""
        while b"ready" not in seen:
            seen += receive()
        os.write(terminal, b"cat >/dev/null\n")
        time.sleep(0.5)
        while select.select([terminal], [], [], 0.2)[0]:
            os.read(terminal, 65536)
        return echo_times(lambda key: os.write(terminal, key), receive)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)


class Keystroke:
    name = "keystroke"
    figures = [("typed key p50", "ms", 0.6, True), ("typed key p99", "ms", 0.2, True),
               ("pasted key p50", "ms", 0.6, True), ("pasted key p99", "ms", 0.2, True)]
    aim_is_ratio = True
    pod = "bench-keys"

    def prepare(self, api):
        peers.run_pod(api, self.pod, "exec sleep 1000000")

    def finish(self, api):
        peers.remove_pod(api, self.pod)

    def ours(self, api):
        session = api.terminal("demo", self.pod, "tty=true")
        session.send("echo rea''dy\n")
        session.until("ready")
        session.send("cat >/dev/null\n")
        time.sleep(0.5)
        session.connection.settimeout(0.2)
        try:
            while session.step():
                pass
        except websocket.WebSocketTimeoutException:  # the prompt has come to an end
            session.connection.settimeout(10)

        # The server's frames bear their bytes as they are: read past the library's own pace, which no page has.
        times = echo_times(session.send, lambda: session.connection.sock.recv(65536))
        session.connection.close()
        return times

    def peer(self, api):
        return keys_through_pty(peers.straight(api, "-n", "demo", "exec", "-it", self.pod, "--", "sh"))

    def limit(self, api):
        told = api.machine(peers.NODE, "crictl", "ps")  # id, pod, container
        program = next(line.split()[0] for line in told.splitlines() if line.split()[1:] == [self.pod, "main"])
        tasks = api.machine(peers.NODE, "ctr", "-n", "k8s.io", "tasks", "ls", "-q").split()
        program = next(task for task in tasks if task.startswith(program))
        return keys_through_pty(peers.on_node(api, peers.NODE, "ctr", "-n", "k8s.io", "tasks", "exec", "-t", "--exec-id",
                                              f"bench-{time.monotonic_ns()}", program, "sh"))
