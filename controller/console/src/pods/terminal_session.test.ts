// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from "vitest";
import type { Refusal } from "../api/refusal";
import { ACKNOWLEDGE_EACH, MOST_TYPED, type Screen, type Size, type SocketEvents, type Surroundings, TerminalSession } from "./terminal_session";

/** Numbers from a seed, so that a failure can be made again. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KEPT = 256 << 10;
const BIG: Size = { columns: 80, rows: 24 };

/** The agent's side: a process behind a store of numbered output, and whichever socket has it now. */
class Agent {
  output: number[] = [];
  input: number[] = [];
  acknowledged = 0;
  mostOpen = 0;
  sizes: Size[] = [];
  sockets: Wire[] = [];
  exit?: { code: number; message: string };
  get wire(): Wire | undefined {
    return this.sockets.at(-1);
  }
  print(bytes: number[]) {
    this.output.push(...bytes);
    this.mostOpen = Math.max(this.mostOpen, this.output.length - this.acknowledged);
    this.wire?.toPage(Uint8Array.from(bytes));
  }
  room(): number {
    return KEPT - (this.output.length - this.acknowledged);
  }
  attach(wire: Wire, received: number | undefined) {
    const from = Math.max(received ?? 0, this.output.length - KEPT, 0);
    wire.toPage({ attached: { terminal: "t1", node: "n1", output: from, input: this.input.length } });
    if (from < this.output.length) wire.toPage(Uint8Array.from(this.output.slice(from)));
    if (this.exit) wire.toPage({ exit: this.exit });
  }
  hear(data: string | Uint8Array) {
    if (typeof data !== "string") {
      this.input.push(...data);
      this.wire?.toPage({ acknowledged: this.input.length });
      return;
    }
    const note = JSON.parse(data) as { acknowledged?: number; resize?: Size; end?: boolean };
    if (note.acknowledged !== undefined) {
      expect(note.acknowledged).toBeGreaterThanOrEqual(this.acknowledged);
      expect(note.acknowledged).toBeLessThanOrEqual(this.output.length);
      this.acknowledged = note.acknowledged;
    }
    if (note.resize) this.sizes.push(note.resize);
  }
}

/** One socket: two queues that deliver when they are told to, and lose what is in them when it is cut. */
class Wire {
  up: (string | Uint8Array)[] = [];
  down: (Uint8Array | object)[] = [];
  cut = false;
  constructor(
    readonly address: string,
    readonly events: SocketEvents,
    readonly agent: Agent,
  ) {}
  toPage(what: Uint8Array | object) {
    if (!this.cut) this.down.push(what);
  }
  deliverUp() {
    const next = this.up.shift();
    if (next !== undefined && !this.cut) this.agent.hear(next);
  }
  deliverDown() {
    const next = this.down.shift();
    if (next === undefined || this.cut) return;
    if (next instanceof Uint8Array) this.events.bytes(next);
    else this.events.text(JSON.stringify(next));
  }
  deliverAll() {
    while (!this.cut && this.up.length + this.down.length > 0) {
      this.deliverUp();
      this.deliverDown();
    }
  }
  lose() {
    this.cut = true;
    this.up = [];
    this.down = [];
    this.events.closed();
  }
}

class World implements Surroundings {
  agent = new Agent();
  time = 0;
  timers: { at: number; act: () => void }[] = [];
  refuseNext = 0;
  /** What a refused socket is told; without it the link is cut. */
  refusal?: Refusal;
  random = () => 0.5;
  connect(address: string, events: SocketEvents) {
    const wire = new Wire(address, events, this.agent);
    if (this.refuseNext > 0) {
      this.refuseNext -= 1;
      this.after(1, () => !wire.cut && events.closed(this.refusal));
    } else {
      this.agent.sockets.push(wire);
      const received = /received=(\d+)/.exec(address);
      this.agent.attach(wire, received ? Number(received[1]) : undefined);
    }
    return {
      send: (data: string | Uint8Array) => !wire.cut && wire.up.push(data),
      close: () => {
        wire.cut = true;
      },
    };
  }
  after(milliseconds: number, act: () => void) {
    const timer = { at: this.time + milliseconds, act };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  now() {
    return this.time;
  }
  /** Lets time pass, and what waits in promises happen. */
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

class Recorder implements Screen {
  seen: number[] = [];
  old = 0;
  gaps: (number | string)[] = [];
  changes = 0;
  slow = false;
  waiting: (() => void)[] = [];
  output(bytes: Uint8Array, old: boolean, drawn: () => void) {
    for (const byte of bytes) this.seen.push(byte);
    if (old) this.old += bytes.length;
    if (this.slow) this.waiting.push(drawn);
    else drawn();
  }
  gap(missing: number | string) {
    this.gaps.push(missing);
  }
  changed() {
    this.changes += 1;
  }
}

const addresses = {
  start: (size: Size) => `start?columns=${size.columns}`,
  takeUp: (place: { terminal: string }, received: number | undefined) => `take/${place.terminal}${received === undefined ? "" : `?received=${received}`}`,
};

const letters = (text: string) => new TextEncoder().encode(text);

describe("TerminalSession", () => {
  let world: World;
  let screen: Recorder;
  let session: TerminalSession;
  beforeEach(() => {
    world = new World();
    screen = new Recorder();
    session = new TerminalSession(world, screen, addresses, BIG);
  });

  it("starts a terminal and says where it lives", () => {
    session.open();
    expect(session.phase.is).toBe("connecting");
    world.agent.wire?.deliverAll();
    expect(session.phase.is).toBe("attached");
    expect(session.place).toEqual({ terminal: "t1", node: "n1" });
    expect(world.agent.sockets[0].address).toBe("start?columns=80");
  });

  it("keeps what was typed before it was attached", () => {
    session.open();
    session.type(letters("ls\n"));
    world.agent.wire?.deliverAll();
    expect(world.agent.input).toEqual([...letters("ls\n")]);
  });

  for (let seed = 1; seed <= 30; seed += 1) {
    it(`loses and doubles no byte in either direction, however the link is cut (seed ${seed})`, async () => {
      const random = dice(seed);
      const typed: number[] = [];
      session.open();
      for (let step = 0; step < 400; step += 1) {
        const what = random();
        const wire = world.agent.wire;
        if (what < 0.25) {
          const bytes = Array.from({ length: Math.ceil(random() * 3000) }, () => Math.floor(random() * 256));
          if (world.agent.room() >= bytes.length) world.agent.print(bytes);
        } else if (what < 0.5) {
          const bytes = Array.from({ length: Math.ceil(random() * 40) }, () => Math.floor(random() * 256));
          if (session.type(Uint8Array.from(bytes))) typed.push(...bytes);
        } else if (what < 0.7) wire?.deliverUp();
        else if (what < 0.9) wire?.deliverDown();
        else if (what < 0.93) wire?.deliverAll();
        else if (what < 0.96 && wire && !wire.cut && session.phase.is !== "connecting") wire.lose();
        else if (what < 0.97) world.refuseNext = 1;
        else await world.pass(random() * 3000);
      }
      world.refuseNext = 0;
      for (let turn = 0; turn < 4; turn += 1) {
        await world.pass(30_000);
        world.agent.wire?.deliverAll();
      }
      expect(session.phase.is).toBe("attached");
      expect(screen.seen).toEqual(world.agent.output);
      expect(world.agent.input).toEqual(typed);
      expect(screen.gaps).toEqual([]);
    });
  }

  it("acknowledges in time, and only what is on the screen", () => {
    screen.slow = true;
    session.open();
    for (let turn = 0; turn < 10; turn += 1) world.agent.print(new Array<number>(10_000).fill(65));
    world.agent.wire?.deliverAll();
    expect(world.agent.acknowledged).toBe(0);
    screen.waiting.forEach((drawn) => drawn());
    world.agent.wire?.deliverAll();
    expect(100_000 - world.agent.acknowledged).toBeLessThan(ACKNOWLEDGE_EACH);
  });

  it("takes up what an earlier page had, and knows what that page had seen", () => {
    world.agent.output = [...letters("0123456789")];
    world.agent.input = [...letters("typed before")];
    session = new TerminalSession(world, screen, addresses, BIG, { place: { node: "n1", terminal: "t1" }, seenBefore: 10 });
    session.open();
    world.agent.wire?.deliverAll();
    expect(world.agent.wire?.address).toBe("take/t1");
    expect(screen.seen).toEqual([...letters("0123456789")]);
    expect(screen.old).toBe(10);
    world.agent.print([...letters("new")]);
    session.type(letters("x"));
    world.agent.wire?.deliverAll();
    expect(screen.old).toBe(10);
    expect(world.agent.input).toEqual([...letters("typed beforex")]);
  });

  it("says what is missing when somebody else had it meanwhile, and does not type what is out of place", async () => {
    session.open();
    world.agent.wire?.deliverAll();
    const wire = world.agent.wire as Wire;
    session.type(letters("lost"));
    wire.up = [];
    wire.toPage({ detached: { message: "taken up elsewhere", again: false } });
    wire.deliverAll();
    expect(session.phase).toEqual({ is: "elsewhere", why: "taken up elsewhere" });
    await world.pass(60_000);
    expect(world.agent.sockets.length).toBe(1);
    world.agent.input.push(...letters("theirs"));
    world.agent.output = new Array<number>(KEPT + 1000).fill(66);
    session.comeBack();
    world.agent.wire?.deliverAll();
    expect(session.phase.is).toBe("attached");
    expect(screen.gaps).toEqual([1000]);
    expect(world.agent.input).toEqual([...letters("theirs")]);
  });

  it("shows the exit and acknowledges all before it", () => {
    session.open();
    world.agent.print([...letters("bye")]);
    world.agent.wire?.toPage({ exit: { code: 3, message: "" } });
    const wire = world.agent.wire as Wire;
    wire.deliverDown();
    wire.deliverDown();
    wire.deliverDown();
    expect(session.phase).toEqual({ is: "exited", code: 3, message: "" });
    expect(wire.up).toContain(JSON.stringify({ acknowledged: 3 }));
    expect(session.type(letters("x"))).toBe(false);
  });

  it("waits longer from time to time, never in step with others, and at most ten seconds", async () => {
    session.open();
    world.agent.wire?.deliverAll();
    world.refuseNext = 8;
    world.agent.wire?.lose();
    const waits: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      if (session.phase.is !== "waiting") throw new Error(session.phase.is);
      const wait = session.phase.until - world.time;
      waits.push(wait);
      await world.pass(wait + 1);
    }
    for (let turn = 1; turn < 5; turn += 1) expect(waits[turn]).toBeGreaterThan(waits[turn - 1]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000);
  });

  it("ends when the terminal is gone, with the server's words", async () => {
    session.open();
    world.agent.wire?.deliverAll();
    world.refuseNext = 1;
    world.refusal = { status: 404, words: "it is gone" };
    world.agent.wire?.lose();
    await world.pass(60_000);
    expect(session.phase).toEqual({ is: "failed", why: "it is gone", status: 404 });
    expect(world.agent.sockets.length).toBe(1);
  });

  it("says why it waits for a node that is away, and comes back", async () => {
    session.open();
    world.agent.wire?.deliverAll();
    world.refuseNext = 3;
    world.refusal = { status: 503, words: "its node is away" };
    world.agent.wire?.lose();
    await world.pass(400);
    expect(session.phase).toMatchObject({ is: "waiting", why: "its node is away" });
    await world.pass(60_000);
    world.agent.wire?.deliverAll();
    expect(session.phase.is).toBe("attached");
  });

  it("says why none was opened, also where that would pass: whoever asks opens it", async () => {
    world.refuseNext = 1;
    world.refusal = { status: 503, words: "its node is away" };
    session.open();
    await world.pass(60_000);
    expect(session.phase).toEqual({ is: "failed", why: "its node is away", status: 503 });
    expect(world.agent.sockets.length).toBe(0);
  });

  it("does not start a second shell by itself", async () => {
    world.refuseNext = 1;
    session.open();
    await world.pass(60_000);
    expect(session.phase).toEqual({ is: "failed", why: "" });
    expect(world.agent.sockets.length).toBe(0);
    session.comeBack();
    world.agent.wire?.deliverAll();
    expect(session.phase.is).toBe("attached");
  });

  it("leaves a socket on which nothing answers the typing", async () => {
    session.open();
    world.agent.wire?.deliverAll();
    session.type(letters("x"));
    const dead = world.agent.wire as Wire;
    dead.up = [];
    await world.pass(20_000);
    expect(world.agent.sockets.length).toBe(2);
    world.agent.wire?.deliverAll();
    expect(world.agent.input).toEqual([...letters("x")]);
  });

  it("tells a size that changed while it was cut off, and each once", async () => {
    session.open();
    session.resize({ columns: 100, rows: 30 });
    world.agent.wire?.deliverAll();
    session.resize({ columns: 100, rows: 30 });
    world.agent.wire?.deliverAll();
    expect(world.agent.sizes).toEqual([{ columns: 100, rows: 30 }]);
  });

  it("takes no more than it can keep", () => {
    session.open();
    expect(session.type(new Uint8Array(MOST_TYPED))).toBe(true);
    expect(session.type(letters("x"))).toBe(false);
  });

  it("only looks where it watches", () => {
    session = new TerminalSession(world, screen, { takeUp: () => "watch" }, BIG, { place: { node: "n1", terminal: "t1" }, readOnly: true });
    session.open();
    world.agent.print(new Array<number>(100_000).fill(65));
    world.agent.wire?.deliverAll();
    expect(session.type(letters("x"))).toBe(false);
    session.resize({ columns: 10, rows: 10 });
    expect(world.agent.wire?.up).toEqual([]);
    expect(screen.seen.length).toBe(100_000);
  });
});
