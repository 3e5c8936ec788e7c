# SPDX-License-Identifier: Apache-2.0
"""Terminals and followed logs that outlive their socket, their link, their agent and the controller."""
import hashlib
import threading
import urllib.parse

import pytest
import websocket

from live_log import PROTOCOL as LOG_PROTOCOL, LivePage
from live_terminal import PROTOCOL, LiveTerminal, Watcher, all_nodes_linked, terminals
from outside import Machine, restart_controller
from slipway import wait_for

claims = pytest.mark.claims
KEEPER = """
apiVersion: v1
kind: Pod
metadata: {name: keeper, namespace: demo}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - {name: keeper, image: 'busybox:1.35', imagePullPolicy: IfNotPresent, command: [sleep, '100000']}
"""
# The program at the other end, byte for byte: raw, no echo; it prints numbered lines with wide and broken characters, and at the
# end the sum of all that was typed.
SCRIPTED = r"""
stty raw -echo; printf 'begin\n'
( i=0; while [ $i -lt 4000 ]; do i=$((i+1)); printf '%d 漢字 \303\251 \377\000\033[31m|\n' $i; [ $((i % 100)) = 0 ] && sleep 0.1; done; printf 'printed\n' ) &
head -c "$SIZE" | md5sum; wait; printf 'over\n'
"""


def expected_output():
    lines = b"".join(b"%d " % i + "漢字 é ".encode() + b"\xff\x00\x1b[31m|\n" for i in range(1, 4001))
    return lines + b"printed\n"


@pytest.fixture
def keeper(keeper_pod, api):
    """The pod, with its node linked again after what the test before did."""
    wait_for("all nodes are linked", lambda: all_nodes_linked(api), 60)
    return keeper_pod


@pytest.fixture(scope="module")
def keeper_pod(api):
    wait_for("all nodes are linked", lambda: all_nodes_linked(api), 60)
    api.apply("demo", KEEPER, "demo")
    yield api.pod("demo", "keeper")
    wait_for("all nodes are linked", lambda: all_nodes_linked(api), 60)
    for left in terminals(api)["items"]:
        api.call("DELETE", f"/clusters/demo/nodes/{left['node']}/terminals/{left['id']}")
    api.kubectl("-n", "demo", "delete", "pod", "keeper", "--wait=false")


def gone(api, terminal):
    wait_for("the terminal is gone", lambda: all_nodes_linked(api) and
             terminal.place["terminal"] not in [t["id"] for t in terminals(api)["items"]], 30)


@claims("T1.survives", "T1.bytes")
def test_no_byte_is_lost_or_doubled_while_the_controller_is_killed(world, api, keeper):
    """What is typed and what is printed goes on through two kills; both are checked byte for byte."""
    typed = bytes(range(256)) * 300 + "終わり\n".encode()
    script = SCRIPTED.replace("$SIZE", str(len(typed)))
    terminal = LiveTerminal.start(api, "demo", "keeper", "&command=sh&command=-c&command=" + urllib.parse.quote(script))
    terminal.until("begin\n")
    for kill in range(2):
        terminal.send(typed[kill * 30000:(kill + 1) * 30000])
        terminal.follow(lambda: terminal.received > (kill + 1) * 20000)
        restarting = threading.Thread(target=restart_controller, args=(world,))
        restarting.start()
        sockets = terminal.sockets
        terminal.follow(lambda: terminal.sockets > sockets, 90)
        restarting.join()
    terminal.send(typed[60000:])
    exit_note = terminal.finish(90)
    assert exit_note["code"] == 0 and terminal.sockets >= 3
    told = terminal.output[len(b"begin\n"):]
    checksum = hashlib.md5(typed).hexdigest().encode() + b"  -\n"
    assert checksum in told, "the typed bytes did not arrive as they were"
    told = told.replace(checksum, b"", 1)
    assert told == expected_output() + b"over\n"
    gone(api, terminal)


@claims("T1.survives")
def test_vi_survives_a_killed_controller_and_a_resize(world, api, keeper):
    terminal = LiveTerminal.start(api, "demo", "keeper", "&columns=80&rows=24")
    terminal.send("vi /tmp/text\n")
    terminal.until("- /tmp/text")  # its status line
    terminal.send("ibefore 漢字 ")
    terminal.until("before")
    restart_controller(world)
    terminal.send("after\n")
    terminal.until("after")
    assert terminal.sockets == 2
    terminal.note(resize={"columns": 100, "rows": 40})
    terminal.until("\x1b[40;1H")  # it draws its status in the last line of the new size
    mark = len(terminal.output)
    terminal.send("\x1b")  # by itself: together with what follows it would be another key
    terminal.follow(lambda: b"- /tmp/text" in terminal.output[mark:])
    terminal.send(":wq\n")
    terminal.send("stty size; cat /tmp/text | tr a-z A-Z; exit 3\n")
    terminal.until("40 100")
    terminal.until("BEFORE 漢字 AFTER")
    assert terminal.finish()["code"] == 3
    gone(api, terminal)


@claims("T1.survives", "T1.list")
def test_a_page_that_is_loaded_anew_finds_its_terminal_and_what_it_showed(api, keeper):
    terminal = LiveTerminal.start(api, "demo", "keeper")
    terminal.send("x=kept; echo shown-$((40+2))\n")
    terminal.until("shown-42")
    listed = next(t for t in terminals(api)["items"] if t["id"] == terminal.place["terminal"])
    assert listed["attached"] and listed["pod"] == "keeper" and listed["user"] == "admin" and listed["node"] == keeper["node"]
    terminal.connection.sock.close()  # without a farewell
    wait_for("it is seen as left", lambda: not next(t for t in terminals(api)["items"] if t["id"] == listed["id"])["attached"], 60)
    terminal.reload()
    terminal.until("shown-42")
    terminal.send("echo still-$x\n")
    terminal.until("still-kept")
    other = LiveTerminal(api, terminal.path)  # a second page takes it from the first
    while terminal.detached is None and terminal.step():
        pass
    assert terminal.detached["again"] is False and "elsewhere" in terminal.detached["message"]
    other.until("still-kept")
    other.send("exit\n")
    assert other.finish()["code"] == 0


@claims("T1.survives")
def test_a_terminal_outlives_a_cut_network(api, keeper):
    terminal = LiveTerminal.start(api, "demo", "keeper")
    terminal.send("echo one-$((1+1))\n")
    terminal.until("one-2")
    with Machine(api, keeper["node"]).cut_off():
        terminal.send("echo two-$((1+1))\n")
        terminal.connection.settimeout(60)  # a cut link is found within 30 s
        while terminal.detached is None and terminal.step():
            pass
        assert terminal.detached["again"], terminal.detached
    terminal.resume(seconds=90)
    terminal.until("two-2")
    terminal.send("exit\n")
    terminal.finish()
    assert terminal.output.count(b"two-2") == 1


@claims("T1.watch")
def test_an_administrator_watches_and_the_user_is_told(api, keeper):
    terminal = LiveTerminal.start(api, "demo", "keeper")
    terminal.send("echo before-$((1+1))\n")
    terminal.until("before-2")
    watcher = Watcher(api, terminal.path + "/watch")
    watcher.until("before-2")
    terminal.follow(lambda: terminal.watchers == ["admin"])
    terminal.send("echo after-$((1+1))\n")
    watcher.until("after-2")
    watcher.connection.send_binary(b"echo typed\n")  # a watcher's keys go nowhere
    while watcher.exit is None and watcher.step():
        pass
    assert "does not type" in watcher.exit["message"], watcher.exit
    terminal.follow(lambda: terminal.watchers == [])
    terminal.send("exit\n")
    terminal.finish()
    assert b"typed" not in terminal.output


@claims("T1.list")
def test_a_terminal_is_ended_by_name_and_the_user_is_told_by_whom(api, keeper):
    terminal = LiveTerminal.start(api, "demo", "keeper")
    terminal.send("sleep 1000\n")
    terminal.until("sleep")
    api.call("DELETE", terminal.path, expect=204)
    ended = terminal.finish()
    assert ended["code"] == 137 and ended["message"] == "ended by admin"
    gone(api, terminal)
    api.call("DELETE", terminal.path, expect=404)
    actions = {entry["action"] for entry in api.items("/audit?limit=200")}
    assert {"exec.open", "terminal.resume", "terminal.watch", "terminal.end"} <= actions, actions


def test_bad_questions_get_clear_answers(api, keeper):
    pods = "/clusters/demo/namespaces/demo/pods/keeper/exec"
    assert refusal(api, pods + "?resumable=true&tty=false") == 422
    terminal = LiveTerminal.start(api, "demo", "keeper")
    assert refusal(api, terminal.path + "?received=100000000") == 400
    assert refusal(api, terminal.path + "?received=-1") == 422
    assert refusal(api, terminal.path + "?rows=0") == 422
    assert refusal(api, terminal.path + "x") == 404
    assert refusal(api, terminal.path.replace(keeper["node"], "demo-nobody-1")) == 404
    assert refusal(api, terminal.path + "/watch?received=1") == 422
    terminal.resume()  # what was refused for it has done it no harm
    terminal.note(end=True)
    assert terminal.finish()["code"] == 137


def refusal(api, path, protocol=PROTOCOL):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        api.socket(path, subprotocols=[protocol])
    return refused.value.status_code


# Some 300 lines a second of one KiB, so that kubelet rotates the log meanwhile; until it is told to end.
PRINTER = r"""
apiVersion: v1
kind: Pod
metadata: {name: printer, namespace: demo}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: printer
      image: busybox:1.35
      imagePullPolicy: IfNotPresent
      command:
        - sh
        - -c
        - |
          pad=; i=0; while [ $i -lt 170 ]; do i=$((i+1)); pad="${pad}漢字"; done; i=0
          while [ ! -e /tmp/end ]; do
            n=0; while [ $n -lt 30 ]; do n=$((n+1)); i=$((i+1)); printf '%d \303\251 \377\000\033[31m%s|\n' $i "$pad"; done
            sleep 0.1
          done
          printf 'over\n'; exec sleep 100000
"""


def printed(count):
    rest = " é ".encode() + b"\xff\x00\x1b[31m" + "漢字".encode() * 170 + b"|\n"
    return b"".join(b"%d" % i + rest for i in range(1, count + 1)) + b"over\n"


@pytest.fixture
def printer(api):
    wait_for("all nodes are linked", lambda: all_nodes_linked(api), 60)
    api.apply("demo", PRINTER, "demo")
    yield api.pod("demo", "printer")
    api.kubectl("-n", "demo", "delete", "pod", "printer", "--ignore-not-found")


def node_log_files(api, pod):
    return api.machine(pod["node"], "sh", "-c", "ls /var/log/pods/demo_printer_*/printer/").split()


@claims("W22.log-page", "W22.log-cursor")
def test_a_pages_followed_log_is_whole_whatever_is_cut_or_killed(world, api, printer):
    """Two kills of the controller, a cut network, a restarted agent, a reload, and kubelet's rotations: byte for byte."""
    page = LivePage(api, "demo", "printer")
    page.more(200_000)
    for _ in range(2):
        restarting = threading.Thread(target=restart_controller, args=(world,))
        restarting.start()
        sockets = page.sockets
        page.follow(lambda: page.sockets > sockets, 90)  # noqa: B023: read in this round
        restarting.join()
        page.more()
    sockets, waits = page.sockets, len(page.waits)
    with Machine(api, printer["node"]).cut_off():
        page.follow(lambda: len(page.waits) > waits, 60)  # a cut link is found within 30 s
    page.more()
    waits = len(page.waits)
    api.machine(printer["node"], "systemctl", "restart", "slipway-agent")
    page.follow(lambda: len(page.waits) > waits)
    page.more()
    assert page.sockets == sockets, "the socket did not wait for its node"
    page.reload()
    page.more()
    wait_for("kubelet rotates the log", lambda: any("log.20" in name for name in node_log_files(api, printer)) or page.more(), 180, 0)
    end = api.terminal("demo", "printer", "command=touch&command=/tmp/end")
    assert end.finish()["code"] == 0
    page.follow(lambda: page.text.endswith(b"|\nover\n"), 120)
    print(f"{len(page.text)} bytes by {page.sockets} sockets; waits: {page.waits}; files: {node_log_files(api, printer)}")
    expected = printed(page.text.count(b"\n") - 1)
    same = page.text == expected
    assert same, f"not what was printed: {len(page.text)} bytes for {len(expected)}"
    assert page.gaps == []
    anew = LivePage(api, "demo", "printer", "follow=false")  # as the node has it, rotated and compressed
    while anew.step():
        pass
    kept = page.text.endswith(anew.text)  # all of it, unless the test took so long that kubelet has deleted the oldest
    assert anew.end == {"end": "complete"} and kept and len(anew.text) > 10_000_000, (anew.end, len(anew.text))


@claims("W22.log-cursor")
def test_a_cursor_is_of_one_container_and_grants_nothing(api, keeper, printer):
    page = LivePage(api, "demo", "printer")
    page.more(10_000)
    logs = "/clusters/demo/namespaces/demo/pods/{}/log?follow=true&cursor={}"
    assert refusal(api, logs.format("printer", "abc"), LOG_PROTOCOL) == 422
    assert refusal(api, logs.format("keeper", page.cursor), LOG_PROTOCOL) == 422
    assert refusal(api, logs.format("printer", page.cursor).replace("follow=true", "follow=false"), LOG_PROTOCOL) == 422
    told = api.call("GET", logs.format("printer", page.cursor), expect=422).json()
    assert told["field"] == "cursor" and "WebSocket" in told["detail"], told
    for more in ({"token": ""}, {"headers": ["Origin: https://evil.example"]}):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            api.socket(logs.format("printer", page.cursor), **more)
        assert refused.value.status_code in (401, 403)
    api.kubectl("-n", "demo", "delete", "pod", "printer")
    wait_for("the end is told", lambda: page.end or not page.step(), 150, 0)  # kubelet clears up once a minute
    assert page.end == {"end": "gone"}
    wait_for("it is gone", lambda: refusal(api, logs.format("printer", page.cursor), LOG_PROTOCOL) == 404, 60)
    api.apply("demo", PRINTER, "demo")
    api.pod("demo", "printer")
    assert refusal(api, logs.format("printer", page.cursor), LOG_PROTOCOL) == 422, "it is another pod's"
