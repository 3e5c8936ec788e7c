// SPDX-License-Identifier: Apache-2.0
import { client, madeProblem, type Problem } from "../../api/client";
import { read } from "../../api/read";

export interface Taint {
  key: string;
  value?: string;
  effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  timeAdded?: string;
}

/** A Node as Kubernetes has it: the parts that are changed here; the rest goes along untouched. */
export interface NodeObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; resourceVersion: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: { unschedulable?: boolean; taints?: Taint[]; podCIDR?: string };
}

const TRIES = 3;

export interface Merged {
  merged: Record<string, string>;
  /** Keys that both changed, each in another way. */
  torn: string[];
}

/** What I changed since I saw `was`, done to what is there now. */
export function merge(was: Record<string, string>, mine: Record<string, string>, theirs: Record<string, string>): Merged {
  const merged = { ...theirs };
  const torn: string[] = [];
  for (const key of new Set([...Object.keys(was), ...Object.keys(mine)])) {
    if (was[key] === mine[key]) continue;
    if (theirs[key] !== was[key] && theirs[key] !== mine[key]) torn.push(key);
    if (mine[key] === undefined) delete merged[key];
    else merged[key] = mine[key];
  }
  return { merged, torn };
}

const NAME_OF_TAINT = /^(.*):(NoSchedule|PreferNoSchedule|NoExecute)$/;

/** Taints as a map, by key and effect: Kubernetes has one of each. */
export function taintMap(taints: Taint[] = []): Record<string, string> {
  return Object.fromEntries(taints.map(({ key, effect, value }) => [`${key}:${effect}`, value ?? ""]));
}

/** The taints of a map; those that are as before keep what else they had. */
export function taintsOf(map: Record<string, string>, before: Taint[] = []): Taint[] {
  return Object.entries(map).flatMap(([name, value]) => {
    const parts = NAME_OF_TAINT.exec(name);
    if (!parts) return [];
    const effect = parts[2] as Taint["effect"];
    const kept = before.find((one) => one.key === parts[1] && one.effect === effect && (one.value ?? "") === value);
    return [kept ?? { key: parts[1], effect, ...(value && { value }) }];
  });
}

export async function readNode(cluster: string, node: string): Promise<NodeObject> {
  const path = { cluster, resource: "nodes", name: node };
  return (await read(client.GET("/api/v1/clusters/{cluster}/objects/{resource}/{name}", { params: { path } }))) as unknown as NodeObject;
}

/** Changes a node as it is now. The kubelet writes to it too, so a change that met another is tried again. Answers whether it is done or waits. */
export async function changeNode(cluster: string, node: string, change: (now: NodeObject) => NodeObject): Promise<"done" | "waiting"> {
  for (let attempt = 1; ; attempt += 1) {
    const next = change(await readNode(cluster, node));
    const answer = await client.PUT("/api/v1/clusters/{cluster}/objects/{resource}/{name}", {
      params: { path: { cluster, resource: "nodes", name: node } },
      body: next as never,
    });
    if (answer.error === undefined) return answer.response.status === 202 ? "waiting" : "done";
    const problem = answer.error as Problem;
    if (problem.rule !== "changed" || attempt === TRIES) throw problem;
  }
}

/** Refuses a change that would overwrite somebody else's. */
export function refuseTorn({ torn }: Merged, words: (keys: string) => string) {
  if (torn.length > 0) throw { ...madeProblem(words(torn.join(", ")), 409), type: "urn:slipway:problem:conflict" };
}
