# SPDX-License-Identifier: Apache-2.0
"""Enrolment and reboots."""
import pytest

from outside import Machine, back
from slipway import wait_for

claims = pytest.mark.claims

def nothing_doubled(api, name, machines):
    ours = [m for m in api.items("/machines") if m["name"].startswith(name + "-")]
    assert len(ours) == machines, ours
    nodes = api.items(f"/clusters/{name}/nodes")
    assert len(nodes) == machines and all(n["kubernetes"]["value"] == "ready" for n in nodes), nodes


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


@claims("E1.power-cycle")
def test_a_machine_that_lost_its_power_is_switched_on_through_the_api(api):
    worker = Machine(api, "demo-worker-1")
    since = api.get("/clusters/demo/nodes/demo-worker-1")["link"]["since"]
    worker.kill()
    wait_for("the API says that it is off",
             lambda: api.get("/clusters/demo/nodes/demo-worker-1")["machine"]["value"] == "stopped", 40)
    worker.power_cycle()
    wait_for("its link is new and the node Ready", lambda: back(api, "demo", "demo-worker-1", since), 90)
    nothing_doubled(api, "demo", 2)
    assert [e for e in api.items("/audit?limit=100") if e["action"] == "node.reboot" and e["outcome"] == "ok"]
