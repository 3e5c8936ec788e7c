// SPDX-License-Identifier: Apache-2.0
import { quantity } from "../../ui/amounts";
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { isWorkload, pluralOf } from "../kinds";
import { workingSpec } from "./reading";

const COUNTED = ["cpu", "memory"] as const;

/** One pod's: the sum of its containers, or its largest init container. */
function ofPod(pod: Fields, of: "requests" | "limits", what: (typeof COUNTED)[number]): number {
  const amount = (one: Fields) => {
    const text = part(one, "resources", of)[what] ?? (of === "requests" ? part(one, "resources", "limits")[what] : undefined);
    return typeof text === "string" || typeof text === "number" ? quantity(text) : 0;
  };
  const together = listOf(pod.containers).reduce((sum, one) => sum + amount(one), 0);
  return Math.max(together, ...listOf(pod.initContainers).map(amount));
}

/** What a workload takes of its namespace's quota when all its pods run, by the quota's names. A DaemonSet's nodes are unknown: one pod is counted. */
export function demandOf(object: KubernetesObject): Record<string, number> {
  const kind = pluralOf(object.kind);
  if (kind === "persistentvolumeclaims")
    return {
      persistentvolumeclaims: 1,
      "requests.storage": quantity(String(part(object, "spec", "resources", "requests").storage ?? "0")),
    };
  if (!kind || !isWorkload(kind)) return {};
  const spec = workingSpec(kind, object);
  const pod = part(spec, "template", "spec");
  const pods = Number(kind === "jobs" || kind === "cronjobs" ? (spec.parallelism ?? 1) : (spec.replicas ?? 1));
  const demand: Record<string, number> = { pods };
  for (const of of ["requests", "limits"] as const) {
    for (const what of COUNTED) demand[`${of}.${what}`] = pods * ofPod(pod, of, what);
  }
  const claims = listOf(spec.volumeClaimTemplates);
  if (claims.length > 0) {
    demand.persistentvolumeclaims = pods * claims.length;
    demand["requests.storage"] = pods * claims.reduce((sum, claim) => sum + quantity(String(part(claim, "spec", "resources", "requests").storage ?? "0")), 0);
  }
  return demand;
}
