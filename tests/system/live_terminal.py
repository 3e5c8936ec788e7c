# SPDX-License-Identifier: Apache-2.0
"""A client of a resumable terminal, as a page that loses its socket would be one."""
import json

import requests
import websocket

from slipway import wait_for

PROTOCOL = "slipway.terminal.v1"


class LiveTerminal:
    """Keeps what it typed until it is acknowledged, acknowledges what came, and comes back when it is cut off."""

    def __init__(self, api, path, cluster="demo"):
        self.api, self.cluster = api, cluster
        self.output = b""
        self.first = 0  # number of the first byte in `output`
        self.typed, self.taken = b"", 0  # what is not acknowledged yet, and the number of its first byte
        self.exit = self.detached = self.place = None
        self.watchers, self.gaps, self.sockets = [], [], 0
        self.connect(path)

    @classmethod
    def start(cls, api, namespace, pod, query="", cluster="demo"):
        return cls(api, f"/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/exec?tty=true&resumable=true{query}", cluster)

    @property
    def received(self):
        return self.first + len(self.output)

    @property
    def path(self):
        return f"/clusters/{self.cluster}/nodes/{self.place['node']}/terminals/{self.place['terminal']}"

    def connect(self, path):
        self.connection = self.api.socket(path, subprotocols=[PROTOCOL])
        self.sockets, self.detached, place = self.sockets + 1, None, self.place
        self.place = None
        while self.place is None:
            assert self.step(), f"closed before it was attached: {self.exit} {self.detached}"
        assert place is None or place["terminal"] == self.place["terminal"]

    def send(self, text):
        data = text.encode() if isinstance(text, str) else text
        self.typed += data
        self.quietly(lambda: self.connection.send_binary(data))

    def note(self, **what):
        self.quietly(lambda: self.connection.send(json.dumps(what)))

    @staticmethod
    def quietly(action):
        """A socket that is cut is noticed by the next read."""
        try:
            action()
        except (OSError, websocket.WebSocketException):
            pass

    def step(self):
        """One message; False when the socket is at its end."""
        try:
            kind, data = self.connection.recv_data()
        except websocket.WebSocketTimeoutException:
            return True  # quiet; how long that may last is the caller's to say
        except (OSError, websocket.WebSocketConnectionClosedException):
            return False
        if kind == websocket.ABNF.OPCODE_BINARY:
            self.output += data
            self.note(acknowledged=self.received)
        elif kind == websocket.ABNF.OPCODE_TEXT:
            self.take(json.loads(data))
        return kind != websocket.ABNF.OPCODE_CLOSE

    def take(self, note):
        if "attached" in note:
            self.place = note["attached"]
            assert self.place["output"] == self.received or not self.output, self.place
            self.first = self.place["output"] - len(self.output)
            if self.sockets == 1:
                self.taken = self.place["input"]  # what another page has typed
            self.acknowledged(self.place["input"])
            if self.typed:
                self.connection.send_binary(self.typed)
        elif "acknowledged" in note:
            self.acknowledged(note["acknowledged"])
        elif "exit" in note:
            self.exit = note["exit"]
            self.note(acknowledged=self.received)
        elif "gap" in note:
            self.gaps.append(note["gap"])
        else:
            self.watchers = note.get("watchers", self.watchers)
            self.detached = note.get("detached", self.detached)

    def acknowledged(self, number):
        assert self.taken <= number <= self.taken + len(self.typed), (self.taken, number, len(self.typed))
        self.typed, self.taken = self.typed[number - self.taken:], number

    def resume(self, size="", seconds=60):
        """Takes it up once more, as soon as its node is linked."""
        path = f"{self.path}?received={self.received}{size}"

        def again():
            try:
                self.connect(path)
            except (OSError, websocket.WebSocketBadStatusException) as refused:
                assert getattr(refused, "status_code", 503) in (503, 504), refused
                return False
            return True
        wait_for("the terminal is taken up again", again, seconds, 0.1)

    def reload(self):
        """As a page that is loaded anew: it knows where its terminal is, and has nothing of it."""
        self.connection.close()
        self.output, self.first = b"", 0
        self.connect(self.path)

    def follow(self, done, seconds=60):
        """Reads until done(), and comes back whenever it is cut off."""
        def over():
            if done():
                return True
            if not self.step():
                assert self.exit is None, f"ended: {self.exit} after {self.output[-200:]!r}"
                assert self.detached is None or self.detached["again"], self.detached
                self.resume()
            return done()
        try:
            wait_for("what was expected", over, seconds, 0)
        except AssertionError as late:
            raise AssertionError(f"{late}; the terminal's end: {self.output[-600:]!r}") from late

    def until(self, marker, seconds=60):
        self.follow(lambda: marker.encode() in self.output, seconds)
        return self.output.decode(errors="replace")

    def finish(self, seconds=60):
        self.follow(lambda: self.exit is not None, seconds)
        while self.step():
            pass
        self.connection.close()
        return self.exit


class Watcher(LiveTerminal):
    """Sees another's terminal."""

    def acknowledged(self, number):
        pass

    def note(self, **what):
        pass


def terminals(api, cluster="demo"):
    return api.get(f"/clusters/{cluster}/terminals")


def all_nodes_linked(api):
    """Whether each node answers, which takes a moment after a restart of the controller."""
    try:
        return terminals(api)["unasked"] == []
    except (OSError, requests.RequestException):
        return False
