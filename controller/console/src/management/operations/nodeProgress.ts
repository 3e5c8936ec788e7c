// SPDX-License-Identifier: Apache-2.0
import type { Schemas } from "../../api/client";

type NodeStep = NonNullable<Schemas["Operation"]["nodeSteps"]>[number];

/** How far one node is. */
export interface NodeProgress {
  node: string;
  steps: NodeStep[];
  done: number;
  state: NodeStep["state"];
  /** The step that failed or runs now. */
  at?: NodeStep;
}

const RANK: Record<NodeStep["state"], number> = { failed: 0, running: 1, waiting: 2, done: 3 };

function stateOf(steps: NodeStep[]): NodeStep["state"] {
  if (steps.some(({ state }) => state === "failed")) return "failed";
  if (steps.every(({ state }) => state === "done")) return "done";
  return steps.some(({ state }) => state !== "waiting") ? "running" : "waiting";
}

/** Of several that run, the one that says what it waits for. */
function stepAt(steps: NodeStep[]): NodeStep | undefined {
  const running = steps.filter(({ state }) => state === "running");
  return steps.find(({ state }) => state === "failed") ?? running.find(({ waitingFor }) => waitingFor) ?? running[0];
}

/** The steps by node: what failed first, then what still runs; nodes of one state by name. */
export function byNode(steps: NodeStep[]): NodeProgress[] {
  const nodes = new Map<string, NodeStep[]>();
  for (const step of steps) nodes.set(step.node, [...(nodes.get(step.node) ?? []), step]);
  return [...nodes]
    .map(([node, own]) => ({
      node,
      steps: own,
      done: own.filter(({ state }) => state === "done").length,
      state: stateOf(own),
      at: stepAt(own),
    }))
    .sort((a, b) => RANK[a.state] - RANK[b.state] || a.node.localeCompare(b.node, "en", { numeric: true }));
}

/** The first and the last moment of a node's steps; no end while one goes on. */
export function span(steps: NodeStep[]): { from?: string; to?: string } {
  const begun = steps.flatMap(({ startedAt }) => (startedAt ? [startedAt] : [])).sort();
  const ended = steps.flatMap(({ endedAt }) => (endedAt ? [endedAt] : [])).sort();
  const over = steps.every(({ state }) => state === "done" || state === "failed");
  return { from: begun[0], to: over ? ended[ended.length - 1] : undefined };
}
