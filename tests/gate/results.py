# SPDX-License-Identifier: Apache-2.0
"""What the parts of a run came to; kept as build/results.json for tests/report."""
import json
import threading


class Results:
    """Rows {part, name, result, seconds, claims}, and each part's minutes beside its budget."""

    def __init__(self, path):
        self.path = path
        self.parts = {}
        self.tests = []
        self.lock = threading.Lock()

    def add(self, part, minutes, budget, tests):
        with self.lock:
            self.parts[part] = {"minutes": round(minutes, 2), "budget": budget}
            self.tests += [{"part": part, **test} for test in tests]

    def counts(self):
        """How many passed, failed, were skipped, and passed only when they were looked at again."""
        return tuple(sum(test["result"] == result for test in self.tests) for result in ("passed", "failed", "skipped", "unsteady"))

    def save(self):
        with open(self.path, "w") as out:
            json.dump({"parts": self.parts, "tests": self.tests}, out, indent=1)
