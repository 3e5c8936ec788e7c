// SPDX-License-Identifier: Apache-2.0
// A log as lines in bounded memory. Bytes come cut anywhere, in characters too.
import { type Coloured, coloured } from "./ansi";

/** So many lines are kept; then the oldest go, and that is said. */
export const MOST_LINES = 100_000;
/** And so many characters, whatever the lines' length. */
export const MOST_CHARACTERS = 40_000_000;
/** A longer line is cut into several. */
export const LONGEST_LINE = 32_768;
/** Dropped together, as moving all others is dear. */
const DROP_STEP = 2_000;

/** What a line is: text of the log; a place where lines are missing; a word about how things stand. */
export type LineKind = "text" | "gap" | "note";

export interface LogLine extends Coloured {
  kind: LineKind;
  /** RFC 3339, of the runtime. */
  time?: string;
  /** pod/container, in a log of several. */
  source?: string;
}

const TIMED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?/;
const SOURCE = /^([a-z0-9.-]+\/[a-z0-9.-]+) ?/;

/** A line of a log that was asked for with times; `sources`: and of several pods. */
export function parseLine(line: string, sources = false): LogLine {
  const time = TIMED.exec(line);
  if (!time) return { kind: sources && line.startsWith("[") ? "gap" : "text", ...coloured(line) };
  const rest = line.slice(time[0].length);
  const source = sources ? SOURCE.exec(rest) : null;
  return { kind: "text", time: time[1], ...(source && { source: source[1] }), ...coloured(source ? rest.slice(source[0].length) : rest) };
}

/** Lines from bytes. */
export class LineSplitter {
  private decoder = new TextDecoder();
  private rest = "";

  /** The lines that are whole now. */
  push(bytes: Uint8Array): string[] {
    return this.cut(this.decoder.decode(bytes, { stream: true }));
  }

  /** What is left when nothing more comes. */
  flush(): string[] {
    const lines = this.cut(this.decoder.decode());
    if (this.rest) lines.push(this.rest);
    this.rest = "";
    this.decoder = new TextDecoder();
    return lines;
  }

  private cut(text: string): string[] {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    const whole: string[] = [];
    for (const line of lines) {
      const end = line.endsWith("\r") ? line.length - 1 : line.length;
      for (let at = 0; at === 0 || at < end; at += LONGEST_LINE) whole.push(line.slice(at, Math.min(end, at + LONGEST_LINE)));
    }
    while (this.rest.length > LONGEST_LINE) {
      whole.push(this.rest.slice(0, LONGEST_LINE));
      this.rest = this.rest.slice(LONGEST_LINE);
    }
    return whole;
  }
}

/** The lines that are kept. A line's number stays its own while older ones go. */
export class LogStore {
  /** Those that are kept; the first has the number `first`. */
  lines: LogLine[] = [];
  first = 0;
  /** Counts how often all was taken away. */
  generation = 0;
  /** How many went for lack of room since then. */
  dropped = 0;

  private characters = 0;
  private splitter = new LineSplitter();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly sources = false,
    private readonly mostLines = MOST_LINES,
  ) {}

  get end(): number {
    return this.first + this.lines.length;
  }

  at(number: number): LogLine | undefined {
    return this.lines[number - this.first];
  }

  bytes(data: Uint8Array) {
    this.add(this.splitter.push(data).map((line) => parseLine(line, this.sources)));
  }

  /** No more of it comes: what has no end of line is a line all the same. */
  flush() {
    this.add(this.splitter.flush().map((line) => parseLine(line, this.sources)));
  }

  say(kind: "gap" | "note", text: string) {
    const last = this.lines.at(-1);
    if (last?.kind === kind && last.plain === text) return;
    this.add([{ kind, plain: text, looks: [] }]);
  }

  clear() {
    this.first = this.end;
    this.lines = [];
    this.characters = 0;
    this.splitter = new LineSplitter();
    this.generation += 1;
    this.dropped = 0;
    this.tell();
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  private add(lines: LogLine[]) {
    if (lines.length === 0) return;
    for (const line of lines) {
      this.lines.push(line);
      this.characters += line.plain.length;
    }
    this.drop();
    this.tell();
  }

  private drop() {
    let gone = Math.max(0, this.lines.length - this.mostLines);
    if (gone > 0 && gone < DROP_STEP && this.mostLines > DROP_STEP && this.characters <= MOST_CHARACTERS) return;
    let left = this.characters;
    for (let at = 0; at < gone; at += 1) left -= this.lines[at].plain.length;
    while (left > MOST_CHARACTERS && gone < this.lines.length - 1) {
      left -= this.lines[gone].plain.length;
      gone += 1;
    }
    if (gone === 0) return;
    this.lines.splice(0, gone);
    this.first += gone;
    this.dropped += gone;
    this.characters = left;
  }

  private tell() {
    this.listeners.forEach((listener) => listener());
  }
}

/** The lines in which something is found, kept up while lines come and go. */
export class Finds {
  numbers: number[] = [];
  private wanted = "";
  private upTo = 0;
  private generation = -1;

  /** Brings it up to date. `wanted`: in lower case; "" finds nothing. */
  look(store: LogStore, wanted: string) {
    if (wanted !== this.wanted || store.generation !== this.generation) {
      this.wanted = wanted;
      this.generation = store.generation;
      this.numbers = [];
      this.upTo = store.first;
    }
    if (!wanted) return;
    const gone = this.numbers.findIndex((number) => number >= store.first);
    if (gone !== 0) this.numbers = gone < 0 ? [] : this.numbers.slice(gone);
    for (let number = Math.max(this.upTo, store.first); number < store.end; number += 1) {
      if (store.at(number)?.plain.toLowerCase().includes(wanted)) this.numbers.push(number);
    }
    this.upTo = store.end;
  }
}
