# SPDX-License-Identifier: Apache-2.0
"""A client of a followed log, as a page that loses its socket would be one."""
import json

import websocket

from slipway import wait_for

PROTOCOL = "slipway.log.v1"


class LivePage:
    """Keeps the last cursor whose text it has whole, and comes back with it when it is cut off."""

    def __init__(self, api, namespace, pod, query="follow=true", cluster="demo"):
        self.api, self.query = api, query
        self.path = f"/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/log?{query}"
        self.text, self.cursor = bytearray(), None
        self.gaps, self.waits, self.sockets, self.end = [], [], 0, None
        self.connect()

    def connect(self):
        path = self.path + (f"&cursor={self.cursor}" if self.cursor else "")
        self.connection = self.api.socket(path, subprotocols=[PROTOCOL])
        self.sockets, self.announced = self.sockets + 1, None

    def step(self):
        """One message; False when the socket is at its end."""
        try:
            kind, data = self.connection.recv_data()
        except websocket.WebSocketTimeoutException:
            return True  # quiet; how long that may last is the caller's to say
        except (OSError, websocket.WebSocketConnectionClosedException):
            return False
        if kind == websocket.ABNF.OPCODE_BINARY:
            assert self.announced and len(data) == self.announced["bytes"], (self.announced, len(data))
            self.text += data
            self.cursor, self.announced = self.announced["cursor"], None
        elif kind == websocket.ABNF.OPCODE_TEXT:
            assert not self.announced, f"text was announced and did not come: {data!r}"
            self.take(json.loads(data))
        return kind != websocket.ABNF.OPCODE_CLOSE

    def take(self, note):
        if "bytes" in note:
            if note["bytes"] == 0:
                self.cursor = note["cursor"]
            else:
                self.announced = note
        elif "gap" in note:
            self.gaps.append(note["gap"])
        elif "waiting" in note:
            self.waits.append(note["waiting"])
        else:
            self.end = note

    def resume(self, seconds=60):
        """Comes back as soon as the controller answers and the node is linked."""
        def again():
            try:
                self.connect()
            except (OSError, websocket.WebSocketBadStatusException) as refused:
                assert getattr(refused, "status_code", 503) in (503, 504), refused
                return False
            return True
        wait_for("the log goes on", again, seconds, 0.1)

    def reload(self):
        """As a page that is loaded anew and had kept its text and its cursor; without a farewell, in the midst of whatever comes."""
        self.connection.sock.close()
        self.resume()

    def follow(self, done, seconds=60):
        """Reads until done(), and comes back whenever it is cut off."""
        def over():
            if not done() and not self.step():
                assert self.end is None, f"ended: {self.end} after {bytes(self.text[-200:])!r}"
                self.resume()
            return done()
        try:
            wait_for("what was expected", over, seconds, 0)
        except AssertionError as late:
            raise AssertionError(f"{late}; the log's end: {bytes(self.text[-300:])!r}") from late

    def more(self, size=1_000_000, seconds=90):
        """Until so many bytes more are there."""
        goal = len(self.text) + size
        self.follow(lambda: len(self.text) >= goal, seconds)
