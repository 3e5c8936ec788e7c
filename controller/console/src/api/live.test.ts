// SPDX-License-Identifier: Apache-2.0
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, describe, expect, it, vi } from "vitest";
import { concerns, follow } from "./live";

describe("concerns", () => {
  const pods = "/api/v1/clusters/{cluster}/pods";

  it("reads a list anew for news of its own kind alone", () => {
    expect(concerns(pods, new Set(["pod"]))).toBe(true);
    expect(concerns(pods, new Set(["service", "configmap"]))).toBe(false);
  });

  it("reads applications anew when what they are made of changes", () => {
    expect(concerns("/api/v1/clusters/{cluster}/applications", new Set(["deployment"]))).toBe(true);
    expect(concerns("/api/v1/clusters/{cluster}/applications", new Set(["pod"]))).toBe(false);
  });

  it("reads everything anew when some news were lost", () => {
    expect(concerns(pods, new Set(["resync"]))).toBe(true);
  });
});

/** A list that is shown, the questions for it that were not answered yet, and the socket of news. */
function watched() {
  vi.useFakeTimers();
  const sockets: Socket[] = [];
  class Socket {
    onopen?: () => void;
    onmessage?: (message: { data: string }) => void;
    constructor() {
      sockets.push(this);
    }
    close() {}
  }
  vi.stubGlobal("WebSocket", Socket);
  const answers: ((count: number) => void)[] = [];
  const queries = new QueryClient();
  const list = new QueryObserver<number>(queries, {
    queryKey: ["get", "/api/v1/clusters/{cluster}/pods"],
    queryFn: () => new Promise((answer) => answers.push(answer)),
  });
  const leave = list.subscribe(() => {});
  const end = follow(queries);
  return {
    list,
    answers,
    later: () => vi.advanceTimersByTimeAsync(1_000),
    open: () => sockets[0].onopen?.(),
    tell: (topic: string) => sockets[0].onmessage?.({ data: JSON.stringify({ topic }) }),
    end: () => {
      end();
      leave();
      queries.clear();
    },
  };
}

describe("follow", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("reads once more what was being read when news came", async () => {
    const { list, answers, later, tell, end } = watched();
    answers[0](1);
    await later();
    expect(answers).toHaveLength(1);
    tell("pod");
    await later();
    expect(answers).toHaveLength(2); // what it has is from before the next news
    tell("pod");
    await later();
    expect(answers).toHaveLength(2); // one question at a time
    answers[1](2);
    await later();
    expect(answers).toHaveLength(3);
    answers[2](3);
    await later();
    expect(list.getCurrentResult().data).toBe(3);
    expect(answers).toHaveLength(3);
    end();
  });

  it("reads once more what was read before the link was there", async () => {
    const { answers, later, open, end } = watched();
    answers[0](1);
    await later();
    open();
    await later();
    expect(answers).toHaveLength(2);
    answers[1](2);
    await later();
    expect(answers).toHaveLength(2);
    end();
  });
});
