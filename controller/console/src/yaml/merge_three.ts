// SPDX-License-Identifier: Apache-2.0
import { diff } from "@codemirror/merge";

/** A text that two people changed. */
export interface Merged {
  text: string;
  /** Places where both changed the same lines in different ways; there ours stands. */
  conflicts: number;
}

interface Hunk {
  /** Lines of the base that it replaces. */
  from: number;
  to: number;
  lines: string[];
}

/** More kinds of lines than this no object has. */
const MOST_LETTERS = 0xd000;

/** What must be done to the lines of `base` to have those of `other`. */
function hunks(base: string[], other: string[]): Hunk[] {
  const letters = new Map<string, string>();
  const word = (lines: string[]) =>
    lines
      .map((line) => {
        if (!letters.has(line)) letters.set(line, String.fromCharCode(0x100 + (letters.size % MOST_LETTERS)));
        return letters.get(line);
      })
      .join("");
  return diff(word(base), word(other)).map(({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, lines: other.slice(fromB, toB) }));
}

const same = (a: string[], b: string[]) => a.length === b.length && a.every((line, at) => line === b[at]);

/** The lines between two places of the base, with hunks of one side done to them. */
function applied(base: string[], side: Hunk[], from: number, to: number): string[] {
  const out: string[] = [];
  let at = from;
  for (const hunk of side) {
    out.push(...base.slice(at, hunk.from), ...hunk.lines);
    at = hunk.to;
  }
  return [...out, ...base.slice(at, to)];
}

/** Brings together what `mine` and `theirs` made of `base`, line by line. */
export function mergeThree(base: string, mine: string, theirs: string): Merged {
  const lines = base.split("\n");
  const ours = hunks(lines, mine.split("\n"));
  const others = hunks(lines, theirs.split("\n"));
  const out: string[] = [];
  let conflicts = 0;
  let at = 0;
  while (ours.length + others.length > 0) {
    const from = Math.min(ours[0]?.from ?? Infinity, others[0]?.from ?? Infinity);
    const inserts = [ours, others].filter(([first]) => first?.from === from && first.to === from);
    const left: Hunk[] = [];
    const right: Hunk[] = [];
    let to = from;
    // Lines put in before a line go first, and meet only others that were put in there.
    for (let grew = true; grew;) {
      grew = false;
      for (const [side, taken] of [
        [ours, left],
        [others, right],
      ] as const) {
        const isFirst = side[0]?.from === from && (inserts.length === 0 || inserts.includes(side)) && taken.length === 0 && to === from;
        if (side.length === 0 || !(isFirst || side[0].from < to)) continue;
        const hunk = side.shift() as Hunk;
        taken.push(hunk);
        to = Math.max(to, hunk.to);
        grew = true;
      }
    }
    out.push(...lines.slice(at, from));
    const a = applied(lines, left, from, to);
    const b = applied(lines, right, from, to);
    if (left.length === 0 || same(a, b)) out.push(...b);
    else if (right.length === 0) out.push(...a);
    else {
      conflicts += 1;
      out.push(...a);
    }
    at = to;
  }
  out.push(...lines.slice(at));
  return { text: out.join("\n"), conflicts };
}
