# SPDX-License-Identifier: Apache-2.0
"""A controller with thousands of simulated agents, beside a bare Beast echo server and an MQTT broker with as many clients."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "swarm"))

import peers_of_swarm  # noqa: E402
import swarm_measure  # noqa: E402
import swarm_site  # noqa: E402

SIZES = (2_000, 10_000, 18_000)
MQTT_SIZE = 10_000


class Options:
    streams, slow, churn, seconds, seed = 1, 20, 0, 30, 1


class Measured:
    """All figures, measured once: the rows of both benches are of the same runs."""

    def __init__(self):
        self.results = {}

    def once(self):
        if not self.results:
            swarm_site.build("slipway-swarm", "slipway-swarm-echo")
            self.results = {size: self.of(size) for size in SIZES}
        return self.results

    @staticmethod
    def of(size):
        with swarm_site.SwarmSite(size) as site:
            rows = {"ours": swarm_measure.measure(site, size, Options),
                    "echo": peers_of_swarm.measure(site, "echo", peers_of_swarm.echo_server, size, swarm_measure.PATIENCE)}
            if size == MQTT_SIZE:
                rows["mqtt"] = peers_of_swarm.measure(site, "mqtt", peers_of_swarm.broker, size, swarm_measure.PATIENCE)
            return rows


class Bench:
    """It needs no cluster; a round is minutes long and has thousands of samples in it."""
    name = "swarm"
    rounds = 1
    needs_world = False
    measured = Measured()

    def prepare(self, _):
        pass

    def finish(self, _):
        pass


class Peers(Bench):
    """Against the bare echo server; and, at one size, against the broker. The limit is OpenSSL's alone, on one core."""
    figures = [(f"{what}, {size} agents", unit, aim, True) for size in SIZES for what, unit, aim in
               (("RSS an agent", "kB", 0.6), ("all connect", "s", 2), ("all back after kill -9", "s", 2))]
    figures += [(f"{what}, {MQTT_SIZE}, mosquitto", unit, aim, True) for what, unit, aim in
                (("RSS an agent", "kB", 2), ("all connect", "s", 2))]
    aim_is_ratio = True

    def ours(self, _):
        rows = {}
        for size, row in self.measured.once().items():
            ours = row["ours"]
            rows |= {f"RSS an agent, {size} agents": ours["rss_an_agent_kb"], f"all connect, {size} agents": ours["connect_s"],
                     f"all back after kill -9, {size} agents": ours["back_s"]}
        ours = self.measured.once()[MQTT_SIZE]["ours"]
        return rows | {f"RSS an agent, {MQTT_SIZE}, mosquitto": ours["rss_an_agent_kb"],
                       f"all connect, {MQTT_SIZE}, mosquitto": ours["connect_s"]}

    def peer(self, _):
        rows = {}
        for size, row in self.measured.once().items():
            echo = row["echo"]
            rows |= {f"RSS an agent, {size} agents": echo["rss_kb"], f"all connect, {size} agents": echo["connect"],
                     f"all back after kill -9, {size} agents": echo["back"]}
        mqtt = self.measured.once()[MQTT_SIZE]["mqtt"]
        return rows | {f"RSS an agent, {MQTT_SIZE}, mosquitto": mqtt["rss_kb"],
                       f"all connect, {MQTT_SIZE}, mosquitto": mqtt["connect"]}

    def limit(self, _):
        """Of the handshakes; nothing is known of the others."""
        rate = peers_of_swarm.handshakes_a_second()
        limits = {name: None for name, *_ in self.figures}
        for size in SIZES:
            limits[f"all connect, {size} agents"] = size / rate
            limits[f"all back after kill -9, {size} agents"] = size / rate
        return limits


class Alone(Bench):
    """Against what was promised."""
    figures = [(f"{what}, {size} agents", unit, aim, True) for size in SIZES for what, unit, aim in
               (("CPU idle", "% core", 10), ("order to all p99", "ms", 1000))]
    figures += [("RSS of one more agent", "ratio", 1.1, True)]
    aim_is_ratio = False

    def ours(self, _):
        results = self.measured.once()
        rows = {}
        for size, row in results.items():
            rows |= {f"CPU idle, {size} agents": 100 * row["ours"]["cpu_idle"],
                     f"order to all p99, {size} agents": row["ours"]["order_p99_ms"]}
        less, more = (results[size]["ours"] for size in (SIZES[0], SIZES[-1]))
        grown = (more["rss_kb"] - less["rss_kb"]) / (SIZES[-1] - SIZES[0])
        return rows | {"RSS of one more agent": grown / less["rss_an_agent_kb"]}
