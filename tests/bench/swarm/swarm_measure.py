# SPDX-License-Identifier: Apache-2.0
"""What a controller takes for a number of agents, and how fast it is with them."""
import time

from peers_of_swarm import back
from slipway import wait_for

PATIENCE = 900  # for all to be up
SETTLE = 20
ORDERS = 3


def order_to_all(site, swarm, count):
    """Introduces a CA, then takes it back: two orders to every agent. (ms until the 50th, 99th percentile and the last agent
    had the first one, seconds until all of them had answered)"""
    api = site.api
    asked = time.monotonic_ns()
    api.call("POST", "/ca-rotation", expect=200)
    wait_for("all have the order", lambda: swarm.ask("orders", asked)["count"] == count, 120, 0.1)
    wait_for("all have answered", lambda: not api.get("/ca-rotation")["missing"], 120, 0.1)
    answered = (time.monotonic_ns() - asked) / 1e9
    spread = swarm.ask("orders", asked)
    asked = time.monotonic_ns()
    api.call("DELETE", "/ca-rotation", expect=200)
    wait_for("all have the next order", lambda: swarm.ask("orders", asked)["count"] == count, 120, 0.1)
    return spread, answered


def orders(site, swarm, count):
    samples = [order_to_all(site, swarm, count) for _ in range(ORDERS)]
    middle = sorted(samples, key=lambda sample: sample[0]["p99"])[ORDERS // 2]
    return {"order_p50_ms": middle[0]["p50"], "order_p99_ms": middle[0]["p99"], "order_max_ms": middle[0]["max"],
            "order_answered_s": middle[1]}


def streams(site, count, slow, seconds, seed):
    """Terminals and followed logs for a while; afterwards none is left."""
    people = site.people(count, slow, life=20, seed=seed)
    wait_for("streams are open", lambda: people.stat()["up"] >= 0.8 * count, 60, 0.5)
    time.sleep(seconds)
    told = people.stat()
    figures = {"streams": told["up"], "streams_so_far": told["links"], "stream_failures": told["failures"],
               "echo_p50_ms": told["echo_ms"].get("p50"), "echo_p99_ms": told["echo_ms"].get("p99"),
               "rss_streams_kb": site.controller.rss_kb(), "cpu_streams": site.controller.cpu_share(10)}
    people.end()
    return figures


def back_after_kill(site, swarm, count):
    """Seconds from kill -9 until every agent is back, and how long the controller itself took."""
    told, cut = swarm.stat(), time.monotonic_ns()
    site.controller.kill()
    site.start_controller()
    ready = time.monotonic_ns()
    up = wait_for("all are back", lambda: back(swarm, count, told), PATIENCE, 0.2)
    return {"back_s": (up - cut) / 1e9, "ready_s": (ready - cut) / 1e9, "back_cpu_s": site.controller.cpu_seconds()}


def measure(site, count, options, say=lambda *_: None):
    """All of it for `count` agents; options: streams and slow in percent, churn in agents a second, seconds, seed."""
    figures = {"agents": count}

    def add(more):
        figures.update(more)
        say(more)

    controller = site.start_controller()
    add({"rss_before_kb": controller.rss_kb(), "descriptors_before": controller.descriptors()})
    used = controller.cpu_seconds()
    swarm = site.agents(count, seed=options.seed)
    up = swarm.all_up(PATIENCE)
    told = swarm.stat()
    add({"connect_s": (up - told["began_ns"]) / 1e9, "connect_cpu_s": controller.cpu_seconds() - used,
         "attempts": told["attempts"], "failures": told["failures"]})
    time.sleep(SETTLE)
    rss = controller.rss_kb()
    add({"rss_kb": rss, "rss_an_agent_kb": (rss - figures["rss_before_kb"]) / count, "descriptors_up": controller.descriptors()})
    add({"cpu_idle": controller.cpu_share(options.seconds)})
    add(orders(site, swarm, count))
    if options.streams:
        add(streams(site, max(2, round(count * options.streams / 100)), options.slow, options.seconds, options.seed))
    if options.churn:
        swarm.ask("churn", options.churn)
        add({"cpu_churn": controller.cpu_share(options.seconds)})
        swarm.ask("churn", 0)
    swarm.all_up(PATIENCE)
    time.sleep(SETTLE)
    add({"rss_after_kb": controller.rss_kb(), "descriptors_after": controller.descriptors()})
    add(back_after_kill(site, swarm, count))
    time.sleep(SETTLE)
    add({"rss_back_kb": site.controller.rss_kb(), "descriptors_back": site.controller.descriptors()})
    swarm.end()
    wait_for("all have gone", lambda: site.controller.descriptors() <= figures["descriptors_before"] + 2, 60, 0.5)
    add({"rss_gone_kb": site.controller.rss_kb(), "descriptors_gone": site.controller.descriptors()})
    site.controller.end()
    return figures
