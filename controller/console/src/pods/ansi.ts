// SPDX-License-Identifier: Apache-2.0
// Colours in log lines: SGR sequences become named looks, every other sequence is left out.

/** A part of a plain text and how it looks: names of style.tsx's classes, "" for as the rest. */
export interface Look {
  from: number;
  to: number;
  look: string;
}

export interface Coloured {
  plain: string;
  looks: Look[];
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const ESCAPE = "\x1b";
const SEQUENCE = /\x1b(?:\[([0-9;:]*)([ -/]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])?/g;
const CONTROL = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g;
const TAB = 8;

interface Pen {
  colour: string;
  bold: boolean;
  faint: boolean;
}

/** Colours of 256 and of 24 bits are left as they are: only their arguments are skipped. */
function dip(pen: Pen, codes: number[]): Pen {
  let next = { ...pen };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at];
    if (code === 0) next = { colour: "", bold: false, faint: false };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.faint = true;
    else if (code === 22) next.bold = next.faint = false;
    else if (code >= 30 && code <= 37) next.colour = COLOURS[code - 30];
    else if (code >= 90 && code <= 97) next.colour = COLOURS[code - 90];
    else if (code === 39) next.colour = "";
    else if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : 4;
  }
  return next;
}

const named = ({ colour, bold, faint }: Pen) => [colour && `log-${colour}`, bold && "log-bold", faint && "log-faint"].filter(Boolean).join(" ");

/** A line without its escape sequences and control characters, and how its parts look. */
export function coloured(line: string): Coloured {
  const text = line.includes("\t") ? untabbed(line) : line;
  if (!text.includes(ESCAPE)) return { plain: text.replace(CONTROL, ""), looks: [] };
  let plain = "";
  let pen: Pen = { colour: "", bold: false, faint: false };
  const looks: Look[] = [];
  let at = 0;
  const put = (part: string) => {
    const shown = part.replace(CONTROL, "");
    const look = named(pen);
    if (shown && look) looks.push({ from: plain.length, to: plain.length + shown.length, look });
    plain += shown;
  };
  for (const found of text.matchAll(SEQUENCE)) {
    put(text.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[3] === "m") pen = dip(pen, (found[1] || "0").split(/[;:]/).map(Number));
  }
  put(text.slice(at));
  return { plain, looks };
}

function untabbed(line: string): string {
  let out = "";
  for (const [at, part] of line.split("\t").entries()) {
    if (at > 0) out += " ".repeat(TAB - (out.length % TAB));
    out += part;
  }
  return out;
}

/** A part of a line as it is drawn. */
export interface Piece {
  text: string;
  look: string;
  /** It is what was searched for. */
  found: boolean;
}

/** The places of what is searched for; of any case. `wanted` is in lower case. */
export function findAll(plain: string, wanted: string): [number, number][] {
  const places: [number, number][] = [];
  if (!wanted) return places;
  const lower = plain.toLowerCase();
  if (lower.length !== plain.length) return places; // letters that change their length with their case
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length)) places.push([at, at + wanted.length]);
  return places;
}

/** The pieces of `plain` from `from` to `to`, cut where a look or a find begins or ends. */
export function pieces({ plain, looks }: Coloured, wanted: string, from = 0, to = plain.length): Piece[] {
  const finds = findAll(plain, wanted);
  if (looks.length + finds.length === 0) return [{ text: plain.slice(from, to), look: "", found: false }];
  const cuts = new Set([from, to]);
  const cut = (at: number) => at > from && at < to && cuts.add(at);
  looks.forEach((one) => (cut(one.from), cut(one.to)));
  finds.forEach(([begin, end]) => (cut(begin), cut(end)));
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => {
    const begin = sorted[index];
    return {
      text: plain.slice(begin, end),
      look: looks.find((one) => one.from <= begin && begin < one.to)?.look ?? "",
      found: finds.some(([start, stop]) => start <= begin && begin < stop),
    };
  });
}
