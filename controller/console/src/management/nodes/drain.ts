// SPDX-License-Identifier: Apache-2.0
// A drain, round by round: the controller does one at a time and keeps nothing of it.
import type { Problem, Schemas } from "../../api/client";

export type DrainedPod = Schemas["DrainedPod"];
type NodeDrain = Schemas["NodeDrain"];

export const nameOf = ({ namespace, name }: DrainedPod) => `${namespace}/${name}`;

/** What is known after one more round: a pod that is no longer on the node has gone. */
export function after(before: DrainedPod[], { pods }: NodeDrain): DrainedPod[] {
  const there = new Map(pods.map((pod) => [nameOf(pod), pod]));
  const known = before.map((pod) => there.get(nameOf(pod)) ?? ({ ...pod, state: "gone", reason: undefined, needs: undefined } as DrainedPod));
  const names = new Set(before.map(nameOf));
  return [...known, ...pods.filter((pod) => !names.has(nameOf(pod)))];
}

/** Those that are to go, first those of which there is something to say. */
export function leaving(pods: DrainedPod[]): DrainedPod[] {
  return pods.filter(({ state }) => state !== "stays");
}

/** How many of them have gone, in hundredths; without any all have. */
export function progress(pods: DrainedPod[]): number {
  const all = leaving(pods);
  return all.length === 0 ? 100 : Math.floor((100 * all.filter(({ state }) => state === "gone").length) / all.length);
}

/** Which leave is missing. */
export function missing(pods: DrainedPod[]): Set<"force" | "deleteLocalData"> {
  return new Set(pods.flatMap(({ needs }) => needs ?? []));
}

const PASSING = [502, 503, 504];

export interface DrainOptions {
  force: boolean;
  deleteLocalData: boolean;
  graceSeconds?: number;
}

/** How a drain stands. */
export type Standing = { is: "runs"; trouble?: Problem } | { is: "empty" } | { is: "stopped" } | { is: "failed"; why: Problem };

export interface DrainWorld {
  round(options: DrainOptions): Promise<{ data?: NodeDrain; error?: Problem }>;
  /** A while, or less if it is stopped meanwhile. */
  pause(): Promise<void>;
}

/** Asks for rounds until the node is empty, it is stopped, or refused. What passes by itself, like a cluster out of reach, is waited for. */
export async function drain(world: DrainWorld, options: DrainOptions, tell: (standing: Standing, round?: NodeDrain) => void, stopped: () => boolean) {
  while (!stopped()) {
    const { data, error } = await world.round(options);
    if (error && !PASSING.includes(error.status)) return tell({ is: "failed", why: error });
    if (data?.empty) return tell({ is: "empty" }, data);
    tell({ is: "runs", trouble: error }, data);
    await world.pause();
  }
  tell({ is: "stopped" });
}
