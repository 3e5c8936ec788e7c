# SPDX-License-Identifier: Apache-2.0
"""Megabytes of log text a second: what was written before, and what is written while somebody follows."""
import contextlib
import itertools
import os
import subprocess
import tempfile
import time

import peers

BURST = f"yes {peers.LINE} | head -n {peers.LINES}"
END = b"the-end"


class History:
    name = "history"
    figures = [("log history", "MB/s", 10, False)]
    aim_is_ratio = True
    pod = "bench-history"

    def prepare(self, api):
        peers.run_pod(api, self.pod, f"{BURST}; exec sleep 1000000")
        time.sleep(3)

    def finish(self, api):
        peers.remove_pod(api, self.pod)

    def ours(self, api):
        began = time.perf_counter()
        with api.call("GET", f"/clusters/demo/namespaces/demo/pods/{self.pod}/log", stream=True) as answer:
            size = sum(len(piece) for piece in answer.iter_content(1 << 20))
        return rate("log history", size, began)

    def peer(self, api):
        with tempfile.TemporaryFile() as sink:
            began = time.perf_counter()
            subprocess.run(peers.straight(api, "-n", "demo", "logs", self.pod), stdout=sink, check=True, timeout=peers.PATIENCE)
            return rate("log history", os.fstat(sink.fileno()).st_size, began)

    def limit(self, api):
        told = api.machine(peers.NODE, "bash", "-c", f"f=$(echo /var/log/pods/demo_{self.pod}_*/main/0.log); a=$(date +%s%N); "
                           "cat $f | cat >/dev/null; b=$(date +%s%N); echo $(stat -c %s $f) $((b-a))").split()
        return {"log history": int(told[0]) / int(told[1]) * 1e3}


def rate(figure, size, began):
    if size < 0.99 * (len(peers.LINE) + 1) * peers.LINES:
        raise RuntimeError(f"only {size} bytes of the log came")
    return {figure: size / (time.perf_counter() - began) / 1e6}


def burst_rate(read, go):
    """Bytes a second from the burst's first piece to its last, once the follower shows that it is there."""
    seen = b""
    while b"quiet\n" not in seen:
        seen += next_piece(read)
    go()
    tail, size, began = next_piece(read), 0, time.perf_counter()
    size = len(tail)
    while END not in tail:
        piece = next_piece(read)
        size += len(piece)
        tail = tail[-len(END):] + piece
    return rate("log follow", size, began)


def next_piece(read):
    piece = read()
    if not piece:
        raise RuntimeError("the followed log ended")
    return piece


class Follow:
    """A pod of its own for each sample, so that kubelet never rotates what is measured. The limit is what containerd writes:
    tail looks by the clock, since its notices come late from an overlay."""
    name = "follow"
    figures = [("log follow", "MB/s", 10, False)]
    aim_is_ratio = True
    script = f"mkfifo /tmp/go; echo quiet; read x </tmp/go; {BURST}; echo {END.decode()}; exec sleep 1000000"
    numbers = itertools.count(os.getpid() * 1000)

    @contextlib.contextmanager
    def pod(self, api):
        name = f"bench-follow-{next(self.numbers)}"
        peers.run_pod(api, name, self.script)

        def go():
            session = api.terminal("demo", name, "command=sh&command=-c&command=echo%20go%20%3E%2Ftmp%2Fgo")
            session.finish()
        try:
            yield name, go
        finally:
            peers.remove_pod(api, name)

    def prepare(self, api):
        pass

    def finish(self, api):
        pass

    def ours(self, api):
        with self.pod(api) as (name, go), api.call("GET", f"/clusters/demo/namespaces/demo/pods/{name}/log?follow=true",
                                                   stream=True) as answer:
            pieces = answer.iter_content(None)
            return burst_rate(lambda: next(pieces, b""), go)

    def peer(self, api):
        with self.pod(api) as (name, go):
            return self.follow(peers.straight(api, "-n", "demo", "logs", "-f", name), go)

    def limit(self, api):
        with self.pod(api) as (name, go):
            return self.follow(peers.on_node(api, peers.NODE, "sh", "-c", f"exec tail -n +1 -f -s 0.01 ---disable-inotify /var/log/pods/demo_{name}_*/main/0.log"), go)

    def follow(self, command, go):
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as program:
            try:
                return burst_rate(lambda: os.read(program.stdout.fileno(), 1 << 20), go)
            finally:
                program.kill()
