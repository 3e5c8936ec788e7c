# SPDX-License-Identifier: Apache-2.0
"""Enrolment, kills and reboots on a second, small cluster."""
import os
import signal
import subprocess
import tempfile
import time

import pytest

from slipway import wait_for

claims = pytest.mark.claims
AGENT_STEPS = ["disks", "containerd", "images", "cni", "dns", "etcd", "control-plane", "labels"]
CREATE_MOMENTS = [0.05, 0.5, 1.5, 2.5, 4.0, 6.0, 8.0]  # seconds after the POST; Ready takes longer


def controller_pid(world):
    with open(f"{world.state}/controller.pid") as text:
        return int(text.read())


def restart_controller(world):
    """As a supervisor would: quickstart starts what is not running."""
    pid = controller_pid(world)
    os.kill(pid, signal.SIGKILL)
    wait_for("the controller is gone", lambda: not os.path.exists(f"/proc/{pid}") or
             open(f"/proc/{pid}/stat").read().split()[2] == "Z", 10, 0.05)
    from slipway import controller_binary
    with open(f"{world.state}/controller.log", "ab") as log:
        started = subprocess.Popen([controller_binary(), "serve", "--state", world.state, "--config", f"{world.state}/controller.yaml"],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    with open(f"{world.state}/controller.pid", "w") as text:
        text.write(str(started.pid))
    wait_for("the controller is back", lambda: ready(world), 30)


def ready(world):
    try:
        return world.api.call("GET", "/me").status_code == 200
    except OSError:
        return False


def healthy(api, name):
    cluster = api.get(f"/clusters/{name}")
    assert cluster["state"] != "failed", api.items(f"/operations?cluster={name}")[0]
    return cluster["state"] == "healthy"


def nothing_doubled(api, name, machines):
    ours = [m for m in api.items("/machines") if m["name"].startswith(name + "-")]
    assert len(ours) == machines, ours
    nodes = api.items(f"/clusters/{name}/nodes")
    assert len(nodes) == machines and all(n["kubernetes"]["value"] == "ready" for n in nodes), nodes


def gone(api, name):
    return api.call("GET", f"/clusters/{name}").status_code == 404


def delete(api, name):
    api.call("DELETE", f"/clusters/{name}", expect=202)
    wait_for(f"{name} is gone", lambda: gone(api, name), 90)


@claims("E1.user-data")
def test_user_data_holds_three_things_and_no_more(api):
    import yaml
    text = api.machine("demo-worker-1", "cat", "/var/lib/cloud/seed/nocloud/user-data")
    assert text.startswith("#cloud-config\n")
    data = yaml.safe_load(text)
    assert set(data) == {"slipway"} and set(data["slipway"]) == {"version", "controller", "ca_sha256", "token"}
    assert api.machine("demo-worker-1", "stat", "-c", "%a", "/var/lib/cloud/seed/nocloud/user-data").strip() == "600"


@claims("E1.one-use")
def test_a_used_token_is_refused_and_audited(api):
    script = """
set -e; cd /tmp
. /dev/stdin <<X
$(sed -n 's/^  \\(controller\\|token\\): */\\1=/p' /var/lib/cloud/seed/nocloud/user-data)
X
openssl ecparam -name prime256v1 -genkey -noout -out k.pem 2>/dev/null
openssl req -new -key k.pem -subj /CN=x -out c.pem 2>/dev/null
token_bytes=$(printf '\\012\\100'; printf %s $token)
{ printf '\\012\\100%s' "$token"; n=$(stat -c %s c.pem); printf '\\022'; printf "\\\\$(printf %03o $((n % 128 + 128)))\\\\$(printf %03o $((n / 128)))"; cat c.pem; } >request
curl -sk -o answer -w '%{http_code}' -H 'Content-Type: application/x-protobuf' --data-binary @request $controller/enrol
echo; cat answer; rm -f k.pem c.pem request answer
"""
    told = api.machine("demo-worker-1", "bash", "-c", script)
    assert told.splitlines()[0] in ("401", "403"), told
    refusals = [e for e in api.items("/audit?limit=100") if e["action"] == "enrol.refused"]
    assert refusals, "the refusal is not in the audit log"


@claims("E1.reboot")
def test_a_rebooted_machine_is_ready_again_by_itself(api):
    before = api.get("/clusters/demo/nodes/demo-worker-1")
    boot = api.machine("demo-worker-1", "cat", "/proc/1/stat").split()[21]
    api.machine("demo-worker-1", "systemctl", "reboot", check=False)

    def back():
        try:
            return api.machine("demo-worker-1", "cat", "/proc/1/stat", check=False).split()[21] != boot
        except IndexError:
            return False
    wait_for("the machine boots again", back, 60)
    wait_for("its link is new", lambda: api.get("/clusters/demo/nodes/demo-worker-1")["link"]["since"] != before["link"]["since"], 60)
    wait_for("the node is Ready", lambda: api.get("/clusters/demo/nodes/demo-worker-1")["kubernetes"]["value"] == "ready", 90)
    nothing_doubled(api, "demo", 2)
    api.pod("demo", "probe")


def tell_why(api, name):
    """What a person would look at, for the log of a failed test."""
    operation = api.items(f"/operations?cluster={name}")[0]
    for row in api.get(f"/operations/{operation['id']}")["nodeSteps"]:
        print(row)
    for unit in ("slipway-agent", "etcd", "kubelet"):
        print(api.machine(f"{name}-master-1", "journalctl", "--no-pager", "-n", "30", "-u", unit, check=False))


def create_with_kills(api, name, kill, then=lambda: None, **spec):
    """Creates a cluster of one master; `kill` is called again and again until it is healthy, `then` once after."""
    api.call("POST", "/clusters", expect=202, json={"name": name, "masters": 1, "workers": 0, **spec})
    try:
        def step():
            kill()
            return healthy(api, name)
        try:
            wait_for("the cluster is healthy in spite of kills", step, 240, 0.1)
        except AssertionError:
            tell_why(api, name)
            raise
        nothing_doubled(api, name, 1)
        then()
    finally:
        delete(api, name)


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


@claims("E1.agent-killed", "C1.key-pair")
def test_an_agent_killed_at_three_steps_goes_on(api, threes, key_pair):
    name, file = key_pair

    def only_with_the_key():
        inside = ssh(api, "kills-master-1", "-i", file)
        assert inside.stdout.strip() == "kills-master-1", inside.stderr
        assert "Permission denied" in ssh(api, "kills-master-1").stderr
        assert "Permission denied" in ssh(api, "demo-worker-1", "-i", file).stderr
    for steps in threes(AGENT_STEPS):
        print("killed at", steps)
        left = set(steps)

        def kill():
            operation = api.items("/operations?cluster=kills")[0]
            for row in api.get(f"/operations/{operation['id']}")["nodeSteps"]:
                if row["name"] in left and row["state"] in ("running", "done"):
                    left.discard(row["name"])
                    api.machine("kills-master-1", "systemctl", "kill", "-s", "KILL", "slipway-agent", check=False)
        create_with_kills(api, "kills", kill, only_with_the_key, keyPair=name)
        assert not left, f"never seen: {left}"


@claims("C1.durable", "C11.all-gone")
def test_a_controller_killed_at_three_moments_of_a_creation_resumes(world, api, threes):
    for group in threes(CREATE_MOMENTS):
        print("killed after", sorted(group))
        left, began = sorted(group), time.monotonic()

        def kill():
            if left and time.monotonic() >= began + left[0]:
                left.pop(0)
                restart_controller(world)
        create_with_kills(api, "durable", kill)
        assert not left, f"healthy before: {left}"
    machines = [m for m in api.items("/machines") if m["name"].startswith("durable")]
    assert not machines, machines
    assert "durable" not in open("/proc/mounts").read()
    wait_for("demo is as before", lambda: all(n["kubernetes"]["value"] == "ready" and n["link"]["value"] == "connected"
                                            for n in api.items("/clusters/demo/nodes")), 60)
