// SPDX-License-Identifier: Apache-2.0
// Recordings of node shells, asciicast v2: a line with the size, then a line for each piece of output, with its time.

export interface Extent {
  columns: number;
  rows: number;
}

/** Something that the screen got: text, or another size. */
export interface CastEvent {
  /** Seconds after the beginning. */
  at: number;
  text?: string;
  size?: Extent;
}

export interface Cast {
  size: Extent;
  events: CastEvent[];
  seconds: number;
  /** Lines that are none of a recording. The last one of a session that runs may be half there and is not among them. */
  unread: number;
}

const MOST = 1_000;

function extent(columns: number, rows: number): Extent | undefined {
  const good = (count: number) => Number.isInteger(count) && count >= 1 && count <= MOST;
  return good(columns) && good(rows) ? { columns, rows } : undefined;
}

function eventOf(line: string): CastEvent | undefined {
  try {
    const [at, kind, data] = JSON.parse(line) as [unknown, unknown, unknown];
    if (typeof at !== "number" || !(at >= 0) || typeof data !== "string") return undefined;
    if (kind === "o") return { at, text: data };
    if (kind !== "r") return { at }; // of a kind that is not shown
    const [columns, rows] = data.split("x").map(Number);
    const size = extent(columns, rows);
    return size && { at, size };
  } catch {
    return undefined;
  }
}

/** Undefined: it is no recording. */
export function parseCast(text: string): Cast | undefined {
  const lines = text.split("\n");
  let head: { version?: unknown; width?: unknown; height?: unknown } | null;
  try {
    head = JSON.parse(lines[0]) as typeof head;
  } catch {
    return undefined;
  }
  const size = extent(Number(head?.width), Number(head?.height));
  if (head?.version !== 2 || !size) return undefined;
  const cast: Cast = { size, events: [], seconds: 0, unread: 0 };
  lines.slice(1).forEach((line, index) => {
    if (line === "") return;
    const event = eventOf(line);
    if (!event) {
      if (index < lines.length - 2) cast.unread += 1;
      return;
    }
    cast.seconds = event.at = Math.max(cast.seconds, event.at);
    if (event.text !== undefined || event.size) cast.events.push(event);
  });
  return cast;
}

/** The same with pauses of so many seconds at most. */
export function shorten({ events, seconds, ...rest }: Cast, mostPause: number): Cast {
  let before = 0;
  let saved = 0;
  const pass = (at: number) => {
    saved += Math.max(0, at - before - mostPause);
    before = at;
    return at - saved;
  };
  const shorter = events.map((event) => ({ ...event, at: pass(event.at) }));
  return { ...rest, events: shorter, seconds: pass(seconds) };
}
