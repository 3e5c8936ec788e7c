# SPDX-License-Identifier: Apache-2.0
"""10,000 pods, 3,000 workloads and 50,000 pods in the controller's mirror: memory of a row, time of a page."""
import json
import os
import subprocess

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class MirrorPages:
    """Ours alone, against what was promised: 1 KiB a pod, 100 ms a page; 20 ms where a page needs other kinds. It needs no cluster."""
    name = "mirror"
    needs_world = False
    aim_is_ratio = False
    figures = [("memory a pod, 10,000 pods", "B", 1024, True), ("a page of 100, in key order", "ms", 100, True),
               ("a page of 100, filtered and sorted", "ms", 100, True), ("a page of 500, sorted", "ms", 100, True),
               ("100 of 1,000 applications", "ms", 20, True), ("100 of 1,000 applications, by status", "ms", 100, True),
               ("a page of 50,000 pods, sorted", "ms", 250, True)]

    def prepare(self, _):
        subprocess.run(["cmake", "--preset", "release"], cwd=TREE, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["ninja", "-C", "build/release", "slipway-mirror-bench"], cwd=TREE, check=True, stdout=subprocess.DEVNULL)

    def finish(self, _):
        pass

    def ours(self, _):
        done = subprocess.run([f"{TREE}/build/release/tests/bench/mirror/slipway-mirror-bench"], check=True, capture_output=True)
        found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith(b"{")))  # beside its log
        return {"memory a pod, 10,000 pods": found["bytes_a_pod"], "a page of 100, in key order": found["page"]["worst_ms"],
                "a page of 100, filtered and sorted": found["filtered_sorted"]["worst_ms"], "a page of 500, sorted": found["sorted"]["worst_ms"],
                "100 of 1,000 applications": found["applications"]["worst_ms"],
                "100 of 1,000 applications, by status": found["applications_sorted"]["worst_ms"],
                "a page of 50,000 pods, sorted": found["most_sorted"]["worst_ms"]}
