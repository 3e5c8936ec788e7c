// SPDX-License-Identifier: Apache-2.0
// What objects take of their namespaces' quotas, by the quotas' names for it.
import { quantity } from "../../ui/amounts";
import { isWorkload, pluralOf, type Resource, type WorkloadPlural } from "../kinds";
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
  /** To how many replicas workloads that there are may be scaled by themselves, by kind and name: Deployment/web. */
  scaledTo?: Record<string, number>;
}

/** Amounts by the quotas' names for them. */
export type Demand = Record<string, number>;

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

/** How many pods of a workload run when it is at rest; of a Job and a CronJob those of one run. */
function podsOf(kind: WorkloadPlural, object: KubernetesObject, { nodes = 1 }: Circumstances): number {
  const spec = workingSpec(kind, object);
  if (kind === "daemonsets") return Number(part(object, "status").desiredNumberScheduled ?? nodes);
  if (kind === "deployments" || kind === "statefulsets") return Number(spec.replicas ?? 1);
  return Math.min(Number(spec.parallelism ?? 1), Number(spec.completions ?? Number.POSITIVE_INFINITY));
}

/** How many pods a rolling update starts before it stops others. */
function surgeOf(kind: WorkloadPlural, object: KubernetesObject, pods: number): number {
  const spec = part(object, "spec");
  const { type, rollingUpdate } = part(spec, kind === "deployments" ? "strategy" : "updateStrategy");
  if ((kind !== "deployments" && kind !== "daemonsets") || (type !== undefined && type !== "RollingUpdate")) return 0;
  const surge = part({ rollingUpdate }, "rollingUpdate").maxSurge ?? (kind === "deployments" ? "25%" : 0);
  const share = /^(\d+)%$/.exec(String(surge));
  return share ? Math.ceil((pods * Number(share[1])) / 100) : Number(surge) || 0;
}

/** What an object takes when so many pods of it run; unless it is said, those that do when it is at rest. */
export function demandOf(object: KubernetesObject, circumstances: Circumstances = {}, running?: number): Demand {
  const kind = pluralOf(object.kind);
  if (!kind) return {};
  const counted = OBJECTS[kind];
  const demand: Demand = counted ? { [counted]: 1 } : {};
  if (kind === "persistentvolumeclaims") return { ...demand, "requests.storage": storageOf(object) };
  if (kind === "services") {
    const { type } = part(object, "spec");
    if (type === "NodePort" || type === "LoadBalancer") demand["services.nodeports"] = listOf(part(object, "spec").ports).length;
    if (type === "LoadBalancer") demand["services.loadbalancers"] = 1;
  }
  if (!isWorkload(kind)) return demand;
  const spec = workingSpec(kind, object);
  const pod = part(spec, "template", "spec");
  const pods = running ?? podsOf(kind, object, circumstances);
  demand.pods = pods;
  for (const of of ["requests", "limits"] as const) {
    for (const what of COUNTED) demand[`${of}.${what}`] = pods * ofPod(pod, of, what, circumstances.defaults);
  }
  const claims = listOf(spec.volumeClaimTemplates);
  if (claims.length > 0) {
    demand.persistentvolumeclaims = pods * claims.length;
    demand["requests.storage"] = pods * claims.reduce((sum, claim) => sum + storageOf(claim), 0);
  }
  return demand;
}

/** A sum of demands, each so many times. */
function sumOf(all: [Demand, number][]): Demand {
  const sum: Demand = {};
  for (const [demand, times] of all) for (const [resource, more] of Object.entries(demand)) sum[resource] = (sum[resource] ?? 0) + times * more;
  return sum;
}

function largest(one: Demand, other: Demand): Demand {
  return Object.fromEntries([...new Set([...Object.keys(one), ...Object.keys(other)])].map((of) => [of, Math.max(one[of] ?? 0, other[of] ?? 0)]));
}

/** What an object takes at most: scaled as far as its autoscaler may, while it is rolled out. */
function peakOf({ object, base }: Wanted, together: Wanted[], circumstances: Circumstances): Demand {
  const kind = pluralOf(object.kind);
  if (!kind || !isWorkload(kind)) return demandOf(object, circumstances);
  if (kind === "cronjobs") {
    const { successfulJobsHistoryLimit: good, failedJobsHistoryLimit: bad } = part(object, "spec");
    // the Jobs that it keeps count, too
    return { ...demandOf(object, circumstances), "count/jobs.batch": 1 + Number(good ?? 3) + Number(bad ?? 1) };
  }
  const name = object.metadata.name ?? "";
  const limits = together.filter((one) => one.object.kind === "HorizontalPodAutoscaler").map((one) => part(one.object, "spec"));
  const own = limits.find((spec) => part(spec, "scaleTargetRef").kind === object.kind && part(spec, "scaleTargetRef").name === name);
  const scaled = Number(own?.maxReplicas ?? circumstances.scaledTo?.[`${object.kind}/${name}`] ?? 0);
  const pods = Math.max(podsOf(kind, object, circumstances), scaled);
  const most = demandOf(object, circumstances, pods + surgeOf(kind, object, pods));
  if (!base) return most;
  // a rollout begins with all of the old ones and the first of the new
  const rest = podsOf(kind, base, circumstances);
  const first = demandOf(object, circumstances, surgeOf(kind, object, rest));
  const begun = sumOf([
    [demandOf(base, circumstances), 1],
    [first, 1],
    [demandOf(object, circumstances, 0), -1],
  ]);
  return largest(most, begun);
}

/** What objects take more than those in whose place they come, at rest and at most. */
export function demandOfAll(wanted: Wanted[], circumstances: Circumstances): { rest: Demand; peak: Demand } {
  const told = wanted.map(({ object, base }) => ({ object: base ? { ...object, status: base.status } : object, base }));
  const before = told.flatMap(({ base }): [Demand, number][] => (base ? [[demandOf(base, circumstances), -1]] : []));
  const now = (of: (one: Wanted) => Demand) => sumOf([...told.map((one): [Demand, number] => [of(one), 1]), ...before]);
  const rest = now(({ object }) => demandOf(object, circumstances));
  return {
    rest,
    peak: largest(
      rest,
      now((one) => peakOf(one, told, circumstances)),
    ),
  };
}

export interface Line {
  resource: string;
  hard: number;
  used: number;
  /** At rest. */
  more: number;
  /** At most. */
  peak: number;
}

/** What of the quotas the demand changes, or may exceed at its peak; of a resource that several limit, each. */
export function linesOf(quotas: { hard: Record<string, string>; used: Record<string, string> }[], { rest, peak }: { rest: Demand; peak: Demand }): Line[] {
  const of = (demand: Demand, resource: string) => demand[resource] ?? demand[`requests.${resource}`] ?? 0; // cpu is requests.cpu
  const lines = quotas.flatMap(({ hard, used }) =>
    Object.entries(hard).map(([resource, most]) => ({
      resource,
      hard: quantity(most),
      used: quantity(used[resource] ?? "0"),
      more: of(rest, resource),
      peak: of(peak, resource),
    })),
  );
  return lines.filter((line) => line.more !== 0 || isShortAtPeak(line)).sort((one, other) => rank(one.resource) - rank(other.resource));
}

export function isShort({ hard, used, more }: Line): boolean {
  return more > 0 && used + more > hard;
}

/** Whether the quota allows it at rest, and not at its peak. */
export function isShortAtPeak(line: Line): boolean {
  return !isShort(line) && line.peak > 0 && line.used + line.peak > line.hard;
}
