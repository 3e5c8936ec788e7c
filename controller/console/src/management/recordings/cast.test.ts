// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type Cast, parseCast, shorten } from "./cast";
import { CastPlayer } from "./player";

const HEAD = '{"version":2,"width":80,"height":24}';
const text = (...lines: string[]) => [HEAD, ...lines, ""].join("\n");

function read(...lines: string[]): Cast {
  const cast = parseCast(text(...lines));
  if (!cast) throw new Error("no recording");
  return cast;
}

/** A screen that says what it was given, and is done when it is told so. */
function screen(slow = false) {
  const seen: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    seen,
    waiting,
    write: (piece: string) => {
      seen.push(piece);
      return slow ? new Promise<void>((done) => waiting.push(done)) : Promise.resolve();
    },
    resize: ({ columns, rows }: { columns: number; rows: number }) => void seen.push(`${columns}x${rows}`),
    reset: () => void seen.push("reset"),
  };
}

describe("a recording", () => {
  it("is read with sizes and times that never go back", () => {
    const cast = read('[0.5,"o","a\\u001b[1m"]', '[0.4,"r","100x30"]', '[9,"i","typed"]', '[2,"o","b"]');
    expect(cast.size).toEqual({ columns: 80, rows: 24 });
    expect(cast.events).toEqual([
      { at: 0.5, text: "a\u001b[1m" },
      { at: 0.5, size: { columns: 100, rows: 30 } },
      { at: 9, text: "b" },
    ]);
    expect(cast.seconds).toBe(9);
    expect(cast.unread).toBe(0);
  });

  it("is none without its first line, and says which lines are none", () => {
    for (const bad of ["", "[]", "null", '{"version":1,"width":80,"height":24}', '{"version":2,"width":0,"height":24}', "<html>"]) {
      expect(parseCast(bad), bad).toBeUndefined();
    }
    expect(read("nonsense", '["x","o","a"]', '[1,"r","0x99999"]', '[1,"o","a"]').unread).toBe(3);
    const cut = parseCast(`${HEAD}\n[1,"o","a"]\n[2,"o","half`);
    expect(cut?.events.length).toBe(1);
    expect(cut?.unread).toBe(0);
  });

  it("has shorter pauses if that is wanted", () => {
    const cast = shorten(read('[1,"o","a"]', '[61,"o","b"]', '[62,"o","c"]', '[100,"i",""]'), 2);
    expect(cast.events.map(({ at }) => at)).toEqual([1, 3, 4]);
    expect(cast.seconds).toBe(6);
  });
});

describe("its player", () => {
  const cast = () => read('[1,"o","a"]', '[2,"o","b"]', '[2,"r","100x30"]', '[3,"o","c"]');

  it("shows what is due, at its speed, and stops at the end", async () => {
    const shown = screen();
    const player = new CastPlayer(cast(), shown, () => {});
    player.advance(5); // it does not play yet
    player.play();
    player.advance(1);
    await Promise.resolve();
    expect(shown.seen).toEqual(["80x24", "a"]);
    player.speed = 4;
    player.advance(1);
    await new Promise((done) => setTimeout(done));
    expect(shown.seen).toEqual(["80x24", "a", "b", "100x30", "c"]);
    expect(player.playing).toBe(false);
    expect(player.at).toBe(3);
    player.play();
    expect(player.at).toBe(0);
    expect(shown.seen.slice(-2)).toEqual(["reset", "80x24"]);
  });

  it("seeks forward by what is between, and back from the beginning", async () => {
    const shown = screen();
    const player = new CastPlayer(cast(), shown, () => {});
    await player.seek(2);
    expect(shown.seen).toEqual(["80x24", "ab", "100x30"]);
    await player.seek(99);
    expect(player.at).toBe(3);
    await player.seek(1.5);
    expect(shown.seen).toEqual(["80x24", "ab", "100x30", "c", "reset", "80x24", "a"]);
  });

  it("waits for a slow screen, and forgets what a jump made needless", async () => {
    const shown = screen(true);
    const player = new CastPlayer(cast(), shown, () => {});
    player.play();
    player.advance(1);
    player.advance(10); // the screen is not done
    expect(player.at).toBe(1);
    void player.seek(3);
    void player.seek(0);
    shown.waiting.forEach((done) => done());
    await new Promise((done) => setTimeout(done));
    expect(shown.seen).toEqual(["80x24", "a", "b", "reset", "80x24"]);
  });

  it("stays where it is when pauses are shortened", async () => {
    const long = read('[1,"o","a"]', '[61,"o","b"]');
    const player = new CastPlayer(long, screen(), () => {});
    await player.seek(31);
    player.retime(shorten(long, 2));
    expect(player.at).toBe(3);
    player.retime(long);
    expect(player.at).toBe(3);
  });
});
