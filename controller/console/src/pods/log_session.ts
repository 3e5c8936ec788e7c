// SPDX-License-Identifier: Apache-2.0
// A log over a WebSocket (openapi.yaml, podLog) that outlives its sockets: it comes back with the cursor of the last
// message that came whole, so that no byte is lost and none comes twice.
import { passes, type Refusal } from "../api/refusal";
import type { Surroundings, Socket } from "./terminal_session";

export type LogPhase =
  | { is: "connecting" }
  | { is: "following" }
  /** The node is away; the socket stays, and goes on by itself. */
  | { is: "waiting"; why: string }
  | { is: "lost"; until: number; why: string }
  | { is: "paused" }
  | { is: "ended"; how: "complete" | "limit" | "gone" }
  | { is: "failed"; why: string; status: number };

/** Who keeps what comes. */
export interface LogSink {
  bytes(data: Uint8Array): void;
  gap(why: string): void;
  /** It begins anew: what came so far comes again. `cursorLost`: the server could not go on where it was. */
  restart(cursorLost: boolean): void;
  ended(): void;
  changed(): void;
}

/** What went wrong on the way, as the server says it. */
interface Problem {
  status: number;
  detail: string;
}

type Note = { bytes?: number; cursor?: string; gap?: string; waiting?: string; end?: "complete" | "limit" | "gone"; problem?: Problem };

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;
/** Of an input that is wrong; the page's own is right, so that it is the cursor. */
const WRONG = 422;

export class LogSession {
  phase: LogPhase = { is: "connecting" };
  private socket?: Socket;
  private turn = 0;
  private cursor?: string;
  /** Announced, of a message that is not here yet. */
  private coming?: { cursor?: string };
  private any = false;
  private losses = 0;
  private cancelComing?: () => void;
  private over = false;

  /** `address`: of the log, from a cursor on. */
  constructor(
    private readonly world: Surroundings,
    private readonly sink: LogSink,
    private readonly address: (cursor?: string) => string,
  ) {}

  open() {
    this.connect();
  }

  /** Leaves the socket; resume() goes on at the byte. */
  pause() {
    if (this.phase.is === "ended" || this.phase.is === "failed") return;
    this.drop();
    this.become({ is: "paused" });
  }

  resume() {
    if (this.over || this.phase.is === "following" || this.phase.is === "ended") return;
    this.connect();
  }

  close() {
    this.over = true;
    this.drop();
  }

  private connect() {
    this.drop();
    if (this.any && this.cursor === undefined) {
      this.any = false;
      this.sink.restart(false);
    }
    this.coming = undefined;
    this.become({ is: "connecting" });
    const turn = ++this.turn;
    const mine = (act: () => void) => turn === this.turn && act();
    let opened = false;
    const first = () => {
      if (opened) return;
      opened = true;
      this.losses = 0;
      this.become({ is: "following" });
    };
    this.socket = this.world.connect(this.address(this.cursor), {
      opened: () => mine(first),
      text: (message) => mine(() => (first(), this.take(JSON.parse(message) as Note))),
      bytes: (data) => mine(() => (first(), this.show(data))),
      closed: (refused) => mine(() => (refused ? this.refused(refused) : this.lost(""))),
    });
  }

  private take(note: Note) {
    if (note.bytes !== undefined) {
      if (note.bytes > 0) this.coming = { cursor: note.cursor };
      else if (note.cursor !== undefined) this.cursor = note.cursor;
      if (this.phase.is === "waiting") this.become({ is: "following" });
    } else if (note.gap !== undefined) {
      this.sink.gap(note.gap);
    } else if (note.waiting !== undefined) {
      this.become({ is: "waiting", why: note.waiting });
    } else if (note.end) {
      this.drop();
      this.sink.ended();
      this.become({ is: "ended", how: note.end });
    } else if (note.problem) {
      if (passes(note.problem)) this.lost(note.problem.detail);
      else this.fail(note.problem.detail, note.problem.status);
    }
  }

  private show(data: Uint8Array) {
    if (this.phase.is === "waiting") this.become({ is: "following" });
    this.any = true;
    this.sink.bytes(data);
    if (this.coming?.cursor !== undefined) this.cursor = this.coming.cursor;
    this.coming = undefined;
  }

  private refused({ status, words }: Refusal) {
    if (status === WRONG && this.cursor !== undefined) {
      this.cursor = undefined;
      this.any = false;
      this.sink.restart(true);
      this.lost("");
    } else if (passes({ status })) this.lost(words);
    else this.fail(words, status);
  }

  private lost(why: string) {
    if (this.over) return;
    this.drop();
    this.losses += 1;
    const longest = Math.min(FIRST_WAIT_MS * 2 ** (this.losses - 1), LONGEST_WAIT_MS);
    const wait = longest * (0.5 + this.world.random() / 2);
    this.become({ is: "lost", until: this.world.now() + wait, why });
    this.cancelComing = this.world.after(wait, () => this.connect());
  }

  private fail(why: string, status: number) {
    this.drop();
    this.sink.ended();
    this.become({ is: "failed", why, status });
  }

  private drop() {
    this.turn += 1;
    this.cancelComing?.();
    this.cancelComing = undefined;
    this.socket?.close();
    this.socket = undefined;
  }

  private become(phase: LogPhase) {
    this.phase = phase;
    this.sink.changed();
  }
}
