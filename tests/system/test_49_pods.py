# SPDX-License-Identifier: Apache-2.0
"""Pods: what a page shows of one, the logs of several in one order, and the pod of a node that is cut off."""
import re

import pytest

from outside import Machine
from slipway import wait_for
from test_52_links import connected, link
from workload_fields import ANYWHERE, HOST, MASTER, WORKER, box, keeper, named, pods, rule

claims = pytest.mark.claims
SPACE = "pods"
ROOT = f"/clusters/demo/namespaces/{SPACE}"
TALK = 'echo "run of $(date +%s%N)"; i=0; while [ ! -e /tmp/end ]; do echo "line $((i=i+1)) of $HOSTNAME"; sleep 0.2; done'


def create(api, kind, one, expect=201):
    return api.call("POST", f"{ROOT}/objects/{kind}", expect=expect, json=one).json()


def read(api, name):
    return api.get(f"{ROOT}/objects/pods/{name}")


def run_in(api, pod, *command):
    session = api.terminal(SPACE, pod, "&".join(f"command={word}" for word in command))
    assert session.finish()["code"] == 0, session.errors


def merged(api, query):
    """(time, pod/container, text) of each line; the lines about logs that cannot be read."""
    lines = api.call("GET", f"{ROOT}/log?{query}", expect=200).text.splitlines()
    notes = [line for line in lines if line.startswith("[")]
    return [tuple(line.split(" ", 2)) for line in lines if not line.startswith("[")], notes


def in_nanoseconds(time):
    """Go leaves zeros at the end of the decimals out."""
    whole, _, decimals = time.rstrip("Z").partition(".")
    return whole, decimals.ljust(9, "0")


@pytest.fixture(scope="module")
def talkers(api):
    """Two pods of one Deployment, on two nodes, that talk all the time."""
    api.call("POST", "/clusters/demo/namespaces", expect=201, json={"name": SPACE})
    try:
        apart = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": HOST, "labelSelector": {"matchExpressions": [rule("app", "In", "talk")]}}]}}
        create(api, "deployments", keeper("Deployment", "talk", pods(box(TALK), box("sleep 100000", name="quiet"), affinity=apart, **ANYWHERE), 2))
        yield wait_for("both talk", lambda: len(rows := [row for row in api.items(f"/clusters/demo/pods?namespace={SPACE}&labels=app=talk")
                                                         if row["ready"]]) == 2 and rows, 90)
    finally:
        api.call("DELETE", f"/clusters/demo/namespaces/{SPACE}", expect=200)


@claims("W22.merged")
def test_the_logs_of_several_pods_come_in_the_order_of_their_times(api, talkers):
    names = {row["name"] for row in talkers}
    assert {row["node"] for row in talkers} == {MASTER, WORKER}
    wait_for("both have said much", lambda: min(sum(text.startswith("line") and name.startswith(one) for _, name, text in merged(api, "labels=app=talk")[0])
                                                for one in names) > 10, 30)
    lines, notes = merged(api, "labels=app=talk")
    assert not notes and {name for _, name, _ in lines} == {f"{one}/main" for one in names}
    times = [in_nanoseconds(time) for time, _, _ in lines]
    assert times == sorted(times)
    turns = sum(one[1] != other[1] for one, other in zip(lines, lines[1:]))
    assert turns > 10, "they take turns"
    for one in names:  # each log is whole
        numbers = [int(re.match(r"line (\d+) of", text)[1]) for _, name, text in lines if name == f"{one}/main" and text.startswith("line")]
        assert numbers == list(range(1, len(numbers) + 1))
    assert len(merged(api, "labels=app=talk&tailLines=3")[0]) == 6
    assert {name for _, name, _ in merged(api, f"pod={min(names)}&sinceSeconds=2")[0]} == {f"{min(names)}/main"}
    assert len(api.call("GET", f"{ROOT}/log?labels=app=talk&limitBytes=99", expect=200).content) == 99
    assert merged(api, "labels=app=talk&container=quiet") == ([], [])
    for query, status, field in (("", 422, "pod"), ("pod=none", 404, "pod"), ("labels=app=talk&container=none", 404, "container"),
                                 ("labels=app=talk&follow=true", 422, "follow")):
        assert api.call("GET", f"{ROOT}/log?{query}", expect=status).json()["field"] == field


@claims("W22.merged", "W22.details")
def test_the_runs_before_are_merged_and_a_pods_state_is_told(api, talkers):
    """One was restarted: the log of the run before is that one's, and of the other it is said that there is none."""
    ended, other = sorted(row["name"] for row in talkers)
    first = merged(api, f"pod={ended}")[0][0][2]
    run_in(api, ended, "touch", "/tmp/end")
    wait_for("a restart", lambda: read(api, ended)["status"]["containerStatuses"][0]["restartCount"] and
             read(api, ended)["status"]["containerStatuses"][0]["ready"], 60)
    before, notes = merged(api, "labels=app=talk&previous=true")
    assert before[0][2] == first and {name for _, name, _ in before} == {f"{ended}/main"}
    assert len(notes) == 1 and notes[0].startswith(f"[{other}/main: "), notes
    pod = read(api, ended)
    status = {one["name"]: one for one in pod["status"]["containerStatuses"]}
    assert status["main"]["lastState"]["terminated"]["exitCode"] == 0 and status["main"]["state"]["running"], status
    assert not status["quiet"]["lastState"] and status["quiet"]["image"].endswith("busybox:1.35"), status
    assert {one["type"]: one["status"] for one in pod["status"]["conditions"]} == {
        "Initialized": "True", "Ready": "True", "ContainersReady": "True", "PodScheduled": "True"}
    reasons = {one["reason"] for one in api.items(f"/clusters/demo/events?namespace={SPACE}&object=Pod/{ended}&limit=100")}
    assert {"Scheduled", "Created", "Started"} <= reasons, reasons
    def restarts():
        row = next(row for row in api.items(f"/clusters/demo/pods?namespace={SPACE}") if row["name"] == ended)
        return [(one["name"], one["restarts"]) for one in row["containers"]]
    wait_for("the list has its restart", lambda: restarts() == [("main", 1), ("quiet", 0)], 30)
    usage = wait_for("its figures", lambda: (answer := api.call("GET", f"/clusters/demo/proxy/apis/metrics.k8s.io/v1beta1/namespaces/{SPACE}/pods/{ended}"))
                     .status_code == 200 and answer.json()["containers"], 60)
    assert {one["name"] for one in usage} == {"main", "quiet"} and all(set(one["usage"]) == {"cpu", "memory"} for one in usage), usage


@claims("W22.cut-off")
def test_of_a_node_that_is_cut_off_a_pod_goes_by_force_alone(api, talkers):
    """A deletion waits for the node's word; by force the name is free at once, and the node cleans up when it is back."""
    def keep(node):
        return named("Pod", "v1", "kept", pods(terminationGracePeriodSeconds=1, nodeSelector={HOST: node}, **ANYWHERE))
    uid = create(api, "pods", keep(WORKER))["metadata"]["uid"]
    assert api.pod(SPACE, "kept")["node"] == WORKER
    before = link(api, WORKER)["since"]
    with Machine(api, WORKER).cut_off():
        api.call("DELETE", f"{ROOT}/pods/kept", expect=200)
        row = wait_for("it is on its way", lambda: next((row for row in api.items(f"/clusters/demo/pods?namespace={SPACE}")
                                                         if row["name"] == "kept" and row["status"] == "Terminating"), None), 10)
        assert "deletedAt" in row
        taken = create(api, "pods", keep(MASTER), expect=409)
        assert "already exists" in taken["detail"], taken
        # Ten times its grace, at least: nobody takes it away but by force.
        wait_for("it is found out of reach", lambda: link(api, WORKER)["value"] == "disconnected", 30)
        assert read(api, "kept")["metadata"]["uid"] == uid
        api.call("DELETE", f"{ROOT}/pods/kept?force=true", expect=200)
        create(api, "pods", keep(MASTER))
        wait_for("the new one runs", lambda: (one := api.pod(SPACE, "kept")) and one["node"] == MASTER, 60)
    wait_for(f"{WORKER} is back", lambda: connected(api, WORKER, before) and api.get(f"/clusters/demo/nodes/{WORKER}")["kubernetes"]["value"] == "ready", 90, 0.5)
    wait_for("its container is gone", lambda: uid not in api.machine(WORKER, "ctr", "-n", "k8s.io", "containers", "ls", "-q") and
             not api.machine(WORKER, "sh", "-c", f"ls -d /var/lib/kubelet/pods/{uid} 2>/dev/null || true"), 60, 0.5)
    assert read(api, "kept")["spec"]["nodeName"] == MASTER, "the new one stays"
