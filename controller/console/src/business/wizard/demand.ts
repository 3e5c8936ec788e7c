// SPDX-License-Identifier: Apache-2.0
// What objects take of their namespaces' quotas, by the quotas' names for it.
import { quantity } from "../../ui/amounts";
import { isWorkload, pluralOf, type Resource } from "../kinds";
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { workingSpec } from "./reading";

/** In the order in which people ask. */
const ORDER = ["pods", "cpu", "requests.cpu", "limits.cpu", "memory", "requests.memory", "limits.memory", "requests.storage"];
const rank = (resource: string) => (ORDER.includes(resource) ? ORDER.indexOf(resource) : ORDER.length);

const COUNTED = ["cpu", "memory"] as const;

/** What a container gets that says none, by the namespace's LimitRange. */
export interface Defaults {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

export interface Circumstances {
  defaults?: Defaults;
  /** On how many nodes a DaemonSet that nobody ran yet will stand. */
  nodes?: number;
}

/** An object that is to be made, or to take the place of `base`. */
export interface Wanted {
  object: KubernetesObject;
  base?: KubernetesObject;
}

/** How quotas count objects of a kind. */
const OBJECTS: Partial<Record<Resource, string>> = {
  deployments: "count/deployments.apps",
  statefulsets: "count/statefulsets.apps",
  daemonsets: "count/daemonsets.apps",
  jobs: "count/jobs.batch",
  cronjobs: "count/cronjobs.batch",
  services: "services",
  ingresses: "count/ingresses.networking.k8s.io",
  configmaps: "configmaps",
  secrets: "secrets",
  persistentvolumeclaims: "persistentvolumeclaims",
};

/** One pod's: the sum of its containers, or its largest init container. */
function ofPod(pod: Fields, of: "requests" | "limits", what: (typeof COUNTED)[number], defaults: Defaults | undefined): number {
  const amount = (one: Fields) => {
    // without a request the limit is the request; without both the defaults are
    const own = part(one, "resources", of)[what] ?? (of === "requests" ? part(one, "resources", "limits")[what] : undefined);
    const text = own ?? defaults?.[of]?.[what];
    return typeof text === "string" || typeof text === "number" ? quantity(text) : 0;
  };
  const together = listOf(pod.containers).reduce((sum, one) => sum + amount(one), 0);
  return Math.max(together, ...listOf(pod.initContainers).map(amount));
}

function storageOf(claim: Fields): number {
  return quantity(String(part(claim, "spec", "resources", "requests").storage ?? "0"));
}

/** What an object takes when all its pods run. */
export function demandOf(object: KubernetesObject, { defaults, nodes = 1 }: Circumstances = {}): Record<string, number> {
  const kind = pluralOf(object.kind);
  if (!kind) return {};
  const counted = OBJECTS[kind];
  const demand: Record<string, number> = counted ? { [counted]: 1 } : {};
  if (kind === "persistentvolumeclaims") return { ...demand, "requests.storage": storageOf(object) };
  if (kind === "services") {
    const { type } = part(object, "spec");
    if (type === "NodePort" || type === "LoadBalancer") demand["services.nodeports"] = listOf(part(object, "spec").ports).length;
    if (type === "LoadBalancer") demand["services.loadbalancers"] = 1;
  }
  if (!isWorkload(kind)) return demand;
  const spec = workingSpec(kind, object);
  const pod = part(spec, "template", "spec");
  const running = part(object, "status").desiredNumberScheduled;
  const many = { daemonsets: running ?? nodes, jobs: spec.parallelism ?? 1, cronjobs: spec.parallelism ?? 1, deployments: spec.replicas ?? 1 };
  const pods = Number(many[kind as "jobs"] ?? spec.replicas ?? 1);
  demand.pods = pods;
  for (const of of ["requests", "limits"] as const) {
    for (const what of COUNTED) demand[`${of}.${what}`] = pods * ofPod(pod, of, what, defaults);
  }
  const claims = listOf(spec.volumeClaimTemplates);
  if (claims.length > 0) {
    demand.persistentvolumeclaims = pods * claims.length;
    demand["requests.storage"] = pods * claims.reduce((sum, claim) => sum + storageOf(claim), 0);
  }
  return demand;
}

/** What objects take more than those in whose place they come. */
export function demandOfAll(wanted: Wanted[], circumstances: Circumstances): Record<string, number> {
  const demand: Record<string, number> = {};
  const count = (object: KubernetesObject, times: 1 | -1) => {
    for (const [resource, more] of Object.entries(demandOf(object, circumstances))) demand[resource] = (demand[resource] ?? 0) + times * more;
  };
  for (const { object, base } of wanted) {
    count(base ? { ...object, status: base.status } : object, 1);
    if (base) count(base, -1);
  }
  return demand;
}

export interface Line {
  resource: string;
  hard: number;
  used: number;
  more: number;
}

/** What of the quotas the demand changes; of a resource that several limit, each. */
export function linesOf(quotas: { hard: Record<string, string>; used: Record<string, string> }[], demand: Record<string, number>): Line[] {
  const lines = quotas.flatMap(({ hard, used }) =>
    Object.entries(hard).flatMap(([resource, most]) => {
      const more = demand[resource] ?? demand[`requests.${resource}`]; // cpu is requests.cpu
      return more ? [{ resource, hard: quantity(most), used: quantity(used[resource] ?? "0"), more }] : [];
    }),
  );
  return lines.sort((one, other) => rank(one.resource) - rank(other.resource));
}
