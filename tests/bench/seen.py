# SPDX-License-Identifier: Apache-2.0
"""How long after kubectl made something our lists show it."""
import json
import statistics
import subprocess
import threading
import time

from kubectl import Kubectl, kubectls

SPACE = "bench-seen"
MADE = 100
LIMIT = 10.0  # seconds for one to be seen at all


class Seen:
    """Ours: from kubectl's end to the first list with the object. Peer: the same, until `kubectl get --watch` beside it says so."""
    name = "seen"
    aim_is_ratio = False
    rounds = 1
    figures = [("kubectl made it, our list shows it, p50", "ms", 1000, True), ("the same, p99", "ms", 1000, True)]

    def prepare(self, api):
        self.kubectl = Kubectl(api, kubectls(api.state)[0], f"{api.state}/bench-kube-cache")
        self.kubectl.run("create", "namespace", SPACE)

    def finish(self, _):
        self.kubectl.run("delete", "namespace", SPACE, "--wait=false")

    def make(self, name):
        self.kubectl.run("-n", SPACE, "create", "configmap", name)
        return time.monotonic()

    def named(self, delays):
        ordered = sorted(1000 * max(0.0, one) for one in delays)
        return {self.figures[0][0]: statistics.median(ordered), self.figures[1][0]: ordered[int(0.99 * (len(ordered) - 1))]}

    def ours(self, api):
        delays = []
        with api.visitor() as page:
            def listed(name):
                answer = page.get(f"{api.base}/api/v1/clusters/demo/configmaps?namespace={SPACE}&search={name}",
                                  headers={"Authorization": f"Bearer {api.token}"}, timeout=30)
                return any(one["name"] == name for one in answer.json()["items"])
            for i in range(MADE):
                made = self.make(f"ours-{i:03}")
                while not listed(f"ours-{i:03}"):
                    assert time.monotonic() - made < LIMIT, "never listed"
                delays.append(time.monotonic() - made)
        return self.named(delays)

    def peer(self, _):
        seen = {}
        with subprocess.Popen([*self.kubectl.words, "-n", SPACE, "get", "configmaps", "--watch-only", "-o", "json"],
                              stdout=subprocess.PIPE, text=True) as watch:
            def read():
                decoder, text = json.JSONDecoder(), ""
                for line in watch.stdout:
                    text += line
                    if line.rstrip() == "}":
                        seen[decoder.decode(text)["metadata"]["name"]] = time.monotonic()
                        text = ""
            reader = threading.Thread(target=read, daemon=True)
            reader.start()
            made = {}
            try:
                self.wait_for_watch(seen)
                for i in range(MADE):
                    made[f"peer-{i:03}"] = self.make(f"peer-{i:03}")
                deadline = time.monotonic() + LIMIT
                while not made.keys() <= seen.keys():
                    assert time.monotonic() < deadline, "kubectl's watch never said so"
                    time.sleep(0.01)
            finally:
                watch.kill()
                reader.join()
        return self.named(seen[name] - at for name, at in made.items())

    def wait_for_watch(self, seen):
        """A watch shows nothing of itself: it runs once it tells of something."""
        deadline = time.monotonic() + 3 * LIMIT
        for i in range(100):
            if seen:
                return
            self.make(f"first-{i}")
            assert time.monotonic() < deadline, "kubectl's watch does not begin"
