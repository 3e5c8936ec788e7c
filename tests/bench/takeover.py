# SPDX-License-Identifier: Apache-2.0
"""From the moment when the gateway is gone to the first answer of the cluster's API through another master: its agent killed
(the socket closes), and its machine cut off (silence; nothing closes)."""
import time

from outside import Machine
from slipway import wait_for

CLUSTER = "takeover"
POLL = 0.05
PATIENCE = 60


class Takeover:
    name = "takeover"
    figures = [("takeover after a closed socket", "s", 5, True), ("takeover after silence", "s", 15, True)]
    aim_is_ratio = False

    def prepare(self, api):
        api.call("POST", "/clusters", expect=202, json={"name": CLUSTER, "masters": 3, "workers": 0})
        wait_for("the cluster is healthy", lambda: self.is_whole(api), 600, 0.5)

    def finish(self, api):
        api.call("DELETE", f"/clusters/{CLUSTER}")
        wait_for("the cluster is gone", lambda: api.call("GET", f"/clusters/{CLUSTER}").status_code == 404, 120, 0.5)

    @staticmethod
    def is_whole(api):
        return api.get(f"/clusters/{CLUSTER}")["state"] == "healthy"

    @staticmethod
    def gateway(api):
        return next(n["name"] for n in api.items(f"/clusters/{CLUSTER}/nodes") if n["gateway"])

    def seconds_to_answer(self, api, lost, since):
        def answers():
            return (self.gateway(api) != lost and
                    api.call("GET", f"/clusters/{CLUSTER}/proxy/api/v1/namespaces/default").status_code == 200)
        wait_for("another master answers", answers, PATIENCE, POLL)
        return time.monotonic() - since

    def ours(self, api):
        lost = self.gateway(api)
        since = time.monotonic()
        api.machine(lost, "systemctl", "kill", "--signal=KILL", "slipway-agent")
        closed = self.seconds_to_answer(api, lost, since)
        wait_for("the cluster is whole again", lambda: self.is_whole(api), 120, 0.5)
        lost = self.gateway(api)
        with Machine(api, lost).cut_off():
            silent = self.seconds_to_answer(api, lost, time.monotonic())
        wait_for("the cluster is whole again", lambda: self.is_whole(api), 180, 0.5)
        return {self.figures[0][0]: closed, self.figures[1][0]: silent}
