// SPDX-License-Identifier: Apache-2.0
import { type Fields, type KubernetesObject, part } from "./object";

/** What controllers note in annotations, and nobody edits. */
const NOTED = ["autoscaling.alpha.kubernetes.io/conditions", "autoscaling.alpha.kubernetes.io/current-metrics", "deployment.kubernetes.io/revision"];

/** The same text for the same value, in whatever order its fields come. */
export function told(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(told).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .map(([key, one]) => `${JSON.stringify(key)}:${told(one)}`)
    .sort()
    .join(",")}}`;
}

function wanted(object: KubernetesObject): Fields {
  const annotations = Object.fromEntries(Object.entries(part(object, "metadata", "annotations")).filter(([key]) => !NOTED.includes(key)));
  const metadata = { ...object.metadata, annotations, resourceVersion: undefined, generation: undefined, managedFields: undefined };
  return { ...object, metadata, status: undefined };
}

/** Whether the controller keeps values of an object back: two readings of it say nothing of them. */
export function isWithheld({ kind }: KubernetesObject): boolean {
  return kind === "Secret";
}

/**
 * Whether two readings of an object want the same: then only its status went on between them, as that of a workload does all
 * the time, and a change made on the earlier one undoes nothing of the later.
 */
export function wantsTheSame(before: KubernetesObject, after: KubernetesObject): boolean {
  return told(wanted(before)) === told(wanted(after));
}
