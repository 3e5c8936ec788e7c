# SPDX-License-Identifier: Apache-2.0
"""A client that writes and reads a cluster all the time through the controller, and holds it to every acknowledged write."""
import json
import threading
import time

import requests

from slipway import wait_for

CONNECT_SECONDS, ANSWER_SECONDS = 3, 5  # then a request counts as unanswered; a person would have given up too
PAUSE_SECONDS = 0.2
MAPS = "/api/v1/namespaces/default/configmaps"


class Answers:
    """When one kind of request was answered well, and why others were not."""

    def __init__(self, kind):
        self.kind = kind
        self.times = []
        self.faults = []

    def good(self):
        self.times.append(time.monotonic())

    def bad(self, why):
        self.faults.append((time.monotonic(), why))

    def longest_gap(self, begin, end):
        """(seconds, when it began) of the longest time without a good answer within [begin, end]."""
        marks = [begin, *(t for t in self.times if begin < t < end), end]
        return max((later - earlier, earlier) for earlier, later in zip(marks, marks[1:]))


class Load:
    """Three clients: `rows` are sent once each, a `counter` is read and replaced, `reads` may never go back behind it."""

    def __init__(self, api, cluster):
        self.api, self.base = api, f"{api.base}/api/v1/clusters/{cluster}/proxy"
        self.name = f"load-{time.time_ns()}"
        self.answers = {kind: Answers(kind) for kind in ("rows", "counter", "reads")}
        self.acknowledged = set()  # rows
        self.sent = 0
        self.count = 0  # acknowledged value of the counter
        self.wrong = []  # what no fault excuses
        self.ending = threading.Event()
        self.threads = []

    def __enter__(self):
        with self.session() as session:
            self.ask(session, "POST", MAPS, {"metadata": {"name": self.name}, "data": {"count": "0"}})
        self.threads = [threading.Thread(target=self.run, args=(turn, kind), daemon=True)
                        for turn, kind in ((self.write_row, "rows"), (self.raise_counter, "counter"), (self.read_counter, "reads"))]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for thread in self.threads:
            thread.join(60)

    def session(self):
        session = requests.Session()
        session.verify, session.trust_env = self.api.ca, False
        session.headers["Authorization"] = f"Bearer {self.api.token}"
        return session

    def ask(self, session, method, path, body=None):
        answer = session.request(method, self.base + path, json=body, timeout=(CONNECT_SECONDS, ANSWER_SECONDS))
        if answer.status_code >= 300:
            raise requests.HTTPError(f"{answer.status_code} {answer.text[:160]}")
        return answer.json()

    def run(self, turn, kind):
        answers, session = self.answers[kind], self.session()
        while not self.ending.wait(PAUSE_SECONDS):
            try:
                turn(session)
                answers.good()
            except (requests.RequestException, ValueError) as fault:
                answers.bad(str(fault))

    def write_row(self, session):
        """Sent once, whatever becomes of it: then it is there once if it was acknowledged, and else at most once."""
        self.sent += 1
        number = self.sent
        self.ask(session, "POST", MAPS, {"metadata": {"generateName": self.name + "-", "labels": {"load": self.name}},
                                         "data": {"row": str(number)}})
        self.acknowledged.add(number)

    def raise_counter(self, session):
        """Only from what was read to one more: a number that leaps was written twice."""
        present = self.ask(session, "GET", f"{MAPS}/{self.name}")
        count = int(present["data"]["count"])
        if count not in (self.count, self.count + 1):
            self.wrong.append(f"the counter is {count} after {self.count} was acknowledged")
        if count == self.count:
            present["data"]["count"] = str(count + 1)
            self.ask(session, "PUT", f"{MAPS}/{self.name}", present)
        self.count += 1  # also one that was written and whose answer was lost

    def read_counter(self, session):
        known = self.count
        seen = int(self.ask(session, "GET", f"{MAPS}/{self.name}")["data"]["count"])
        if seen < known:
            self.wrong.append(f"read {seen} after {known} was acknowledged")

    def wait_until_used(self):
        """Until each client has been answered a few times from now on."""
        before = {kind: len(answers.times) for kind, answers in self.answers.items()}
        wait_for("the load runs", lambda: all(len(self.answers[kind].times) > n + 4 for kind, n in before.items()), 60, 0.05)

    def gaps(self, begin, end):
        return {kind: answers.longest_gap(begin, end) for kind, answers in self.answers.items()}

    def check(self):
        """After the end: every acknowledged write is there once, with its value."""
        with self.session() as session:
            rows, onward = [], ""
            while True:
                page = self.ask(session, "GET", f"{MAPS}?labelSelector=load%3D{self.name}&limit=500{onward}")
                rows += [int(item["data"]["row"]) for item in page["items"]]
                if not page["metadata"].get("continue"):
                    break
                onward = "&continue=" + page["metadata"]["continue"]
            final = int(self.ask(session, "GET", f"{MAPS}/{self.name}")["data"]["count"])
        twice = sorted({row for row in rows if rows.count(row) > 1})
        lost = sorted(self.acknowledged - set(rows))
        assert not self.wrong, self.wrong
        assert not lost, f"acknowledged and lost: {lost} of {len(self.acknowledged)}"
        assert not twice, f"written twice: {twice}"
        assert final in (self.count, self.count + 1), f"the counter is {final}, acknowledged was {self.count}"
        assert len(self.acknowledged) > 5 and self.count > 5, "hardly anything was written"

    def faults(self):
        """What went wrong, each kind of it once with how often, for the log of a test."""
        seen = {}
        for answers in self.answers.values():
            for _, why in answers.faults:
                key = f"{answers.kind}: {why[:200]}"
                seen[key] = seen.get(key, 0) + 1
        return json.dumps(seen, indent=1)


class Watch:
    """What a client sees that watches ConfigMaps through the controller and goes on from its last version after each break."""

    def __init__(self, api, cluster):
        self.api, self.events, self.breaks, self.ending = api, [], 0, threading.Event()
        self.path = f"/clusters/{cluster}/proxy{MAPS}"
        self.version = api.get(self.path)["metadata"]["resourceVersion"]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.ending.is_set():
            try:
                with self.api.visitor() as visitor:
                    answer = visitor.get(f"{self.api.base}/api/v1{self.path}?watch=1&timeoutSeconds=120&resourceVersion={self.version}",
                                         headers={"Authorization": f"Bearer {self.api.token}"}, stream=True, timeout=(5, 30))
                    answer.raise_for_status()
                    for line in answer.iter_lines():
                        self.take(json.loads(line))
            except (requests.RequestException, ValueError):
                pass
            self.breaks += 1
            time.sleep(0.2)

    def take(self, event):
        assert event["type"] != "ERROR", event
        self.version = event["object"]["metadata"]["resourceVersion"]
        self.events.append((event["type"], event["object"]["metadata"]["name"]))
