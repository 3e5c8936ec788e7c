// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import type { Refusal } from "../api/refusal";
import { LogSession, type LogSink } from "./log_session";
import { LogStore } from "./log_lines";
import type { SocketEvents } from "./terminal_session";

function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

class Wire {
  down: (Uint8Array | object)[] = [];
  cut = false;
  constructor(
    readonly address: string,
    readonly events: SocketEvents,
  ) {}
  deliver() {
    const next = this.down.shift();
    if (next === undefined || this.cut) return;
    if (ArrayBuffer.isView(next))
      this.events.bytes(next as Uint8Array); // jsdom has an Uint8Array of its own
    else this.events.text(JSON.stringify(next));
  }
  lose(refused?: Refusal) {
    this.cut = true;
    this.events.closed(refused);
  }
}

class World {
  wires: Wire[] = [];
  time = 0;
  timers: { at: number; act: () => void }[] = [];
  refuse = 0;
  refusal?: Refusal;
  onConnect: (wire: Wire) => void = () => {};
  random = () => 0.5;
  now = () => this.time;
  get wire() {
    return this.wires.at(-1) as Wire;
  }
  connect(address: string, events: SocketEvents) {
    const wire = new Wire(address, events);
    this.wires.push(wire);
    if (this.refuse > 0) {
      this.refuse -= 1;
      this.after(1, () => !wire.cut && wire.lose(this.refusal));
    } else this.onConnect(wire);
    return { send: () => {}, close: () => (wire.cut = true) };
  }
  after(milliseconds: number, act: () => void) {
    const timer = { at: this.time + milliseconds, act };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  async pass(milliseconds: number) {
    const until = this.time + milliseconds;
    for (;;) {
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
      const next = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = next.at;
      next.act();
    }
    this.time = until;
  }
}

class Kept implements LogSink {
  store = new LogStore();
  restarts: boolean[] = [];
  gaps: string[] = [];
  bytes(data: Uint8Array) {
    this.store.bytes(data);
  }
  gap(why: string) {
    this.gaps.push(why);
  }
  restart(cursorLost: boolean) {
    this.restarts.push(cursorLost);
    this.store.clear();
  }
  ended() {
    this.store.flush();
  }
  changed() {}
  get texts() {
    return this.store.lines.map(({ plain }) => plain);
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("LogSession", () => {
  let world: World;
  let sink: Kept;
  let session: LogSession;
  beforeEach(() => {
    world = new World();
    sink = new Kept();
    session = new LogSession(world, sink, (cursor) => `log?${cursor === undefined ? "" : `cursor=${cursor}`}`);
  });

  for (let seed = 1; seed <= 40; seed += 1) {
    it(`loses no byte and gets none twice, wherever it is cut (seed ${seed})`, async () => {
      const random = dice(seed);
      const lines = Array.from({ length: 400 }, (_, index) => `${index} 你好 😀 ${"é".repeat(Math.floor(random() * 20))}`);
      const all = bytes(lines.map((line) => `${line}\n`).join(""));
      /** Sends what is left from the place on that the page comes back with, cut in characters too. */
      world.onConnect = (wire) => {
        const cursor = /cursor=(\d+)/.exec(wire.address);
        let at = cursor ? Number(cursor[1]) : 0;
        if (random() < 0.7) wire.down.push({ bytes: 0, cursor: String(at) });
        while (at < all.length) {
          const next = Math.min(all.length, at + Math.ceil(random() * 300));
          wire.down.push(random() < 0.9 || cursor ? { bytes: next - at, cursor: String(next) } : { bytes: next - at }, all.slice(at, next));
          if (random() < 0.05) wire.down.push({ waiting: "the node is away" }, { bytes: 0, cursor: String(next) });
          at = next;
        }
        wire.down.push({ end: "complete" });
      };
      session.open();
      for (let step = 0; step < 3000 && session.phase.is !== "ended"; step += 1) {
        const what = random();
        if (what < 0.97) world.wire.deliver();
        else if (what < 0.98 && !world.wire.cut) world.wire.lose();
        else if (what < 0.985) {
          session.pause();
          session.resume();
        } else {
          if (what < 0.99) world.refuse = 1;
          await world.pass(2_000);
        }
      }
      world.refuse = 0;
      await world.pass(60_000);
      while (!world.wire.cut && world.wire.down.length > 0) world.wire.deliver();
      expect(session.phase).toEqual({ is: "ended", how: "complete" });
      expect(sink.texts).toEqual(lines);
    });
  }

  it("begins anew when it was cut off before there was a cursor", async () => {
    session.open();
    world.wire.down.push({ bytes: 4 }, bytes("one\n"));
    world.wire.deliver();
    world.wire.deliver();
    world.wire.lose();
    await world.pass(1_000);
    expect(world.wire.address).toBe("log?");
    expect(sink.restarts).toEqual([false]);
  });

  it("does not trust a cursor whose message has not come", async () => {
    session.open();
    world.wire.down.push({ bytes: 4, cursor: "a" }, bytes("one\n"), { bytes: 4, cursor: "b" });
    for (let turn = 0; turn < 3; turn += 1) world.wire.deliver();
    world.wire.lose();
    await world.pass(1_000);
    expect(world.wire.address).toBe("log?cursor=a");
  });

  it("says what is missing and what it waits for, and goes on by itself", () => {
    session.open();
    world.wire.down.push({ gap: "rotated" }, { waiting: "the node is away" });
    world.wire.deliver();
    expect(sink.gaps).toEqual(["rotated"]);
    world.wire.deliver();
    expect(session.phase).toEqual({ is: "waiting", why: "the node is away" });
    world.wire.down.push({ bytes: 0, cursor: "c" });
    world.wire.deliver();
    expect(session.phase.is).toBe("following");
  });

  it("ends with a refusal that stays, and waits through one that passes", async () => {
    world.refusal = { status: 503, words: "its node is away" };
    world.refuse = 2;
    session.open();
    await world.pass(100);
    expect(session.phase).toMatchObject({ is: "lost", why: "its node is away" });
    world.refusal = { status: 404, words: "no such pod" };
    await world.pass(10_000);
    expect(session.phase).toEqual({ is: "failed", why: "no such pod", status: 404 });
  });

  it("waits longer each time that it is refused", async () => {
    world.refusal = { status: 503, words: "its node is away" };
    world.refuse = 100;
    session.open();
    await world.pass(120_000);
    expect(session.phase.is).toBe("lost");
    expect(world.wires.length).toBeLessThan(30);
  });

  it("gives up a cursor that the server does not know, once", async () => {
    session.open();
    world.wire.down.push({ bytes: 4, cursor: "old" }, bytes("one\n"));
    for (let turn = 0; turn < 2; turn += 1) world.wire.deliver();
    world.refusal = { status: 422, words: "cursor is of another pod" };
    world.refuse = 1;
    world.wire.lose();
    await world.pass(30_000);
    expect(world.wires.map(({ address }) => address)).toEqual(["log?", "log?cursor=old", "log?"]);
    expect(sink.restarts).toEqual([true]);
    world.refuse = 1;
    world.wire.lose();
    await world.pass(30_000);
    expect(session.phase).toMatchObject({ is: "failed", status: 422 });
  });

  it("ends with the server's problem, or comes back if that passes", async () => {
    session.open();
    world.wire.down.push({ problem: { status: 503, detail: "the node is gone for long" } });
    world.wire.deliver();
    expect(session.phase.is).toBe("lost");
    await world.pass(1_000);
    world.wire.down.push({ problem: { status: 404, detail: "no such container" } });
    world.wire.deliver();
    expect(session.phase).toEqual({ is: "failed", why: "no such container", status: 404 });
  });
});
