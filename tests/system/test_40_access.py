# SPDX-License-Identifier: Apache-2.0
"""Who may do what: sign-in, tokens, kubectl through the controller, audit."""
import subprocess
import time

import pytest
import requests

from slipway import kubectl_binary, wait_for

claims = pytest.mark.claims


@claims("U1.sign-in")
def test_without_session_or_token_the_answer_is_401(api):
    for path in ("/clusters", "/me", "/machines", "/audit", "/clusters/demo/kubeconfig", "/clusters/demo/proxy/api"):
        answer = api.call("GET", path, token="")
        assert answer.status_code == 401, f"{path}: {answer.status_code}"
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert api.call("GET", "/me", token="slp_" + "0" * 64).status_code == 401


def login(api, password, visitor=None):
    return (visitor or api.visitor()).post(f"{api.base}/api/v1/login", timeout=30, json={"user": "admin", "password": password})


@claims("C15.kubectl")
def test_kubectl_works_through_the_controller(world, api):
    assert api.kubectl("get", "nodes", "-o", "name").split() == ["node/demo-master-1", "node/demo-worker-1"]
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-kubectl, namespace: demo}\ndata: {a: '1'}\n"
    watch = subprocess.Popen([kubectl_binary(world.state), "--kubeconfig", api.summary["kubeconfig"], "-n", "demo", "get", "configmaps", "-w", "-o", "name"],
                             stdout=subprocess.PIPE, text=True)
    try:
        api.kubectl("apply", "-f", "-", stdin=config)
        seen = []
        deadline = time.monotonic() + 20
        while "configmap/from-kubectl" not in seen and time.monotonic() < deadline:
            seen.append(watch.stdout.readline().strip())
        assert "configmap/from-kubectl" in seen
    finally:
        watch.kill()
        watch.wait()
    api.kubectl("-n", "demo", "delete", "configmap", "from-kubectl")
    assert "from-kubectl" not in api.kubectl("-n", "demo", "get", "configmaps", "-o", "name")


@claims("C15.bearer-only")
def test_the_proxy_never_takes_the_cookie(api):
    with api.visitor() as visitor:
        assert login(api, api.summary["password"], visitor).status_code == 200
        cookie = next(c for c in visitor.cookies if c.name == "slipway_session")
        assert cookie.secure and cookie.has_nonstandard_attr("HttpOnly")
        assert visitor.get(f"{api.base}/api/v1/me").status_code == 200
        answer = visitor.get(f"{api.base}/api/v1/clusters/demo/proxy/api/v1/namespaces")
        assert answer.status_code == 401, answer.text
        foreign = visitor.post(f"{api.base}/api/v1/tokens", json={"name": "x"}, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403, foreign.text


@claims("C15.no-smuggling")
def test_identity_headers_of_the_client_are_dropped(api):
    path = "/clusters/demo/proxy/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    for headers in ({"Impersonate-User": "system:anonymous"}, {"X-Remote-User": "nobody"}, {"Impersonate-Group": "system:masters"}):
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": {"verb": "get", "resource": "secrets", "namespace": "kube-system"}}}
        answer = api.call("POST", path, headers=headers, json=body)
        assert answer.status_code == 201 and answer.json()["status"]["allowed"], answer.text
    for trick in ("//api", "/%2f/api", "/api/../../../me", "/api/v1/%2e%2e/nodes"):
        connection = requests.Request("GET", api.base).prepare()
        connection.url = f"{api.base}/api/v1/clusters/demo/proxy{trick}"
        connection.headers["Authorization"] = f"Bearer {api.token}"
        answer = api.visitor().send(connection, verify=api.ca, timeout=30)
        api.contract.check_answer(answer)
        assert answer.status_code in (400, 404), f"{trick}: {answer.status_code} {answer.text[:200]}"
    answer = api.call("GET", "/clusters/demo/proxy/api")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@claims("U3.entries")
def test_the_audit_log_has_what_happened(api):
    assert api.items("/audit?action=cluster.create&limit=10")
    entries = api.items("/audit?limit=500")
    actions = {entry["action"] for entry in entries}
    assert any(action.startswith("login") for action in actions), actions
    assert all(api.summary["password"] not in str(entry) and api.token not in str(entry) for entry in entries)


def test_health_and_metrics_answer(api):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert api.visitor().get(api.base + path, timeout=10).status_code == 200
    assert "slipway_" in api.visitor().get(api.base + "/metrics", timeout=10).text


@claims("U1.wrong-password")
def test_wrong_passwords_are_refused_and_then_locked_out(api):
    api.call("POST", "/tokens", expect=None, json={"name": "before-lock"})
    for _ in range(20):
        answer = login(api, "not-the-password")
        assert answer.status_code in (401, 429), answer.text
        if answer.status_code == 429:
            break
    assert answer.status_code == 429, "never locked out"
    assert login(api, api.summary["password"]).status_code == 429
    assert api.call("GET", "/me").status_code == 200, "tokens go on"
    assert wait_for("a refusal in the audit log", lambda: [e for e in api.items("/audit?limit=100") if e["outcome"] != "ok" and e["action"].startswith("login")], 5)
