# SPDX-License-Identifier: Apache-2.0
"""Agents that are given another program by the controller: releases that work, that break, and that nobody has signed."""
import pytest

from releases import AGENT, new_key, next_program, publish, release_of, script, upgrade
from slipway import wait_for
from test_52_links import connected, link
from test_54_agent_restarts import NODE, Follower, counter, pids  # noqa: F401: counter is a fixture

claims = pytest.mark.claims
MASTER = "demo-master-1"


def program_of(api, node):
    """What the agent's process is: a file name."""
    return api.machine(node, "sh", "-c", "readlink /proc/$(systemctl show -p MainPID --value slipway-agent)/exe").strip()


def settled(api, node, version):
    told = release_of(api, node)
    return told["state"] == "settled" and told["wanted"] == version


@claims("E1.upgrade")
def test_a_cluster_gets_another_release_while_its_containers_run(api, counter):  # noqa: F811
    publish(api.state, "0.1.1", next_program("0.1.1"))
    assert [r["version"] for r in api.items("/agent-releases") if not r.get("problem")] == ["0.1.1"]
    follower = Follower(api, counter)
    follower.goes_on("its start")
    running = pids(api)
    ended = upgrade(api, "0.1.1")
    assert ended["state"] == "done", ended
    for node in (NODE, MASTER):
        assert settled(api, node, "0.1.1"), release_of(api, node)
        assert api.get(f"/clusters/demo/nodes/{node}")["agent"]["version"] == "0.1.1"
        assert release_of(api, node)["runningSha256"] in program_of(api, node)
    follower.goes_on("the upgrade")
    since = link(api, NODE)["since"]
    api.machine(NODE, "systemctl", "kill", "-s", "KILL", "slipway-agent")
    wait_for("the node is linked again", lambda: connected(api, NODE, since), 60)
    assert release_of(api, NODE)["runningSha256"] in program_of(api, NODE)  # for good, not for one start
    follower.goes_on("a kill of the new one")
    assert pids(api) >= running
    seen = list(follower.numbers)
    assert seen == list(range(1, len(seen) + 1)), [n for n, m in zip(seen, seen[1:]) if m != n + 1]
    follower.answer.close()
    assert upgrade(api, "0.1.1")["state"] == "done"  # nothing to do


def goes_back(api, version, program, why):
    """An upgrade to a broken release: it fails at the first node and leaves it, and the other, as they were."""
    before = {node: program_of(api, node) for node in (NODE, MASTER)}
    publish(api.state, version, program)
    ended = upgrade(api, version)
    assert ended["state"] == "failed" and NODE in ended["error"] and why in ended["error"], ended
    wait_for("the node is linked", lambda: link(api, NODE)["value"] == "connected", 60)
    told = release_of(api, NODE)
    assert told["state"] == "failed" and why in told["error"] and told["wanted"] == version, told
    assert {node: program_of(api, node) for node in before} == before
    assert release_of(api, MASTER).get("wanted") != version  # its turn did not come
    return ended


@claims("E1.upgrade-fails")
def test_a_broken_release_gives_way_to_the_one_before(api, full):
    failed = goes_back(api, "0.1.2", script("0.1.2", "exit 1"), "ended by itself")
    again = api.call("POST", f"/operations/{failed['id']}/retry", expect=202).json()
    wait_for("it has failed again", lambda: api.get(f"/operations/{again['id']}")["state"] == "failed", 120)
    if full:
        settings = "/etc/slipway/agent.yaml"
        since = link(api, NODE)["since"]
        api.machine(NODE, "sh", "-c", f"echo 'agent_trial_seconds: 15' >>{settings} && systemctl restart slipway-agent")
        wait_for("the node is linked again", lambda: connected(api, NODE, since), 60)
        goes_back(api, "0.1.3", script("0.1.3", "exec sleep 1000"), "did not hold a link")
        ended = upgrade(api, "image")
        assert ended["state"] == "done", ended
        assert {program_of(api, node) for node in (NODE, MASTER)} == {"/usr/bin/slipway-agent"}
        assert release_of(api, NODE)["fromImage"]
    assert upgrade(api, "0.1.1")["state"] == "done"  # a failed upgrade blocks no other


@claims("E1.upgrade-signed")
def test_what_a_stranger_signed_is_not_fetched(api, tmp_path):
    publish(api.state, "0.1.4", next_program("0.1.4"), new_key(str(tmp_path / "key.pem")))
    before = program_of(api, NODE)
    ended = upgrade(api, "0.1.4")
    assert ended["state"] == "failed" and "none of the keys" in ended["error"], ended
    assert program_of(api, NODE) == before
    assert "0.1.4" not in api.machine(NODE, "ls", "/var/lib/slipway/agent")
    with open(AGENT, "rb") as file:  # no release, and known not to be one
        with open(f"{api.state}/agent-releases/0.1.1/slipway-agent", "ab") as kept:
            kept.write(file.read(1))
    broken = next(r for r in api.items("/agent-releases") if r.get("version") == "0.1.1")
    assert "bytes" in broken["problem"], broken
    refused = api.call("POST", "/clusters/demo/agent-upgrade", json={"release": "0.1.1"})
    assert refused.status_code in (409, 422) and "bytes" in refused.text
    unknown = api.call("POST", "/clusters/demo/agent-upgrade", json={"release": "9.9.9"})
    assert unknown.status_code in (404, 422) and "0.1.4" in unknown.text
    assert upgrade(api, "image")["state"] == "done"
    assert program_of(api, NODE) == "/usr/bin/slipway-agent"
