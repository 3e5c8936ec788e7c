// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { coloured, pieces } from "./ansi";
import { Finds, LineSplitter, LogStore, LONGEST_LINE, parseLine } from "./log_lines";
import { cells, RowMap, rowStarts } from "./log_rows";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("LineSplitter", () => {
  it("puts characters together that were cut anywhere", () => {
    const text = "你好 😀\nsecond é\r\n\nlast without an end";
    const all = bytes(text);
    for (let size = 1; size < 8; size += 1) {
      const splitter = new LineSplitter();
      const lines: string[] = [];
      for (let at = 0; at < all.length; at += size) lines.push(...splitter.push(all.slice(at, at + size)));
      lines.push(...splitter.flush());
      expect(lines).toEqual(["你好 😀", "second é", "", "last without an end"]);
    }
  });

  it("shows bytes that are no UTF-8 as a replacement and goes on", () => {
    expect(new LineSplitter().push(Uint8Array.from([0xff, 0x41, 0x0a]))).toEqual(["\ufffdA"]);
  });

  it("cuts a line that never ends", () => {
    const lines = new LineSplitter().push(bytes("x".repeat(LONGEST_LINE * 2 + 5)));
    expect(lines.map((line) => line.length)).toEqual([LONGEST_LINE, LONGEST_LINE]);
  });
});

describe("parseLine", () => {
  it("takes the runtime's time off", () => {
    expect(parseLine("2026-11-26T05:43:41.123456789Z hello 2026")).toMatchObject({ kind: "text", time: "2026-11-26T05:43:41.123456789Z", plain: "hello 2026" });
    expect(parseLine("no time")).toMatchObject({ plain: "no time" });
  });

  it("takes the source off in a log of several, and knows what could not be read", () => {
    expect(parseLine("2026-11-26T05:43:41Z web-1/main GET /", true)).toMatchObject({ source: "web-1/main", plain: "GET /" });
    expect(parseLine("[web-2/main: the node is away]", true).kind).toBe("gap");
  });
});

describe("coloured", () => {
  it("turns colours into looks and drops other sequences", () => {
    const line = coloured("a\x1b[31mred\x1b[1mbold\x1b[0m \x1b]0;title\x07end\x1b[2K");
    expect(line.plain).toBe("aredbold end");
    expect(line.looks).toEqual([
      { from: 1, to: 4, look: "log-red" },
      { from: 4, to: 8, look: "log-red log-bold" },
    ]);
  });

  it("skips colours of 256 and 24 bits, and shows no control characters", () => {
    expect(coloured("\x1b[38;5;200mx\x1b[38;2;1;2;3my\x07\x00z")).toEqual({ plain: "xyz", looks: [] });
    expect(coloured("a\tb").plain).toBe("a       b");
  });

  it("is cut where a look or a find begins", () => {
    const line = coloured("one \x1b[32mtwo three\x1b[0m four");
    expect(pieces(line, "o th").map(({ text, look, found }) => [text, look, found])).toEqual([
      ["one ", "", false],
      ["tw", "log-green", false],
      ["o th", "log-green", true],
      ["ree", "log-green", false],
      [" four", "", false],
    ]);
  });
});

describe("LogStore", () => {
  it("keeps the newest lines and the numbers of all", () => {
    const store = new LogStore(false, 10);
    for (let at = 0; at < 25; at += 1) store.bytes(bytes(`${at}\n`));
    expect(store.lines.length).toBe(10);
    expect(store.first).toBe(15);
    expect(store.at(20)?.plain).toBe("20");
  });

  it("finds while lines come and go", () => {
    const store = new LogStore(false, 10);
    const finds = new Finds();
    for (let at = 0; at < 8; at += 1) store.bytes(bytes(`Line ${at % 2}\n`));
    finds.look(store, "line 1");
    expect(finds.numbers).toEqual([1, 3, 5, 7]);
    for (let at = 8; at < 14; at += 1) store.bytes(bytes(`Line ${at % 2}\n`));
    finds.look(store, "line 1");
    expect(finds.numbers).toEqual([5, 7, 9, 11, 13]);
    store.clear();
    finds.look(store, "line 1");
    expect(finds.numbers).toEqual([]);
  });
});

describe("rows", () => {
  it("count wide characters twice and break before one that does not fit", () => {
    expect(cells("ab你")).toBe(4);
    expect(rowStarts("ab你好c", 4)).toEqual([0, 3]);
    expect(rowStarts("你好", 3)).toEqual([0, 1]);
    expect(rowStarts("😀😀", 2)).toEqual([0, 2]);
    expect(rowStarts("abcdef", 3)).toEqual([0, 3]);
    expect(rowStarts("", 3)).toEqual([0]);
  });

  it("are found by line and by row, also after the oldest went", () => {
    const store = new LogStore(false, 4);
    const map = new RowMap();
    const none = () => 0;
    for (const text of ["abcdef", "x", "", "abcdefg"]) store.bytes(bytes(`${text}\n`));
    map.follow(store, 3, none, 0);
    expect(map.total).toBe(2 + 1 + 1 + 3);
    expect(map.place(1)).toEqual({ line: 0, row: 1 });
    expect(map.place(4)).toEqual({ line: 3, row: 0 });
    expect(map.rowOf(3)).toBe(4);
    store.bytes(bytes("new\n"));
    expect(map.follow(store, 3, none, 0)).toBe(2);
    expect(map.total).toBe(1 + 1 + 3 + 1);
    expect(map.place(0)).toEqual({ line: 1, row: 0 });
    expect(map.rowOf(4)).toBe(5);
    map.follow(store, 0, none, 0);
    expect(map.total).toBe(4);
  });
});
