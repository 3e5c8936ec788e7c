// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { SocketEvents } from "../../pods/terminal_session";
import { ShellRefused, ShellSession } from "./shell_session";

function begin() {
  const sent: (string | Uint8Array)[] = [];
  const shown: number[] = [];
  const timers: (() => void)[] = [];
  let events: SocketEvents | undefined;
  let closed = false;
  const session = new ShellSession(
    {
      connect: (_, given) => {
        events = given;
        return { send: (data) => sent.push(data), close: () => (closed = true) };
      },
      after: (_, act) => {
        timers.push(act);
        return () => timers.splice(timers.indexOf(act), 1);
      },
    },
    { output: (bytes) => shown.push(...bytes), changed: () => {} },
  );
  const opening = session.open("/shell", "secret");
  return { session, opening, sent, shown, timers, socket: events as Required<SocketEvents>, closed: () => closed };
}

describe("a shell on a node", () => {
  it("sends the password first, and runs once it shows something", async () => {
    const { session, opening, sent, shown, socket } = begin();
    socket.opened();
    expect(sent).toEqual(['{"password":"secret"}']);
    session.type(Uint8Array.of(65)); // nothing is typed into what does not run
    session.resize({ columns: 100, rows: 40 });
    socket.text('{"recording":"r1"}');
    expect(session.phase.is).toBe("connecting");
    socket.bytes(Uint8Array.of(36, 32));
    await opening;
    expect(session.phase.is).toBe("attached");
    expect(session.recording).toBe("r1");
    expect(shown).toEqual([36, 32]);
    expect(sent.slice(1)).toEqual(['{"resize":{"columns":100,"rows":40}}']);
    session.type(new Uint8Array(20 << 10));
    expect(sent.slice(2).map((part) => part.length)).toEqual([16 << 10, 4 << 10]);
    socket.text('{"exit":{"code":3,"message":""}}');
    expect(session.phase).toEqual({ is: "exited", code: 3, message: "" });
  });

  it("runs although it shows nothing", async () => {
    const { session, opening, timers, socket } = begin();
    socket.opened();
    socket.text('{"recording":"r1"}');
    timers[0]();
    await opening;
    expect(session.phase.is).toBe("attached");
  });

  it("is refused by the server and by the node, in their words", async () => {
    const wrong = begin();
    wrong.socket.opened();
    wrong.socket.text('{"exit":{"code":255,"message":"the password is wrong"}}');
    await expect(wrong.opening).rejects.toThrow("the password is wrong");
    expect(wrong.session.phase.is).toBe("failed");
    expect(wrong.closed()).toBe(true);

    const off = begin();
    off.socket.opened();
    off.socket.text('{"recording":"r2"}');
    off.socket.text('{"exit":{"code":255,"message":"this node\'s own configuration allows no node shell"}}');
    const why = await off.opening.catch((error: unknown) => error);
    expect(why).toBeInstanceOf(ShellRefused);
    expect((why as ShellRefused).byNode).toBe(true);
    expect(off.timers).toEqual([]);
  });

  it("fails with the words of a refusal, without any where it is cut off, and ends with its socket", async () => {
    const refused = begin();
    refused.socket.closed({ status: 409, words: "the node is being replaced" });
    const why = await refused.opening.catch((error: unknown) => error);
    expect(why).toMatchObject({ message: "the node is being replaced", status: 409, byNode: false });
    expect(refused.sent).toEqual([]); // above all no password
    const cut = begin();
    cut.socket.closed();
    await expect(cut.opening).rejects.toMatchObject({ message: "" });
    const ended = begin();
    ended.socket.bytes(Uint8Array.of(1));
    await ended.opening;
    ended.session.end();
    expect(ended.session.phase.is).toBe("exited");
    expect(ended.closed()).toBe(true);
    ended.socket.closed();
    expect(ended.session.phase.is).toBe("exited");
  });
});
