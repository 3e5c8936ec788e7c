// SPDX-License-Identifier: Apache-2.0
// A resumable terminal as openapi.yaml has it (takeUpTerminal): both directions are streams of numbered bytes that
// outlive their sockets. What was typed is kept until it is acknowledged and sent anew behind the byte that the process
// has; what comes twice is left out. Knows neither the browser nor how a terminal is drawn.
import { passes, type Refusal } from "../api/refusal";

/** Where a terminal lives. */
export interface TerminalPlace {
  node: string;
  terminal: string;
}

export interface Size {
  columns: number;
  rows: number;
}

/** How a terminal stands. */
export type Phase =
  | { is: "connecting" }
  | { is: "attached" }
  /** Cut off; comes back by itself at `until`. */
  | { is: "waiting"; until: number; why: string }
  /** It lives on, but not here: another page took it, or the right to it ended. */
  | { is: "elsewhere"; why: string }
  | { is: "exited"; code: number; message: string }
  /** It could not be opened, or ended while nobody was looking. `status`: of the server's refusal, whose words these are. */
  | { is: "failed"; why: string; status?: number };

export interface Socket {
  send(data: string | Uint8Array): void;
  close(): void;
}

export interface SocketEvents {
  opened?(): void;
  text(message: string): void;
  bytes(data: Uint8Array): void;
  /** `refused`: there never was a session behind it. */
  closed(refused?: Refusal): void;
}

/** What a session asks of the world around it. */
export interface Surroundings {
  connect(address: string, events: SocketEvents): Socket;
  /** Calls `act` later; what is returned takes that back. */
  after(milliseconds: number, act: () => void): () => void;
  now(): number;
  random(): number;
}

/** Who draws it. */
export interface Screen {
  /** New bytes; `drawn` is called when they are on the screen. `old`: they were seen before, by the page before a reload. */
  output(bytes: Uint8Array, old: boolean, drawn: () => void): void;
  /** Output is missing here: so many bytes, or why. */
  gap(missing: number | string): void;
  changed(): void;
}

export interface Addresses {
  /** Opens a new one; absent where there is only one to take up. */
  start?: (size: Size) => string;
  takeUp: (place: TerminalPlace, received: number | undefined, size: Size) => string;
}

/** An acknowledgement each so many bytes that are on the screen; the contract wants one each 64 KiB. */
export const ACKNOWLEDGE_EACH = 16 << 10;
/** So much that was typed or pasted waits for the process at most. */
export const MOST_TYPED = 1 << 20;
const MESSAGE_BYTES = 16 << 10;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
/** Typing that nothing answers for so long: the socket is dead and does not know it. */
const SILENCE_MS = 15_000;
/** Output so soon after a terminal of another page was taken up is taken for old. */
const BACKLOG_MS = 300;

type Note = {
  attached?: { terminal: string; node: string; output: number; input: number };
  acknowledged?: number;
  watchers?: string[];
  gap?: string;
  exit?: { code: number; message: string };
  detached?: { message: string; again: boolean };
};

export class TerminalSession {
  phase: Phase = { is: "connecting" };
  watchers: string[] = [];
  place?: TerminalPlace;
  /** Bytes of output that came, in all. */
  received = 0;

  private socket?: Socket;
  /** Counts sockets: what an earlier one still says is nobody's. */
  private turn = 0;
  private everAttached = false;
  private drawn = 0;
  private acknowledged = 0;
  private typed: Uint8Array[] = [];
  private typedBytes = 0;
  /** Number of the first byte in `typed`. */
  private taken = 0;
  private losses = 0;
  private told: Size;
  private cancelComing?: () => void;
  private cancelSilence?: () => void;
  private over = false;

  /**
   * `place` and `seenBefore`: of a terminal that an earlier page had, and the output that it had seen.
   * `readOnly`: somebody else's is watched: nothing is typed, nothing acknowledged.
   */
  constructor(
    private readonly world: Surroundings,
    private readonly screen: Screen,
    private readonly addresses: Addresses,
    private size: Size,
    private readonly options: { place?: TerminalPlace; seenBefore?: number; readOnly?: boolean } = {},
  ) {
    this.place = options.place;
    this.told = size;
  }

  open() {
    this.connect();
  }

  /** What the user typed. False: there is no room, nothing of it is taken. */
  type(data: Uint8Array): boolean {
    if (this.options.readOnly || this.over || this.phase.is === "exited" || this.phase.is === "failed" || this.phase.is === "elsewhere") return false;
    if (this.typedBytes + data.length > MOST_TYPED) return false;
    for (let from = 0; from < data.length; from += MESSAGE_BYTES) {
      const part = data.slice(from, from + MESSAGE_BYTES);
      this.typed.push(part);
      this.typedBytes += part.length;
      if (this.phase.is === "attached") this.socket?.send(part);
    }
    this.watchSilence();
    return true;
  }

  resize(size: Size) {
    this.size = size;
    this.tellSize();
  }

  /** Kills the process. */
  end() {
    if (this.phase.is === "attached") this.say({ end: true });
  }

  /** Comes back now: the user asks, or the browser says that it is on line again. */
  comeBack() {
    if (this.over || this.phase.is === "attached" || this.phase.is === "exited") return;
    if (this.phase.is === "elsewhere") this.forgetTyped(); // the other page went on typing: ours is out of place
    this.connect();
  }

  /** Lets go of it; the terminal lives on for who takes it up in time. */
  close() {
    this.over = true;
    this.drop();
  }

  private connect() {
    this.drop();
    this.become({ is: "connecting" });
    this.told = this.size;
    const received = this.everAttached ? this.received : undefined;
    const address = this.place ? this.addresses.takeUp(this.place, received, this.size) : this.addresses.start?.(this.size);
    if (!address) return this.become({ is: "failed", why: "" });
    const turn = ++this.turn;
    const mine = (act: () => void) => turn === this.turn && act();
    this.socket = this.world.connect(address, {
      text: (message) => mine(() => this.take(JSON.parse(message) as Note)),
      bytes: (data) => mine(() => this.show(data)),
      closed: (refused) => mine(() => (refused ? this.refused(refused) : this.lost(""))),
    });
  }

  private take(note: Note) {
    this.watchSilence();
    if (note.attached) this.attach(note.attached);
    else if (note.acknowledged !== undefined) this.inputTaken(note.acknowledged);
    else if (note.watchers) {
      this.watchers = note.watchers;
      this.screen.changed();
    } else if (note.gap !== undefined) this.screen.gap(note.gap);
    else if (note.exit) {
      if (!this.options.readOnly) this.say({ acknowledged: this.received });
      this.finish({ is: "exited", ...note.exit });
    } else if (note.detached?.again) this.lost(note.detached.message);
    else if (note.detached) this.finish({ is: "elsewhere", why: note.detached.message });
  }

  private attach({ terminal, node, output, input }: NonNullable<Note["attached"]>) {
    this.place = { terminal, node };
    if (!this.everAttached) {
      if (this.options.place && !this.options.seenBefore) this.backlogUntil = this.world.now() + BACKLOG_MS;
      this.received = this.drawn = this.acknowledged = output;
      this.taken = input;
    } else if (output > this.received) {
      this.screen.gap(output - this.received); // another page had it meanwhile
      this.received = this.drawn = this.acknowledged = output;
    }
    this.everAttached = true;
    this.expected = output;
    this.losses = 0;
    this.inputTaken(input);
    this.become({ is: "attached" });
    for (const part of this.typed) this.socket?.send(part);
    this.tellSize();
    this.watchSilence();
  }

  /** Of one that somebody else had, or another tab: what comes before is what it printed long ago. */
  private backlogUntil = 0;
  /** Number of the next byte that this socket brings; below `received` it is one that is there already. */
  private expected = 0;

  private show(data: Uint8Array) {
    const known = Math.min(Math.max(this.received - this.expected, 0), data.length);
    this.expected += data.length;
    const fresh = known > 0 ? data.subarray(known) : data;
    if (fresh.length === 0) return;
    this.watchSilence();
    const old = this.received < (this.options.seenBefore ?? 0) || this.world.now() < this.backlogUntil;
    this.received += fresh.length;
    const upTo = this.received;
    this.screen.output(fresh, old, () => {
      this.drawn = Math.max(this.drawn, upTo);
      this.acknowledge();
    });
  }

  private acknowledge() {
    if (this.options.readOnly || this.phase.is !== "attached" || this.drawn - this.acknowledged < ACKNOWLEDGE_EACH) return;
    this.acknowledged = this.drawn;
    this.say({ acknowledged: this.drawn });
  }

  /** The process was given all input before `number`. */
  private inputTaken(number: number) {
    let gone = number - this.taken;
    if (gone < 0 || gone > this.typedBytes) {
      this.forgetTyped(); // somebody else typed meanwhile: what we kept has no place any more
      this.taken = number;
      return;
    }
    this.taken = number;
    this.typedBytes -= gone;
    while (gone > 0) {
      const first = this.typed[0];
      if (first.length <= gone) {
        gone -= first.length;
        this.typed.shift();
      } else {
        this.typed[0] = first.subarray(gone);
        gone = 0;
      }
    }
  }

  private forgetTyped() {
    this.typed = [];
    this.typedBytes = 0;
  }

  private refused(refusal: Refusal) {
    if (this.place && passes(refusal)) this.lost(refusal.words);
    else this.finish({ is: "failed", why: refusal.words, status: refusal.status });
  }

  private lost(why: string) {
    if (this.over) return;
    this.drop();
    if (!this.place) return this.finish({ is: "failed", why }); // a second start might be a second shell
    this.losses += 1;
    const longest = Math.min(FIRST_WAIT_MS * 2 ** (this.losses - 1), LONGEST_WAIT_MS);
    const wait = longest * (0.5 + this.world.random() / 2);
    this.become({ is: "waiting", until: this.world.now() + wait, why });
    this.cancelComing = this.world.after(wait, () => this.connect());
  }

  private finish(phase: Phase) {
    this.drop();
    this.watchers = [];
    this.become(phase);
  }

  private drop() {
    this.turn += 1;
    this.cancelComing?.();
    this.cancelSilence?.();
    this.cancelComing = this.cancelSilence = undefined;
    this.socket?.close();
    this.socket = undefined;
  }

  /** Anew with each sign of life; runs out only while typing waits for an answer. */
  private watchSilence() {
    this.cancelSilence?.();
    this.cancelSilence = undefined;
    if (this.phase.is !== "attached" || this.typedBytes === 0) return;
    this.cancelSilence = this.world.after(SILENCE_MS, () => this.lost(""));
  }

  private tellSize() {
    if (this.options.readOnly || this.phase.is !== "attached") return;
    if (this.told.columns === this.size.columns && this.told.rows === this.size.rows) return;
    this.told = this.size;
    this.say({ resize: this.size });
  }

  private say(what: object) {
    this.socket?.send(JSON.stringify(what));
  }

  private become(phase: Phase) {
    this.phase = phase;
    this.screen.changed();
  }
}
