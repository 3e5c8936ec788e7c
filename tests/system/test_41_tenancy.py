# SPDX-License-Identifier: Apache-2.0
"""Departments, projects and roles on a real cluster: by the API and by stock kubectl; and what the audit log says of it."""
import json
import os
import subprocess
import time

import pytest
import requests
import websocket

from slipway import controller_binary, wait_for
from tenants import PEOPLE, SPACES, Tenants

claims = pytest.mark.claims
AGE = 30  # seconds, after which what is open is asked anew whether it may be
OWN, FOREIGN = SPACES["sales"], SPACES["lab"]
MANAGEMENT = ("/clusters", "/clusters/demo", "/clusters/demo/nodes", "/machines", "/operations", "/audit", "/key-pairs", "/agent-releases",
              "/shell-recordings", "/ca-rotation")


@pytest.fixture(scope="module")
def tenants(api, tmp_path_factory):
    all_of_them = Tenants(api, tmp_path_factory.mktemp("tenants"))
    try:
        all_of_them.on_board(careless=True)
        all_of_them.crates()
        yield all_of_them
    finally:
        all_of_them.leave()


@pytest.fixture(scope="module")
def left_open(tenants, api):
    """A watch through the proxy whose token was revoked when it had begun: its lines, and when that was."""
    made = tenants.post("/tokens", who="ann", name="leaver")
    with api.visitor() as visitor:
        answer = visitor.get(f"{api.base}/api/v1/clusters/demo/proxy/api/v1/namespaces/{OWN}/pods?watch=true", stream=True,
                             headers={"Authorization": f"Bearer {made['token']}"}, timeout=(10, AGE * 3))
        lines = answer.iter_lines()  # one iterator: what is dropped closes the connection
        assert answer.status_code == 200 and b"crate" in next(lines)
        api.call("DELETE", f"/tokens/{made['id']}", expect=204, token=tenants.token["ann"])
        yield lines, time.monotonic()


def denied(said):
    """kubectl says it with or without the word, but never without the reason."""
    return said.returncode != 0 and any(word in said.stdout + said.stderr for word in (b"orbidden", b"may do this", b"may change"))


def refused(answer, status=403):
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
    return answer.json()["detail"]


@claims("U2.on-board", "U2.first-password")
def test_a_team_is_on_boarded(tenants, api):
    me = api.get("/me", token=tenants.token["ann"])["user"]
    assert me["role"] == "project_member" and not me.get("mustChangePassword")
    assert [(p["name"], p["department"]["name"], p["role"]) for p in me["projects"]] == [("shop", "tenancy sales", "project_member")]
    listed = subprocess.run([controller_binary(), "user", "list", "--state", api.state], capture_output=True, text=True, check=True, timeout=60).stdout
    assert any("tenancy-ann" in line and "shop" in line for line in listed.splitlines()), listed


@claims("U1.business-view")
def test_only_administrators_have_the_management_view(tenants, api):
    for who in PEOPLE:
        for path in MANAGEMENT:
            assert "administrator" in refused(api.call("GET", path, token=tenants.token[who])), f"{who} {path}"
        if PEOPLE[who][0] != "department_administrator":
            assert "administrator" in refused(api.call("GET", "/users/admin", token=tenants.token[who])), who
        mine = FOREIGN if who == "max" else OWN
        assert [n["name"] for n in api.items("/namespaces", token=tenants.token[who])] == [mine]
        assert {p["namespace"] for p in api.items("/clusters/demo/pods", token=tenants.token[who])} == {mine}
        assert "demo" in [c["name"] for c in api.items("/cluster-names", token=tenants.token[who])]


@claims("W16.same-words")
def test_lists_of_the_management_view_take_the_words_of_the_others(tenants, api):
    def users(query):
        return [user["name"] for user in api.items(f"/users?search=Tenancy-&limit=500&{query}")]
    names = users("sort=name")
    assert {f"tenancy-{who}" for who in PEOPLE} <= set(names) and names == sorted(names, key=str.lower)
    assert users("sort=name&order=desc") == names[::-1]
    page = api.get("/users?search=tenancy-&sort=name&order=desc&limit=1")
    assert page["total"] == len(names) and [user["name"] for user in page["items"]] == names[-1:]
    following = api.get(f"/users?search=tenancy-&sort=name&order=desc&limit=1&cursor={page['nextCursor']}")
    assert [user["name"] for user in following["items"]] == [names[-2]]
    assert [node["name"] for node in api.items("/clusters/demo/nodes?search=WORKER-1")] == ["demo-worker-1"]
    wrong = api.call("GET", "/users?sort=colour", expect=422).json()
    assert wrong["field"] == "sort" and "name, role, department, created" in wrong["detail"]


@claims("U1.department")
def test_a_department_administrator_keeps_the_departments_namespaces(tenants, api):
    made = {"name": "tenancy-more", "project": tenants.project["sales"]}
    assert "administrators" in refused(api.call("POST", "/clusters/demo/namespaces", token=tenants.token["ann"], json=made))
    assert api.get("/users/tenancy-ann", token=tenants.token["dan"])["department"]["name"] == "tenancy sales"
    for foreign in ("admin", "tenancy-max"):
        refused(api.call("GET", f"/users/{foreign}", token=tenants.token["dan"]), 404)
    refused(api.call("POST", "/clusters/demo/namespaces", token=tenants.token["dan"], json={**made, "project": tenants.project["lab"]}))
    refused(api.call("DELETE", f"/clusters/demo/namespaces/{FOREIGN}", token=tenants.token["dan"]))
    assert api.call("POST", "/clusters/demo/namespaces", token=tenants.token["dan"], json=made).status_code == 201
    wait_for("it is shown", lambda: "tenancy-more" in [n["name"] for n in api.items("/namespaces", token=tenants.token["ann"])], 10)
    assert api.call("DELETE", "/clusters/demo/namespaces/tenancy-more", token=tenants.token["dan"]).status_code == 200
    wait_for("it is on its way out", lambda: all(n["name"] != "tenancy-more" or "deletedAt" in n for n in api.items("/namespaces", token=tenants.token["ann"])), 30)


def exec_status(api, token, space, path="exec?command=id"):
    try:
        api.socket(f"/clusters/demo/namespaces/{space}/pods/crate/{path}", token=token, subprotocols=["slipway.terminal.v1"]).close()
    except websocket.WebSocketBadStatusException as answer:
        return answer.status_code
    return 101


@claims("N4.isolation", "U1.borders")
def test_members_use_their_projects_namespaces_and_no_others(tenants, api):
    for who, mine, other in (("ann", OWN, FOREIGN), ("max", FOREIGN, OWN), ("dan", OWN, FOREIGN)):
        token = tenants.token[who]
        assert "in crate" in api.call("GET", f"/clusters/demo/namespaces/{mine}/pods/crate/log", expect=200, token=token).text
        refused(api.call("GET", f"/clusters/demo/namespaces/{other}/pods/crate/log", token=token))
        assert exec_status(api, token, mine) == 101 and exec_status(api, token, other) == 403
        for space in (other, "demo", "kube-system"):
            secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: planted, namespace: {space}}}\n"
            refused(api.call("POST", "/clusters/demo/manifests", token=token, data=secret, headers={"Content-Type": "application/yaml"}))
        # What lies in no namespace is refused by the API server itself, asked in the member's name.
        role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: tenancy-planted}\n"
        answer = api.call("POST", f"/clusters/demo/manifests?namespace={mine}", token=token, data=role, headers={"Content-Type": "application/yaml"})
        assert answer.status_code == 200 and not answer.json()["objects"][0]["ok"] and "forbidden" in answer.text, answer.text
    ray = tenants.token["ray"]
    assert "in crate" in api.call("GET", f"/clusters/demo/namespaces/{OWN}/pods/crate/log", expect=200, token=ray).text
    assert exec_status(api, ray, OWN) == 403


@claims("U1.kubectl", "N4.isolation")
def test_kubectl_has_the_same_borders(tenants, api):
    ann, max_ = tenants.kubectl("ann"), tenants.kubectl("max")
    assert ann.text("get", "pods", "-o", "name") == "pod/crate\n", "it begins in ann's own namespace"
    assert ann.text("exec", "crate", "--", "echo", "hello") == "hello\n"
    assert "in crate" in ann.text("logs", "crate")
    ann.run("create", "secret", "generic", "ours", "--from-literal=a=1")
    ann.run("apply", "-f", "-", stdin=b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ours}\n")
    assert ann.text("auth", "can-i", "create", "deployments.apps") == "yes\n"
    for words in (("-n", FOREIGN, "get", "pods"), ("-n", FOREIGN, "exec", "crate", "--", "id"), ("-n", FOREIGN, "get", "secrets"),
                  ("get", "pods", "-A"), ("get", "nodes"), ("get", "secrets", "-A"), ("-n", "kube-system", "get", "secrets"),
                  ("create", "clusterrole", "x", "--verb=get", "--resource=pods"), ("create", "rolebinding", "x", "--clusterrole=admin", "--user=me"),
                  ("label", "namespace", OWN, "slipway.io/project=" + tenants.project["lab"], "--overwrite"),
                  ("get", "pods", "-n", FOREIGN, "--as=system:admin", "--as-group=system:masters"), ("delete", "namespace", OWN)):
        said = ann.run(*words, code=None)
        assert denied(said), f"{words}: {said}"
    assert max_.text("get", "pods", "-o", "name") == "pod/crate\n"
    assert b"orbidden" in max_.run("-n", OWN, "get", "secret", "ours", code=1).stderr
    dan = tenants.kubectl("dan")
    assert dan.text("-n", OWN, "get", "secret", "ours", "-o", "name") == "secret/ours\n"


@claims("A1.borders")
def test_applications_have_the_same_borders(tenants, api):
    ann, ray = tenants.kubectl("ann"), tenants.kubectl("ray")
    made = "apiVersion: app.k8s.io/v1beta1\nkind: Application\nmetadata: {name: by-kubectl}\n"
    ann.run("apply", "-f", "-", stdin=made.encode())
    assert denied(ann.run("-n", FOREIGN, "apply", "-f", "-", stdin=made.encode(), code=None))
    assert denied(ray.run("delete", "application", "by-kubectl", code=None))
    assert ray.text("get", "applications", "-o", "name") == "application.app.k8s.io/by-kubectl\n"
    path = "/clusters/demo/namespaces/{}/applications"
    asked = {"json": {"name": "by-rest"}}
    for who, space in (("ann", FOREIGN), ("ray", OWN), ("max", OWN)):
        refused(api.call("POST", path.format(space), token=tenants.token[who], **asked))
    assert api.call("POST", path.format(OWN), token=tenants.token["ann"], **asked).status_code == 201
    for who, seen in (("ann", {"by-kubectl", "by-rest"}), ("ray", {"by-kubectl", "by-rest"}), ("max", set())):
        wait_for(f"{who} sees {seen}", lambda: {row["name"] for row in api.items("/clusters/demo/applications", token=tenants.token[who])} == seen, 10)
    for name in ("by-kubectl", "by-rest"):
        assert api.call("DELETE", f"{path.format(OWN)}/{name}?workloads=keep", token=tenants.token["ann"]).json()["ok"]


@claims("U1.read-only")
def test_who_reads_opens_and_changes_nothing_by_any_verb(tenants, api):
    ray = tenants.kubectl("ray")
    assert ray.text("get", "pods", "-o", "name") == "pod/crate\n" and "in crate" in ray.text("logs", "crate")
    assert ray.text("auth", "can-i", "delete", "pods", code=1) == "no\n"
    for words in (("exec", "crate", "--", "id"), ("attach", "crate"), ("port-forward", "crate", ":80"), ("get", "secrets"), ("delete", "pod", "crate"),
                  ("create", "configmap", "x"), ("label", "pod", "crate", "a=b")):
        said = ray.run(*words, code=None)
        assert denied(said), f"{words}: {said}"
    token = next(line.split()[1] for line in open(ray.words[2]) if line.strip().startswith("token:"))
    path = f"/clusters/demo/proxy/api/v1/namespaces/{OWN}/pods/crate"
    assert api.call("GET", "/clusters/demo/secrets", token=token).status_code == 403, "nor does a list show their keys"
    for verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        for what in ("exec?command=id", "%65xec?command=id", "attach", "portforward", "proxy/"):
            assert api.call(verb, f"{path}/{what}", token=token).status_code == 403, f"{verb} {what}"
    with pytest.raises(websocket.WebSocketBadStatusException) as answer:
        api.socket(f"{path}/exec?command=id&stdout=1", token=token, subprotocols=["v4.channel.k8s.io"])
    assert answer.value.status_code == 403


@claims("U1.at-once", "U1.repaired")
def test_memberships_hold_at_once_and_rbac_objects_are_mended(tenants, api):
    ann, member = tenants.kubectl("ann"), f"/projects/{tenants.project['lab']}/members/tenancy-ann"
    api.call("PUT", member, expect=200, json={"role": "read_only"})
    assert ann.text("-n", FOREIGN, "get", "pods", "-o", "name") == "pod/crate\n"
    assert b"orbidden" in ann.run("-n", FOREIGN, "delete", "pod", "crate", code=1).stderr
    api.call("DELETE", member, expect=204)
    assert b"orbidden" in ann.run("-n", FOREIGN, "get", "pods", code=1).stderr
    api.kubectl("-n", OWN, "delete", "rolebinding", "slipway:project-members")
    wait_for("the binding is back", lambda: len(tenants.bindings(OWN)) == 2, 30)
    wait_for("ann has it again", lambda: ann.run("get", "pods", code=None).returncode == 0, 30)
    # Moved to the other project and back: its people change, and nobody else has to do a thing.
    api.call("PUT", f"/clusters/demo/namespaces/{OWN}/project", expect=200, json={"project": tenants.project["lab"]})
    wait_for("max has it", lambda: tenants.kubectl("max").run("-n", OWN, "get", "pods", code=None).returncode == 0, 30)
    assert b"orbidden" in ann.run("-n", OWN, "get", "pods", code=1).stderr
    api.call("PUT", f"/clusters/demo/namespaces/{OWN}/project", expect=200, json={"project": tenants.project["sales"]})
    wait_for("ann has it again", lambda: ann.run("get", "pods", code=None).returncode == 0, 30)


@claims("U2.wrong-fields")
def test_a_wrong_field_of_a_body_is_named_with_what_is_known_there(tenants, api):
    def said(method, path, **body):
        problem = api.call(method, path, expect=422, json=body).json()
        return problem["field"], problem["detail"]
    field, detail = said("POST", "/users", name="tenancy-odd", role="read_only", colour="red")
    assert field == "colour" and "department, mustChangePassword, name, password, role" in detail
    field, detail = said("POST", "/clusters/demo/workload-actions", action="stop", objects=[{"kind": "deployments", "namespace": OWN, "name": 7}])
    assert field == "objects[0].name" and "a string, not a number" in detail
    field, detail = said("DELETE", "/users/tenancy-ann", dryRun=["All"])
    assert field == "body" and "takes no body" in detail
    assert api.get("/users/tenancy-ann")["name"] == "tenancy-ann"
    assert api.call("GET", "/users/tenancy-odd").status_code == 404


@claims("U2.token-scope", "U2.conflicts")
def test_tokens_have_limits_and_what_is_in_use_stays(tenants, api, left_open):
    scoped = tenants.post("/tokens", who="admin", name="ci", scope={"project": tenants.project["sales"], "readOnly": True})["token"]
    assert {p["namespace"] for p in api.items("/clusters/demo/pods", token=scoped)} == {OWN}
    for method, path in (("GET", "/clusters"), ("POST", "/tokens"), ("GET", "/clusters/demo/kubeconfig")):
        refused(api.call(method, path, token=scoped, **({"json": {"name": "x"}} if method == "POST" else {})))
    assert exec_status(api, scoped, OWN) == 403
    refused(api.call("DELETE", f"/projects/{tenants.project['sales']}"), 409)
    refused(api.call("DELETE", f"/departments/{tenants.department['sales']}"), 409)
    refused(api.call("PUT", "/users/admin", json={"role": "read_only"}), 409)
    sessions = api.items("/sessions?user=tenancy-ann", token=api.token)
    assert sessions and api.call("DELETE", f"/sessions/{sessions[0]['id']}", expect=204) is not None
    assert len(api.items("/sessions?user=tenancy-ann")) == len(sessions) - 1


@claims("U2.reset")
def test_a_reset_password_ends_what_was_open(tenants, api):
    made = subprocess.run([controller_binary(), "user", "reset-password", "tenancy-max", "--state", api.state], capture_output=True, text=True, check=True, timeout=60)
    assert api.call("GET", "/me", token=tenants.token["max"]).status_code == 401
    with api.visitor() as page:
        answer = page.post(f"{api.base}/api/v1/login", timeout=60, json={"user": "tenancy-max", "password": made.stdout.strip()})
        assert answer.status_code == 200, answer.text


@claims("U3.refusals", "U3.query")
def test_the_audit_log_tells_who_did_what_where_and_what_was_refused(tenants, api):
    mine = api.items(f"/audit?actor=tenancy-ann&cluster=demo&namespace={OWN}&limit=500")
    assert mine and all(e["actor"] == "tenancy-ann" and e["cluster"] == "demo" and e["namespace"] == OWN and e["role"] == "project_member" for e in mine)
    assert {"exec.open", "proxy.exec", "proxy.post"} <= {e["action"] for e in mine}, mine
    denied = api.items("/audit?actor=tenancy-ray&outcome=denied&limit=500")
    assert {"proxy.exec", "exec.open", "access.refused"} <= {e["action"] for e in denied}, denied
    assert all(e["from"] and e["requestId"] and e["detail"] for e in denied)
    until = mine[0]["at"]
    assert all(e["at"] < until for e in api.items(f"/audit?actor=tenancy-ann&until={until}"))
    lines = api.call("GET", "/audit/export?action=exec.", expect=200).text.splitlines()
    told = [json.loads(line) for line in lines]
    assert told and all(e["action"].startswith("exec.") for e in told) and [e["sequence"] for e in told] == sorted(e["sequence"] for e in told)


@claims("U1.ends")
def test_what_a_token_opened_ends_with_it(tenants, api, left_open):
    lines, revoked = left_open
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)) as cut:
        for _ in lines:
            pass
    assert time.monotonic() - revoked < AGE + 15, cut.value
    told = api.items("/audit?actor=tenancy-ann&action=access.ended&limit=10")
    assert len(told) == 1 and told[0]["outcome"] == "denied" and told[0]["object"].endswith(f"{OWN}/pods") and told[0]["cluster"] == "demo", told
    assert "token" in told[0]["detail"] and api.get("/me", token=tenants.token["ann"])["user"]["name"] == "tenancy-ann"


def verify(state):
    return subprocess.run([controller_binary(), "audit", "verify", "--state", state], capture_output=True, text=True, timeout=120)


@claims("U3.verify")
def test_the_audit_logs_chain_and_exported_heads_are_verified(tenants, api, tmp_path):
    heads = f"{api.state}/audit-heads"
    wait_for("a head was exported", lambda: os.path.exists(heads), 70, every=1)
    assert os.stat(heads).st_mode & 0o777 == 0o600
    good = verify(api.state)
    assert good.returncode == 0 and "whole" in good.stdout, good
    # A copy whose tail was cut: the chain alone is whole, the exported head shows it.
    copy = tmp_path / "state"
    copy.mkdir()
    for name in ("installation", "audit-heads"):
        (copy / name).write_bytes(open(f"{api.state}/{name}", "rb").read())
    newest = int((copy / "audit-heads").read_text().splitlines()[-1].split()[1])
    import sqlite3
    with sqlite3.connect(f"file:{api.state}/slipway.db?mode=ro", uri=True) as live, sqlite3.connect(copy / "slipway.db") as cut:
        live.backup(cut)
        cut.execute("DROP TRIGGER audit_no_delete")
        cut.execute("DELETE FROM audit WHERE sequence >= ?", (newest,))
    bad = verify(str(copy))
    assert bad.returncode == 1 and "exported" in bad.stderr, bad
