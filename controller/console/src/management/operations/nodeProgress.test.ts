// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { byNode, span } from "./nodeProgress";

const step = (node: string, name: string, state: "waiting" | "running" | "done" | "failed", more = {}) => ({ node, name, state, attempts: 1, ...more });

describe("byNode", () => {
  it("puts failed nodes first and counts numbers as numbers", () => {
    const nodes = byNode([
      step("w-10", "disks", "done"),
      step("w-2", "disks", "done"),
      step("w-3", "disks", "failed"),
      step("w-3", "join", "waiting"),
      step("w-1", "disks", "done"),
      step("w-1", "join", "running"),
    ]);
    expect(nodes.map(({ node, state, done }) => [node, state, done])).toEqual([
      ["w-3", "failed", 0],
      ["w-1", "running", 1],
      ["w-2", "done", 1],
      ["w-10", "done", 1],
    ]);
    expect(nodes[0].at?.name).toBe("disks");
  });
  it("shows of several running steps the one that says what it waits for", () => {
    expect(byNode([step("a", "dns", "running"), step("a", "etcd", "running", { waitingFor: "etcd" })])[0].at?.name).toBe("etcd");
  });
});

describe("span", () => {
  it("ends when nothing goes on", () => {
    const done = step("a", "x", "done", { startedAt: "2026-01-01T00:00:01Z", endedAt: "2026-01-01T00:00:05Z" });
    expect(span([done])).toEqual({ from: "2026-01-01T00:00:01Z", to: "2026-01-01T00:00:05Z" });
    expect(span([done, step("a", "y", "running")]).to).toBeUndefined();
  });
});
