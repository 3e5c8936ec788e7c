# SPDX-License-Identifier: Apache-2.0
"""A thousand simulated agents that come and go around a controller of their own, with streams and readers that hardly read:
nothing of what has gone stays behind."""
import sys
import time

import pytest

from conftest import TREE
from slipway import wait_for

sys.path.insert(0, f"{TREE}/tests/bench/swarm")

import swarm_site  # noqa: E402

claims = pytest.mark.claims
AGENTS, CHURN_SECONDS = 1_000, 100
AGENTS_FULL, CHURN_SECONDS_FULL = 5_000, 3_600
LEAVE_A_SECOND = 1 / 100  # of all agents
WARM_UP = 40  # seconds: the allocator has seen the most that it will hold
STREAMS, SLOW_PERCENT, STREAM_SECONDS = 12, 34, 10
MOST_GROWTH = 1.05
PATIENCE = 400


def stir(site, agents, count, seconds, seed):
    """Agents leave and come back, streams open and end, some of their readers hardly read; then all is quiet again."""
    people = site.people(STREAMS, SLOW_PERCENT, life=STREAM_SECONDS, seed=seed)
    before = agents.ask("churn", LEAVE_A_SECOND * count) and agents.stat()
    time.sleep(seconds)
    agents.ask("churn", 0)
    told = people.stat()
    people.end()
    agents.all_up(PATIENCE)
    wait_for("no stream is left", lambda: agents.stat()["streams"] == 0, 60)
    assert told["links"] > STREAMS and told["log_bytes"] > 0 and told["echo_ms"]["count"] > 0, told
    came_back = agents.stat()["links"] - before["links"]
    assert came_back > seconds * LEAVE_A_SECOND * count / 2, f"only {came_back} agents left and came back"


def settled(controller):
    """Its descriptors once nothing that asked whether it is ready is left."""
    looks = set()
    for _ in range(8):
        looks.add(controller.descriptors())
        time.sleep(0.25)
    return looks.pop() if len(looks) == 1 else None


def quiet(controller, descriptors):
    """Its memory once what has gone is gone: links that were cut are found by their silence."""
    wait_for(f"{descriptors} descriptors are open", lambda: controller.descriptors() == descriptors, 60)
    time.sleep(5)
    return controller.rss_kb()


@claims("E1.churn")
def test_nothing_stays_of_agents_and_streams_that_come_and_go(full, seed, record_property):
    count, seconds = (AGENTS_FULL, CHURN_SECONDS_FULL) if full else (AGENTS, CHURN_SECONDS)
    swarm_site.build("slipway-swarm")
    with swarm_site.SwarmSite(count) as site:
        controller = site.start_controller()
        alone = wait_for("its descriptors are settled", lambda: settled(controller), 60)
        agents = site.agents(seed=seed)
        agents.all_up(PATIENCE)
        stir(site, agents, count, WARM_UP, seed + 1)
        before = quiet(controller, alone + count)
        stir(site, agents, count, seconds, seed + 2)
        after = quiet(controller, alone + count)
        for name, value in (("agents", count), ("churn_seconds", seconds), ("rss_kb_before", before), ("rss_kb_after", after)):
            record_property(name, value)  # kept in build/swarm.xml
        assert agents.stat()["up"] == count
        assert after <= MOST_GROWTH * before, f"{before} kB before {seconds} s of churn, {after} kB after"
        agents.end()
        wait_for("no descriptor of a link is left", lambda: controller.descriptors() == alone, 60)
