# SPDX-License-Identifier: Apache-2.0
"""Logs and terminals through the tunnel, with the API server and without it."""
import json
import os
import subprocess
import time

import pytest
import requests
import websocket

from slipway import controller_binary, wait_for

claims = pytest.mark.claims
TALKER = """
apiVersion: v1
kind: Pod
metadata: {name: talker, namespace: demo}
spec:
  restartPolicy: Always
  terminationGracePeriodSeconds: 0
  containers:
    - name: talker
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      command:
        - sh
        - -c
        - |
          echo "run of $(date +%s%N)"; i=0
          while [ $i -lt 2000 ]; do i=$((i+1)); echo "line $i"; done
          while [ ! -e /tmp/end ]; do echo "tick $(date +%s)"; sleep 1; done
      securityContext: {runAsUser: 1234, runAsGroup: 1234, allowPrivilegeEscalation: false, capabilities: {drop: [NET_RAW]}}
"""


@pytest.fixture(scope="module")
def talker(api):
    api.apply("demo", TALKER, "demo")
    return api.pod("demo", "talker")


def log(api, query, **more):
    return api.call("GET", f"/clusters/demo/namespaces/demo/pods/talker/log?{query}", **more)


@claims("W22.list")
def test_pods_are_listed(api, talker):
    assert talker["node"] in ("demo-master-1", "demo-worker-1") and talker["restarts"] == 0
    assert talker["status"] == "Running", talker


@claims("W22.log")
def test_a_log_is_read_with_tail_since_and_timestamps(api, talker):
    wait_for("two thousand lines, then ticks", lambda: log(api, "").text.count("tick") >= 3, 30)
    whole = log(api, "").text.splitlines()
    assert whole[1:2001] == [f"line {i}" for i in range(1, 2001)]
    assert len(log(api, "tailLines=7").text.splitlines()) == 7
    stamped = log(api, "tailLines=1&timestamps=true").text
    assert stamped[:2] == "20" and "Z tick" in stamped
    time_after = stamped.split(" ")[0]
    assert "line 2000" not in log(api, f"sinceTime={time_after}").text
    assert len(log(api, "limitBytes=100").content) <= 100
    assert log(api, "tailLines=-5").status_code in (400, 422)
    assert api.call("GET", "/clusters/demo/namespaces/demo/pods/nobody/log").status_code == 404


@claims("W22.log-follow")
def test_a_followed_log_brings_new_lines(api, talker):
    with log(api, "follow=true&tailLines=1", stream=True) as answer:
        lines = answer.iter_lines()
        seen = [next(lines) for _ in range(4)]
    assert all(line.startswith(b"tick") for line in seen), seen
    assert len(set(seen)) >= 3


@claims("T1.exec")
def test_exec_gives_output_and_exit_code(api, talker):
    session = api.terminal("demo", "talker", "command=sh&command=-c&command=echo+out;echo+err+>%262;exit+7")
    assert session.finish()["code"] == 7
    assert session.output == b"out\n" and session.errors == b"err\n"
    session = api.terminal("demo", "talker", "command=cat")
    session.send("typed\n")
    session.note(stdinClosed=True)
    assert session.finish()["code"] == 0 and session.output == b"typed\n"


@claims("T1.exec")
def test_a_command_that_does_not_exist_is_said_and_harms_no_other(api, talker):
    other = api.terminal("demo", "talker", "tty=true")
    bad = api.terminal("demo", "talker", "command=/no/such/thing")
    ended = bad.finish()
    assert ended["code"] != 0 and "no/such" in ended["message"], ended
    other.send("echo still-$((40+2))\n")
    other.until("still-42")
    other.connection.close()


@claims("T1.tty")
def test_a_terminal_has_a_size_and_is_resized(api, talker):
    session = api.terminal("demo", "talker", "tty=true&columns=91&rows=33")
    session.send("stty size\n")
    session.until("33 91")
    session.note(resize={"columns": 120, "rows": 40})
    session.send("stty size; tty\n")
    assert "/dev/pts" in session.until("40 120") + session.until("/dev/pts")
    session.send("exit 5\n")
    assert session.finish()["code"] == 5


@claims("T1.same-process")
def test_the_process_is_as_kubectl_exec_would_start_it(api, talker):
    question = "id; grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp|Groups):' /proc/self/status"
    session = api.terminal("demo", "talker", "command=sh&command=-c&command=" + requests.utils.quote(question))
    assert session.finish()["code"] == 0
    ours = session.output.decode()
    theirs = api.machine("demo-master-1", "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "-n", "demo", "exec", "talker", "--", "sh", "-c", question)
    assert ours == theirs
    assert "uid=1234" in ours and "NoNewPrivs:\t1" in ours


@claims("T1.without-api", "W22.log")
def test_logs_and_terminal_work_while_kubelet_and_api_server_are_down(api, talker):
    node = talker["node"]
    api.machine("demo-master-1", "sh", "-c", "mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; systemctl stop kubelet; "
                "for t in $(ctr -n k8s.io tasks ls | awk 'NR>1{print $1}'); do ctr -n k8s.io containers info $t | "
                "grep -q '\"io.kubernetes.container.name\": \"kube-apiserver\"' && ctr -n k8s.io tasks kill -s SIGKILL $t; done; true")
    api.machine(node, "systemctl", "stop", "kubelet")
    try:
        session = api.terminal("demo", "talker", "command=echo&command=alive")
        assert session.finish()["code"] == 0 and session.output == b"alive\n"
        assert "line 2000" in log(api, "").text
    finally:
        api.machine("demo-master-1", "sh", "-c", "mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/; systemctl start kubelet")
        api.machine(node, "systemctl", "start", "kubelet")
    wait_for("the API is back", lambda: "namespace/demo" in api.kubectl("get", "namespaces", "-o", "name", check=False), 90, 1)


@claims("W22.log-previous")
def test_the_previous_run_is_read(api, talker):
    first = log(api, "").text.splitlines()[0]
    session = api.terminal("demo", "talker", "command=touch&command=/tmp/end")
    session.finish()
    wait_for("a restart", lambda: api.pod("demo", "talker")["restarts"] >= 1, 60)
    assert log(api, "previous=true").text.splitlines()[0] == first
    assert log(api, "").text.splitlines()[0] != first


@claims("T1.node-shell", "T1.shell-switch")
def test_an_administrator_opens_a_shell_on_a_node(api):
    from slipway import Terminal
    switch = api.get("/clusters/demo/nodes/demo-worker-1")["agent"]["nodeShell"]
    assert switch["allowed"] and switch["asOf"], switch
    path = "/clusters/demo/nodes/demo-worker-1/shell"
    with pytest.raises(websocket.WebSocketBadStatusException):
        api.socket(path)  # no reason
    refused = Terminal(api.socket(path + "?reason=test", subprotocols=["slipway.terminal.v1"]))
    refused.note(password="wrong")
    ended = refused.finish()
    assert ended is None or ended["code"] != 0
    session = Terminal(api.socket(path + "?reason=test", subprotocols=["slipway.terminal.v1"]))
    session.note(password=api.summary["password"])
    session.send("echo on-$(hostname)\n")
    session.until("on-demo-worker-1")
    session.send("exit\n")
    session.finish()


@claims("T1.recorded", "U3.entries")
def test_a_node_shell_is_recorded(api):
    from slipway import Terminal
    session = Terminal(api.socket("/clusters/demo/nodes/demo-worker-1/shell?reason=recorded&columns=90&rows=30", subprotocols=["slipway.terminal.v1"]))
    session.note(password=api.summary["password"])
    session.send("echo shown-$((40+2)) 漢字\n")
    session.until("shown-42 漢字")
    listed = next(r for r in api.items("/shell-recordings") if r["reason"] == "recorded")
    assert listed["running"] and listed["user"] == "admin" and listed["node"] == "demo-worker-1"
    session.note(resize={"columns": 120, "rows": 40})
    session.send("stty size; exit\n")
    session.until("40 120")
    session.finish()
    recording = api.call("GET", f"/shell-recordings/{listed['id']}", expect=200)
    head, *events = [json.loads(line) for line in recording.text.splitlines()]
    assert (head["version"], head["width"], head["height"]) == (2, 90, 30)
    assert "".join(text for _, kind, text in events if kind == "o") == session.output.decode()
    assert [text for _, kind, text in events if kind == "r"] == ["120x40"]
    times = [at for at, _, _ in events]
    assert times == sorted(times) and times[-1] < 60
    assert api.summary["password"] not in recording.text
    file = f"{api.state}/shell-recordings/{listed['id']}.cast"
    assert oct(os.stat(file).st_mode & 0o777) == "0o600"
    played = subprocess.run(["script", "-qec", f"asciinema cat {file}", "/dev/null"], capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
                            env={**os.environ, "LC_ALL": "C.UTF-8", "ASCIINEMA_CONFIG_HOME": api.state})
    assert played.returncode == 0 and "shown-42 漢字" in played.stdout.decode(), played
    entries = api.items("/audit?limit=100")
    assert any(e["action"] == "recording.read" and listed["id"] in e["object"] for e in entries)
    assert any(e["action"] == "shell.open" and listed["id"] in e["detail"] for e in entries)
    api.call("GET", "/shell-recordings/..%2f..%2fslipway.db", expect=404)
    api.call("GET", "/shell-recordings/nobody", expect=404)


@claims("T1.stranger")
def test_nobody_opens_a_terminal_without_signing_in_or_from_elsewhere(api, talker):
    path = "/clusters/demo/namespaces/demo/pods/talker/exec?command=id"
    for more in ({"token": ""}, {"headers": ["Origin: https://evil.example"]}):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            api.socket(path, **more)
        assert refused.value.status_code in (401, 403)


@claims("W22.log-follow", "E1.slow-reader")
def test_a_reader_that_stalls_costs_nobody_else_anything(api, talker):
    api.apply("demo", """
apiVersion: v1
kind: Pod
metadata: {name: flood, namespace: demo}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: flood
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      command: [sh, -c, 'yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | head -c 20000000; sleep 3600']
""", "demo")
    api.pod("demo", "flood")
    stuck = api.terminal("demo", "talker", "command=yes")  # what it prints is never read either
    stalled = [api.call("GET", "/clusters/demo/namespaces/demo/pods/flood/log?follow=true", stream=True) for _ in range(3)]
    try:
        session = api.terminal("demo", "talker", "tty=true")
        for round_trip in range(10):
            began = time.monotonic()
            session.send(f"echo {round_trip}-$((1+1))x\n")
            session.until(f"{round_trip}-2x", 10)
            assert time.monotonic() - began < 5
        session.connection.close()
    finally:
        stuck.connection.close()
        for answer in stalled:
            answer.close()
    api.kubectl("-n", "demo", "delete", "pod", "flood", "--ignore-not-found", "--wait=false")


def test_the_cli_names_an_unknown_machine(world):
    done = subprocess.run([controller_binary(), "machine", "console", "nobody", "--state", world.state], capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and "nobody" in done.stderr
