// SPDX-License-Identifier: Apache-2.0
// Which rows a log's lines take on the screen: one each, or as many as their width needs. All rows are of one height,
// so that any place of a long log is found by a search over sums.
import type { LogStore, LogLine } from "./log_lines";

const NARROW = /^[\x20-\x7e]*$/;
const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Cells of a text in a font of one width; a surrogate pair counts as a wide character. */
export function cells(text: string): number {
  if (NARROW.test(text)) return text.length;
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum += WIDE.test(text[at]) ? 2 : 1;
  return sum;
}

/** Where the rows of a text begin; never within a character. */
export function rowStarts(text: string, columns: number): number[] {
  const starts = [0];
  if (columns <= 0) return starts;
  if (NARROW.test(text)) {
    for (let at = columns; at < text.length; at += columns) starts.push(at);
    return starts;
  }
  let used = 0;
  for (let at = 0; at < text.length;) {
    const step = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    const width = step === 2 || WIDE.test(text[at]) ? 2 : 1;
    if (used + width > columns && used > 0) {
      starts.push(at);
      used = 0;
    }
    used += width;
    at += step;
  }
  return starts;
}

/** Rows of all lines of a store. */
export class RowMap {
  /** Rows up to and with the line, from where the counting began. */
  private ends: number[] = [];
  private base = 0;
  private first = 0;
  private columns = 0;
  private generation = -1;
  private prefix = -1;

  get total(): number {
    return (this.ends.at(-1) ?? this.base) - this.base;
  }

  /** Takes in what came and went. `columns`: 0 does not wrap. `before`: the cells that stand before each text. Returns how many rows went at the front. */
  follow(store: LogStore, columns: number, before: (line: LogLine) => number, prefix: number): number {
    if (columns !== this.columns || store.generation !== this.generation || prefix !== this.prefix) {
      this.ends = [];
      this.base = 0;
      this.first = store.first;
      this.columns = columns;
      this.generation = store.generation;
      this.prefix = prefix;
    }
    const gone = Math.min(store.first - this.first, this.ends.length);
    let rowsGone = 0;
    if (gone > 0) {
      const end = this.ends[gone - 1];
      rowsGone = end - this.base;
      this.base = end;
      this.ends.splice(0, gone);
    }
    this.first = store.first;
    let end = this.ends.at(-1) ?? this.base;
    for (let at = this.ends.length; at < store.lines.length; at += 1) {
      end += this.rowsOf(store.lines[at], before);
      this.ends.push(end);
    }
    return rowsGone;
  }

  /** The line in which a row is, and which of its rows it is. */
  place(row: number): { line: number; row: number } {
    const wanted = row + this.base;
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle] > wanted) high = middle;
      else low = middle + 1;
    }
    const begin = low === 0 ? this.base : this.ends[low - 1];
    return { line: this.first + low, row: wanted - begin };
  }

  /** The first row of a line. */
  rowOf(line: number): number {
    const at = line - this.first;
    return (at <= 0 ? this.base : (this.ends[Math.min(at, this.ends.length) - 1] ?? this.base)) - this.base;
  }

  private rowsOf(line: LogLine, before: (line: LogLine) => number): number {
    if (this.columns <= 0) return 1;
    const room = Math.max(1, this.columns - before(line));
    return NARROW.test(line.plain) ? Math.max(1, Math.ceil(line.plain.length / room)) : rowStarts(line.plain, room).length;
  }
}
