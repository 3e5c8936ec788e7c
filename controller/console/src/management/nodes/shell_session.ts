// SPDX-License-Identifier: Apache-2.0
// A shell on a node as openapi.yaml has it (nodeShell): one socket, which it ends with. It begins with the user's password;
// then the server names the recording, and bytes go both ways. Knows neither the browser nor how it is drawn.
import type { ShownSession } from "../../pods/terminal_windows";
import type { Phase, Size, Socket, SocketEvents } from "../../pods/terminal_session";

export interface ShellWorld {
  connect(address: string, events: SocketEvents): Socket;
  after(milliseconds: number, act: () => void): () => void;
}

export interface ShellScreen {
  output(bytes: Uint8Array): void;
  changed(): void;
}

/** What the node itself says where its own configuration has no shells; it is so until its agent starts anew. */
const NODE_HAS_NONE = "allows no node shell";
/** A shell that is recorded and shows nothing for so long runs all the same. */
const QUIET_MS = 2_000;
const MESSAGE_BYTES = 16 << 10;

/** Why it did not open, in the server's or the node's words; empty: nobody said. */
export class ShellRefused extends Error {
  constructor(
    why: string,
    readonly status = 403,
  ) {
    super(why);
  }
  get byNode() {
    return this.message.includes(NODE_HAS_NONE);
  }
}

type Note = { recording?: string; exit?: { code: number; message: string } };

export class ShellSession implements ShownSession {
  phase: Phase = { is: "connecting" };
  readonly watchers: string[] = [];
  recording?: string;

  private socket?: Socket;
  private size?: Size;
  private settle?: { opened(): void; refused(why: ShellRefused): void };
  private cancelQuiet?: () => void;

  constructor(
    private readonly world: ShellWorld,
    private readonly screen: ShellScreen,
  ) {}

  /** Until the shell is there; thrown is a ShellRefused. */
  open(address: string, password: string): Promise<void> {
    return new Promise((opened, refused) => {
      this.settle = { opened, refused };
      const socket = this.world.connect(address, {
        opened: () => socket.send(JSON.stringify({ password })),
        text: (message) => this.take(JSON.parse(message) as Note),
        bytes: (data) => this.show(data),
        closed: (refused) => this.over({ is: "failed", why: refused?.words ?? "", status: refused?.status }),
      });
      this.socket = socket;
    });
  }

  type(data: Uint8Array) {
    if (this.phase.is !== "attached") return;
    for (let from = 0; from < data.length; from += MESSAGE_BYTES) this.socket?.send(data.slice(from, from + MESSAGE_BYTES));
  }

  resize(size: Size) {
    this.size = size;
    if (this.phase.is === "attached") this.socket?.send(JSON.stringify({ resize: size }));
  }

  /** Its processes end with the socket. */
  end() {
    this.over({ is: "exited", code: 0, message: "" });
  }

  private take(note: Note) {
    if (note.recording !== undefined) {
      this.recording = note.recording;
      this.cancelQuiet = this.world.after(QUIET_MS, () => this.runs());
    } else if (note.exit) {
      const { code, message } = note.exit;
      this.over(this.settle ? { is: "failed", why: message } : { is: "exited", code, message });
    }
  }

  private show(data: Uint8Array) {
    this.screen.output(data);
    this.runs();
  }

  private runs() {
    if (this.phase.is !== "connecting") return;
    this.cancelQuiet?.();
    this.phase = { is: "attached" };
    if (this.size) this.resize(this.size);
    this.settle?.opened();
    this.settle = undefined;
    this.screen.changed();
  }

  private over(phase: Phase) {
    if (this.phase.is === "exited" || this.phase.is === "failed") return;
    this.cancelQuiet?.();
    this.phase = phase;
    this.socket?.close();
    this.socket = undefined;
    this.settle?.refused(phase.is === "failed" ? new ShellRefused(phase.why, phase.status) : new ShellRefused(""));
    this.settle = undefined;
    this.screen.changed();
  }
}
