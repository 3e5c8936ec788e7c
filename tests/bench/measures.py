# SPDX-License-Identifier: Apache-2.0
"""What tests/bench/run measures: each bench has ours(), peer() and limit(), which return {figure: value}."""
import os
import pty
import select
import subprocess
import tempfile
import time

from slipway import controller_binary, kubectl_binary

KEYS = 100
LOG_LINE = "x" * 99
LOG_LINES = 90_000  # 9 MB: below kubelet's rotation, so that the peer sees all of it
POD = """
apiVersion: v1
kind: Pod
metadata: {name: bench, namespace: demo}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: bench
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      command: [sh, -c, 'yes %s | head -n %d; exec sleep 1000000']
""" % (LOG_LINE, LOG_LINES)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def echo_times(send, receive):
    """Milliseconds from a key's going out to its echo, KEYS times."""
    times = []
    for _ in range(KEYS):
        began = time.perf_counter()
        send(b"k")
        while b"k" not in receive():
            pass
        times.append((time.perf_counter() - began) * 1000)
    return {"keystroke p50": percentile(times, 0.5), "keystroke p99": percentile(times, 0.99)}


def straight(api, *words):
    """kubectl with the cluster's own administrator, straight to the API server, past the controller."""
    config = os.path.join(api.state, "bench.kubeconfig")
    if not os.path.exists(config):
        text = api.machine("demo-master-1", "cat", "/etc/kubernetes/admin.conf")
        with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(text)
    with open(f"{api.state}/installation") as text:
        router = f"slw-{text.read().strip()}-router"
    return ["ip", "netns", "exec", router, kubectl_binary(api.state), "--kubeconfig", config, *words]


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
    figures = [("keystroke p50", "ms", 0.6, True), ("keystroke p99", "ms", 0.2, True)]
    aim_is_ratio = True

    def prepare(self, api):
        api.apply("demo", POD, "demo")
        api.pod("demo", "bench")

    def ours(self, api):
        session = api.terminal("demo", "bench", "tty=true")
        session.send("echo rea''dy\n")
        session.until("ready")
        session.send("cat >/dev/null\n")
        time.sleep(0.5)
        session.connection.settimeout(0.2)
        try:
            while session.step():
                pass
        except Exception:  # the prompt has come to an end
            session.connection.settimeout(10)

        def receive():
            session.output = b""
            session.step()
            return session.output
        times = echo_times(session.send, receive)
        session.connection.close()
        return times

    def peer(self, api):
        return keys_through_pty(straight(api, "-n", "demo", "exec", "-it", "bench", "--", "sh"))

    def limit(self, api):
        node = next(p["node"] for p in api.items("/clusters/demo/pods?namespace=demo") if p["name"] == "bench")
        found = api.machine(node, "sh", "-c", "for t in $(ctr -n k8s.io tasks ls -q); do ctr -n k8s.io containers info $t | "
                            "grep -q '\"io.kubernetes.container.name\": \"bench\"' && echo $t; done; true").split()
        return keys_through_pty([controller_binary(), "machine", "shell", node, "--state", api.state, "--", "ctr", "-n", "k8s.io",
                                 "tasks", "exec", "-t", "--exec-id", f"bench-{time.monotonic_ns()}", found[-1], "sh"])


class Logs:
    name = "logs"
    figures = [("log history", "MB/s", 10, False)]
    aim_is_ratio = True

    def prepare(self, api):
        Keystroke().prepare(api)
        time.sleep(2)

    def ours(self, api):
        began = time.perf_counter()
        with api.call("GET", "/clusters/demo/namespaces/demo/pods/bench/log", stream=True) as answer:
            size = sum(len(piece) for piece in answer.iter_content(1 << 20))
        return {"log history": size / (time.perf_counter() - began) / 1e6}

    def peer(self, api):
        with tempfile.TemporaryFile() as sink:
            began = time.perf_counter()
            subprocess.run(straight(api, "-n", "demo", "logs", "bench"), stdout=sink, check=True, timeout=300)
            return {"log history": sink.tell() / (time.perf_counter() - began) / 1e6}

    def limit(self, api):
        node = next(p["node"] for p in api.items("/clusters/demo/pods?namespace=demo") if p["name"] == "bench")
        told = api.machine(node, "bash", "-c", "f=$(ls /var/log/pods/demo_bench_*/bench/*.log | tail -1); a=$(date +%s%N); cat $f | cat >/dev/null; "
                           "b=$(date +%s%N); echo $(stat -c %s $f) $((b-a))").split()
        return {"log history": int(told[0]) / (int(told[1]) / 1e9) / 1e6}


def usage(api, node, program):
    """(RSS in MB, CPU seconds so far) of a program on a node."""
    told = api.machine(node, "sh", "-c", f"p=$(pidof -s {program}); awk '/VmRSS/{{print $2}}' /proc/$p/status; cut -d' ' -f14,15 /proc/$p/stat").split()
    return int(told[0]) * 1024 / 1e6, (int(told[1]) + int(told[2])) / os.sysconf("SC_CLK_TCK")


class Footprint:
    name = "footprint"
    figures = [("agent RSS idle", "MB", 20, True), ("agent CPU idle", "% core", 0.2, True)]
    aim_is_ratio = False
    SECONDS = 20

    def prepare(self, api):
        pass

    def sample(self, api, program):
        rss, before = usage(api, "demo-worker-1", program)
        time.sleep(self.SECONDS)
        rss, after = usage(api, "demo-worker-1", program)
        return {"agent RSS idle": rss, "agent CPU idle": 100 * (after - before) / self.SECONDS}

    def ours(self, api):
        return self.sample(api, "slipway-agent")

    def peer(self, api):
        return self.sample(api, "kubelet")


ALL = [Keystroke(), Logs(), Footprint()]
