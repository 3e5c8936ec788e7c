// SPDX-License-Identifier: Apache-2.0
import { QueryClient } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { guardWith } from "../api/client";
import { follow, useLink } from "../api/live";
import { refusalIn } from "../api/refusal";
import { browser } from "./sockets";

/** A browser's socket, as the server has it. */
class Played {
  static made: Played[] = [];
  static readonly OPEN = 1;
  protocol = "";
  readyState = 0;
  binaryType = "";
  onopen?: () => void;
  onmessage?: (message: object) => void;
  onclose?: (close: object) => void;
  sent: unknown[] = [];
  constructor(
    readonly address: URL,
    readonly offered: string[],
  ) {
    Played.made.push(this);
  }
  send(data: unknown) {
    this.sent.push(data);
  }
  close() {
    this.readyState = 3;
  }
  accept(protocol: string) {
    this.protocol = protocol;
    this.readyState = 1;
    this.onopen?.();
  }
  refuse(code: number, reason: string) {
    this.accept("slipway.refusal.v1");
    this.end(code, reason);
  }
  end(code: number, reason = "") {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

const signedOut = vi.fn();
const last = () => Played.made.at(-1) as Played;

beforeEach(() => {
  Played.made = [];
  signedOut.mockClear();
  vi.stubGlobal("WebSocket", Played);
  guardWith({ signedOut, passwordRequired: () => {} });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  guardWith({ signedOut: () => {}, passwordRequired: () => {} });
});

describe("a socket that is refused", () => {
  it("says status and words, and was never open", () => {
    const events = { opened: vi.fn(), text: vi.fn(), bytes: vi.fn(), closed: vi.fn() };
    browser("slipway.terminal.v1").connect("/api/v1/x", events);
    expect(last().offered).toEqual(["slipway.terminal.v1", "slipway.refusal.v1"]);
    last().refuse(4404, "no pod a in namespace b");
    expect(events.opened).not.toHaveBeenCalled();
    expect(events.closed).toHaveBeenCalledExactlyOnceWith({ status: 404, words: "no pod a in namespace b" });
    expect(signedOut).not.toHaveBeenCalled();
  });

  it("is another thing than one that is cut off", () => {
    const events = { opened: vi.fn(), text: vi.fn(), bytes: vi.fn(), closed: vi.fn() };
    browser("slipway.log.v1").connect("/api/v1/x", events);
    last().accept("slipway.log.v1");
    expect(events.opened).toHaveBeenCalledOnce();
    last().end(1006);
    expect(events.closed).toHaveBeenCalledExactlyOnceWith(undefined);
    for (const code of [1000, 1001, 1006, 3404, 4000, 4399, 4600]) expect(refusalIn({ code, reason: "x" }), String(code)).toBeUndefined();
  });

  it("leads to the sign-in where nobody is signed in any more", () => {
    browser("slipway.log.v1").connect("/api/v1/x", { text: () => {}, bytes: () => {}, closed: () => {} });
    last().refuse(4401, "log in");
    expect(signedOut).toHaveBeenCalledOnce();
  });

  it("is a lost link with its reason where it is that of the events, and heals", () => {
    vi.useFakeTimers();
    const { result } = renderHook(() => useLink());
    const queries = new QueryClient();
    let end = () => {};
    act(() => (end = follow(queries)));
    act(() => last().refuse(4429, "too many pages are open"));
    expect(result.current).toMatchObject({ state: "lost", why: "too many pages are open" });
    const { since } = result.current;
    act(() => void vi.advanceTimersByTime(60_000));
    expect(Played.made.length).toBe(2);
    act(() => last().end(1006));
    expect(result.current).toEqual({ state: "lost", since, why: undefined });
    act(() => void vi.advanceTimersByTime(60_000));
    act(() => last().accept("slipway.events.v1"));
    expect(result.current).toMatchObject({ state: "linked", why: undefined });
    act(end);
  });
});
