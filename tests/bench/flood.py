# SPDX-License-Identifier: Apache-2.0
"""A key's way while the same link carries a `kubectl cp` of 200 MB and another terminal's `yes`."""
import contextlib
import multiprocessing
import os
import subprocess
import tempfile
import time

import peers
from keystroke import PAUSE, percentile

BYTES = 200 << 20
MOST_KEYS = 2000
PATIENCE = 120


class Flood:
    name = "flood"
    figures = [("key beside cp and yes p50", "ms", 50, True), ("key beside cp and yes p99", "ms", 50, True),
               ("cp of 200 MB beside", "s", PATIENCE, True)]
    aim_is_ratio = False
    pod, keys = "bench-flood", "bench-flood-keys"

    def prepare(self, api):
        peers.run_pod(api, self.pod, "exec sleep 1000000")
        peers.run_pod(api, self.keys, "exec sleep 1000000", cpu="200m")  # its shell must not wait for `yes`
        with tempfile.NamedTemporaryFile(prefix="slipway-bench-", delete=False) as file:
            self.file = file.name
            for _ in range(BYTES >> 20):
                file.write(os.urandom(1 << 20))

    def finish(self, api):
        for pod in (self.pod, self.keys):
            peers.remove_pod(api, pod)
        with contextlib.suppress(AttributeError, FileNotFoundError):
            os.unlink(self.file)

    @contextlib.contextmanager
    def yes(self, api):
        """A terminal whose page reads as fast as it can."""
        session = api.terminal("demo", self.pod, "tty=true")
        session.send("yes\n")

        def read():
            while session.connection.sock.recv(1 << 20):
                pass

        reader = multiprocessing.get_context("fork").Process(target=read, daemon=True)  # no thread: it would slow the keys' own
        reader.start()
        try:
            yield
        finally:
            reader.kill()
            reader.join()
            session.connection.shutdown()

    def ours(self, api):
        session = api.terminal("demo", self.keys, "tty=true")
        session.send("echo rea''dy; cat >/dev/null\n")
        session.until("\nready")
        kubectl = [peers.kubectl_binary(api.state), "--kubeconfig", api.summary["kubeconfig"]]
        times = []
        with self.yes(api):
            began = time.perf_counter()
            copy = subprocess.Popen([*kubectl, "cp", self.file, f"demo/{self.pod}:/tmp/big"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                while copy.poll() is None and len(times) < MOST_KEYS:
                    time.sleep(PAUSE)
                    times.append(self.key(session))
                if copy.wait(PATIENCE):
                    raise RuntimeError("kubectl cp failed")
                took = time.perf_counter() - began
            finally:
                copy.kill()
                copy.wait()
        session.connection.close()
        return {"key beside cp and yes p50": percentile(times, 0.5), "key beside cp and yes p99": percentile(times, 0.99), "cp of 200 MB beside": took}

    @staticmethod
    def key(session):
        began = time.perf_counter()
        session.send(b"k")
        while b"k" not in session.connection.sock.recv(65536):
            pass
        return (time.perf_counter() - began) * 1000
