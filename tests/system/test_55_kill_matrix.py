# SPDX-License-Identifier: Apache-2.0
"""Agent, controller, machine, containerd and etcd killed at the steps of the creation of a cluster of one master and one worker."""
import tempfile
from collections import namedtuple

import pytest

from outside import Machine, restart_controller
from slipway import wait_for

claims = pytest.mark.claims
SAMPLES, PER_CREATION = 5, 3  # drawn in the gate; with --full the whole matrix
MASTER, WORKER, CREATION = "kills-master-1", "kills-worker-1", "creation"
UNITS = {"agent": "slipway-agent.service", "containerd": "containerd.service", "etcd": "etcd.service"}
STEPS = {  # (victim, where) -> the steps at which it dies; a unit has to run before it can
    ("agent", MASTER): "clock disks kernel containerd images cni dns etcd control-plane kube-proxy labels ready",
    ("agent", WORKER): "disks containerd images join labels ready",
    ("machine", MASTER): "disks containerd images etcd control-plane kube-proxy labels ready",
    ("machine", WORKER): "disks images join labels ready",
    ("containerd", MASTER): "containerd images etcd control-plane kube-proxy labels ready",
    ("containerd", WORKER): "containerd images join labels ready",
    ("etcd", MASTER): "etcd control-plane kube-proxy labels ready",
    ("controller", CREATION): "network machines running enrolled bootstrap objects ready",
    ("controller", MASTER): "disks etcd control-plane labels",
    ("controller", WORKER): "join",
}
Kill = namedtuple("Kill", "victim where step")
MATRIX = [Kill(victim, where, step) for (victim, where), steps in STEPS.items() for step in steps.split()]


def kill_unit(api, node, unit):
    """SIGKILL to a unit's main process; False while it has none."""
    script = f"p=$(systemctl show --property MainPID --value {unit}); [ $p != 0 ] && kill -9 $p && echo struck"
    return "struck" in api.machine(node, "sh", "-c", script, check=False)


def strike(world, kill):
    """True when the victim is dead; it may not run yet."""
    if kill.victim == "controller":
        restart_controller(world)
        return True
    if kill.victim == "machine":
        machine = Machine(world.api, kill.where)
        if not machine.pid():
            return False  # it is just booting again
        machine.kill()
        machine.power_cycle()
        return True
    return kill_unit(world.api, kill.where, UNITS[kill.victim])


class Creation:
    """The creation of the cluster `kills`, in which each of `kills` strikes at its step."""

    def __init__(self, world, kills):
        self.world, self.api, self.left, self.began = world, world.api, list(kills), set()

    def look(self):
        """Which steps have begun; what is seen once stays, although a rebooted machine begins anew."""
        operation = self.api.items("/operations?cluster=kills")[0]
        operation = self.api.get(f"/operations/{operation['id']}")
        assert operation["state"] != "failed", operation
        for where, rows in ((None, operation["nodeSteps"]), (CREATION, operation["steps"])):
            self.began |= {(where or row["node"], row["name"]) for row in rows if row["state"] in ("running", "done")}

    def turn(self):
        self.look()
        for kill in list(self.left):
            if (kill.where, kill.step) in self.began and strike(self.world, kill):
                self.left.remove(kill)
        return not self.left and self.whole()

    def whole(self):
        """Healthy, with both nodes there: what stands in the controller may be from before the last kill."""
        if self.api.get("/clusters/kills")["state"] != "healthy":
            return False
        nodes = self.api.items("/clusters/kills/nodes")
        if not all(n["link"]["value"] == "connected" and n["kubernetes"]["value"] == "ready" for n in nodes):
            return False
        units = {MASTER: ["containerd", "kubelet", "slipway-agent", "etcd"], WORKER: ["containerd", "kubelet", "slipway-agent"]}
        return all(set(self.api.machine(n, "systemctl", "is-active", *units[n], check=False).split()) == {"active"} for n in units)

    def tell_why(self):
        """What a person would look at, for the log of a failed test; what says most comes last."""
        for node, unit in ((n, u) for n in (MASTER, WORKER) for u in ("slipway-agent", "etcd", "containerd", "kubelet")):
            print(node, unit, self.api.machine(node, "journalctl", "--no-pager", "-n", "30", "-u", unit, check=False))
        operation = self.api.items("/operations?cluster=kills")[0]
        for row in self.api.get(f"/operations/{operation['id']}")["nodeSteps"]:
            print({**row, "logTail": row.get("logTail", "")[-300:]})
        print("left:", self.left)


def gone(api, name):
    return api.call("GET", f"/clusters/{name}").status_code == 404


def nothing_doubled(api):
    ours = [m["name"] for m in api.items("/machines") if m["name"].startswith("kills-")]
    assert sorted(ours) == [MASTER, WORKER], ours
    members = api.machine(MASTER, "sh", "-c", "ETCDCTL_API=3 etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt "
                          "--cert=/etc/kubernetes/pki/apiserver-etcd-client.crt --key=/etc/kubernetes/pki/apiserver-etcd-client.key member list")
    assert len(members.splitlines()) == 1, members
    nodes = api.call("GET", "/clusters/kills/proxy/api/v1/nodes", expect=200).json()["items"]
    assert sorted(n["metadata"]["name"] for n in nodes) == [MASTER, WORKER], nodes


@pytest.fixture
def key_pair(api):
    """A key pair made by the controller: (its name, the file with its private key)."""
    made = api.call("POST", "/key-pairs", expect=201, json={"name": "ops"}).json()
    with tempfile.NamedTemporaryFile("w", prefix="slipway-test-") as file:  # 0600, gone afterwards
        file.write(made["privateKey"])
        file.flush()
        yield made["name"], file.name
    api.call("DELETE", f"/key-pairs/{made['name']}", expect=204)


def ssh(api, node, *options):
    address = api.get(f"/clusters/{node.rsplit('-', 2)[0]}/nodes/{node}")["address"]
    return api.from_network("ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                            "-o", "IdentitiesOnly=yes", *options, f"root@{address}", "hostname")


def only_with_the_key(api, file):
    inside = ssh(api, MASTER, "-i", file)
    assert inside.stdout.strip() == MASTER, inside.stderr
    assert "Permission denied" in ssh(api, MASTER).stderr
    assert "Permission denied" in ssh(api, "demo-worker-1", "-i", file).stderr


@claims("E1.agent-killed", "E1.machine-killed", "E1.unit-killed", "C1.durable", "C1.key-pair", "C11.all-gone")
def test_whoever_is_killed_at_any_step_the_cluster_comes(world, api, drawn, key_pair):
    name, file = key_pair
    groups = drawn(MATRIX, SAMPLES, PER_CREATION)
    for number, group in enumerate(groups, 1):
        kills = "; ".join(f"{k.victim} at {k.where}/{k.step}" for k in group)
        print(f"creation {number} of {len(groups)}: {kills}", flush=True)
        creation = Creation(world, group)
        api.call("POST", "/clusters", expect=202, json={"name": "kills", "masters": 1, "workers": 1, "keyPair": name})
        try:
            wait_for(f"the cluster is whole in spite of {kills}", creation.turn, 300, 0.1)
            nothing_doubled(api)
            if number == 1:
                only_with_the_key(api, file)
        except AssertionError:
            creation.tell_why()
            raise
        finally:
            api.call("DELETE", "/clusters/kills", expect=202)
            wait_for("kills is gone", lambda: gone(api, "kills"), 90)
    machines = [m for m in api.items("/machines") if m["name"].startswith("kills")]
    assert not machines, machines
    assert "kills" not in open("/proc/mounts").read()
    wait_for("demo is as before", lambda: all(n["kubernetes"]["value"] == "ready" and n["link"]["value"] == "connected"
                                            for n in api.items("/clusters/demo/nodes")), 60)
