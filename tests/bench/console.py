# SPDX-License-Identifier: Apache-2.0
"""The console in Chromium: lists of 10,000 pods, their page's heap while they change, and a log that is written fast."""
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import peers
from browser import Browser

SPACE = "bench-console"
PODS = 10_000
TRIES = 20
WRITERS = 4
USUAL = 10  # pods that change in a second, in a cluster of that many
WARM_SECONDS, SECONDS = 30, 180
POD = "bench-console-log"
LINES_A_SECOND, LOG_SECONDS = 5_000, 15
LINES = LINES_A_SECOND * LOG_SECONDS
# A tenth of a second's lines at a time, each at its time by the clock of the machine; /tmp/go begins it.
WRITE = (f"echo first; while [ ! -e /tmp/go ]; do sleep 0.1; done; i=0; read b x </proc/uptime; b=${{b%.*}}${{b#*.}}; "
         f"while [ $i -lt {LINES} ]; do seq $((i+1)) $((i+{LINES_A_SECOND // 10})); i=$((i+{LINES_A_SECOND // 10})); "
         f"while read n x </proc/uptime; n=${{n%.*}}${{n#*.}}; [ $((n-b)) -lt $((i*100/{LINES_A_SECOND})) ]; do sleep 0.01; done; done; echo last; exec sleep 1000000")


def person(api):
    return {"user": "admin", "password": api.summary["password"]}


class Page:
    """A bench with a browser of its own."""
    aim_is_ratio = False
    rounds = 1

    def prepare(self, api):
        self.browser = Browser(api)

    def finish(self, _):
        self.browser.close()


class Lists(Page):
    """Ours: the slower of twenty, but for the slowest, from the click or key to the frame. Limit: the bare request from the same page.
    The heap grows at first by the machine code that V8 makes of what runs often; a page that keeps what it should not grows on."""
    name = "console"
    figures = [(f"console: {what} of 10,000 pods", "ms", 200, True) for what in ("next page", "sorted", "filtered", "filtered while typing")] + [
        (f"console: {what}", "ratio", 1.05, True) for what in ("heap of the list in its first 3 min", "that heap in the next 3 min", "that heap without V8's code")]

    def prepare(self, api):
        api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(lambda first: make_pods(api, range(first, PODS, WRITERS)), range(WRITERS)))
        wait_for_all(api)
        super().prepare(api)

    def finish(self, api):
        super().finish(api)
        api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)

    def ours(self, api):
        names = [name_of(4_001 + 13 * i) for i in range(TRIES)]
        self.taken = self.browser.flow("listSpeed", namespace=SPACE, first=name_of(0), names=names, total=PODS, **person(api))
        print(self.taken)
        slow = [slowest_but_one(self.taken[what]) for what in ("page", "sort", "filter", "typed")]
        with changing(api):
            held = self.browser.flow("listHeap", namespace=SPACE, total=PODS, warm=WARM_SECONDS, seconds=2 * SECONDS,
                                     seconds_at_most=WARM_SECONDS + 4 * SECONDS, **person(api))
        print(held)
        assert held["reads"] > SECONDS, "the list did not follow what changed"
        first, middle, last = (held["looks"][len(held["looks"]) // 2 * at] for at in range(3))
        grown = [middle / first, last / middle, held["kept"][-1] / held["kept"][0]]
        return dict(zip((figure[0] for figure in self.figures), [*slow, *grown]))

    def limit(self, _):
        return {figure[0]: slowest_but_one(self.taken["request"]) if figure[1] == "ms" else 1 for figure in self.figures}


class Log(Page):
    """Ours: how much of the time the page's thread was busy, and lines that it lost."""
    name = "console-log"
    figures = [("console: busy at 5,000 lines a second", "%", 30, True), ("console: lines that it lost", "lines", 0, True)]

    def prepare(self, api):
        peers.run_pod(api, POD, WRITE)
        super().prepare(api)

    def finish(self, api):
        super().finish(api)
        peers.remove_pod(api, POD)

    def ours(self, api):
        def begin():
            assert api.terminal("demo", POD, "command=touch&command=/tmp/go").finish()["code"] == 0
        seen = self.browser.flow("logSpeed", namespace="demo", pod=POD, first="first", last="last", on={"open": begin}, **person(api))
        print(seen)
        assert seen["seconds"] < 1.5 * LOG_SECONDS, f"it was not written at {LINES_A_SECOND} lines a second"
        return {self.figures[0][0]: 100 * seen["busy"] / seen["seconds"], self.figures[1][0]: LINES + 2 - seen["lines"]}


def name_of(at):
    return f"pod-{at:05}"


def in_kubernetes(api, page, method, path, expect, **more):
    answer = page.request(method, f"{api.base}/api/v1/clusters/demo/proxy/api/v1/namespaces/{SPACE}/pods{path}", timeout=peers.PATIENCE,
                          **{**more, "headers": {"Authorization": f"Bearer {api.token}", **more.get("headers", {})}})
    assert answer.status_code == expect, answer.text


def make_pods(api, numbers):
    """Pods that wait for a scheduler that nobody is."""
    with api.visitor() as page:
        for at in numbers:
            in_kubernetes(api, page, "POST", "", 201, json={"metadata": {"name": name_of(at), "labels": {"app": f"app-{at % 100}"}}, "spec": {
                "schedulerName": "nobody", "automountServiceAccountToken": False, "containers": [{"name": "main", "image": "busybox:1.35"}]}})


def wait_for_all(api):
    deadline = time.monotonic() + peers.PATIENCE
    while api.get(f"/clusters/demo/pods?namespace={SPACE}&limit=1")["total"] < PODS:
        assert time.monotonic() < deadline, "the list does not get all pods"
        time.sleep(0.5)


def slowest_but_one(times):
    return sorted(times)[-2]


class changing:
    """Pods change at ten times the usual rate while it lasts."""

    def __init__(self, api):
        self.api, self.end, self.counter = api, threading.Event(), itertools.count()

    def __enter__(self):
        self.writers = [threading.Thread(target=self.write) for _ in range(WRITERS)]
        for writer in self.writers:
            writer.start()
        return self

    def __exit__(self, *_):
        self.end.set()
        for writer in self.writers:
            writer.join()

    def write(self):
        due = time.monotonic()
        with self.api.visitor() as page:
            while not self.end.is_set():
                at = next(self.counter)
                in_kubernetes(self.api, page, "PATCH", f"/{name_of(at * 37 % PODS)}", 200, headers={"Content-Type": "application/merge-patch+json"},
                              json={"metadata": {"labels": {"turn": str(at)}}})
                due += WRITERS / (10 * USUAL)
                self.end.wait(max(0, due - time.monotonic()))
