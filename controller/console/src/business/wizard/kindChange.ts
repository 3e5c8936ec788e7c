// SPDX-License-Identifier: Apache-2.0
// A form of one lasting kind of workload as one of another: what both have stays, and what the other has not is told.
import { apiVersionOf, kindOf, type WorkloadPlural } from "../kinds";
import { type KubernetesObject, part } from "../object";
import { filled, without } from "../put";
import { newForm, type Strategy, type WorkloadForm } from "./form";

/** What the other kind does not have: a part of the form, or a field that only the YAML beside it said. */
export interface Fallen {
  what: "replicas" | "strategy" | "scaling" | "serviceName" | "claimTemplates" | "volumes" | "fields";
  names: string[];
}

const ALL = ["selector", "template", "minReadySeconds", "revisionHistoryLimit"];
/** Fields of the spec by kind, beside those that the form has. */
const FIELDS: Partial<Record<WorkloadPlural, string[]>> = {
  deployments: [...ALL, "paused", "progressDeadlineSeconds"],
  statefulsets: [...ALL, "podManagementPolicy", "persistentVolumeClaimRetentionPolicy", "ordinals"],
  daemonsets: ALL,
};
/** What the form says of them, and writes anew. */
const OF_FORM = ["replicas", "strategy", "updateStrategy", "serviceName", "volumeClaimTemplates"];

/** What was read from the YAML, as an object of the other kind. */
function baseOf(to: WorkloadPlural, base: KubernetesObject): { base: KubernetesObject; lost: string[] } {
  const spec = part(base, "spec");
  const lost = Object.keys(spec).filter((field) => !OF_FORM.includes(field) && !FIELDS[to]?.includes(field));
  const kept = without(spec, ...OF_FORM, ...lost);
  return {
    base: { ...base, apiVersion: apiVersionOf(to), kind: kindOf(to), spec: filled(kept, base.spec) } as KubernetesObject,
    lost: lost.map((field) => `spec.${field}`),
  };
}

/** How it is rolled out: a Deployment says it otherwise than the other two, which take no more pods for it. */
function strategyOf(from: WorkloadPlural, to: WorkloadPlural, form: WorkloadForm, lacks: Lacks): { strategy: Strategy; lost: boolean } {
  const { mode, batch = 1, maxSurge, maxUnavailable, partition, minReadySeconds } = form.strategy;
  const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";
  const counts = to !== "statefulsets" || lacks("statefulsets.maxUnavailable") === undefined;
  const waits = to !== "statefulsets" || lacks("statefulsets.minReadySeconds") === undefined;
  const ready = waits && isSet(minReadySeconds) ? { minReadySeconds } : {};
  const unheard = !waits && isSet(minReadySeconds);
  const usual = { ...newForm(to).strategy, ...ready };
  if (to === "deployments") {
    const lost = unheard || mode === "onDelete" || Boolean(partition) || surges(form);
    if (mode !== "rolling" || !isSet(maxUnavailable)) return { strategy: usual, lost };
    const count = Number(maxUnavailable);
    if (Number.isInteger(count) && count > 0) return { strategy: { mode: "stopFirst", batch: count, ...ready }, lost };
    return { strategy: { mode: "custom", maxSurge: "0", maxUnavailable, ...ready }, lost };
  }
  const unavailable = mode === "stopFirst" ? String(batch) : mode === "custom" || mode === "rolling" ? maxUnavailable : undefined;
  const strategy: Strategy = {
    ...usual,
    mode: mode === "onDelete" ? "onDelete" : "rolling",
    ...(counts && isSet(unavailable) && { maxUnavailable: unavailable }),
    ...(to === "statefulsets" && isSet(partition) && { partition }),
  };
  const beyond =
    from === "deployments"
      ? mode === "recreate" || (mode === "startFirst" && batch !== 1) || (mode === "custom" && isSet(maxSurge) && maxSurge !== "0")
      : (to === "daemonsets" && Boolean(partition)) || surges(form);
  return { strategy, lost: unheard || beyond || (!counts && isSet(unavailable)) };
}

/** A DaemonSet that starts pods before it stops others: only the YAML says so. */
function surges({ base }: WorkloadForm): boolean {
  return base?.kind === "DaemonSet" && part(base, "spec", "updateStrategy", "rollingUpdate").maxSurge !== undefined;
}

/** Why the cluster's Kubernetes has not a feature, by its name; undefined: it has. */
type Lacks = (feature: string) => string | undefined;

/** The form of another kind with all of a form that the other kind has as well, and what it has not. */
export function carriedOver(from: WorkloadPlural, to: WorkloadPlural, form: WorkloadForm, lacks: Lacks): { form: WorkloadForm; lost: Fallen[] } {
  const blank = newForm(to);
  const lost: Fallen[] = [];
  const lose = (what: Fallen["what"], names: string[]) => lost.push({ what, names });
  const replicas = to === "daemonsets" ? undefined : (form.replicas ?? blank.replicas);
  if (to === "daemonsets" && (form.replicas ?? 1) !== 1) lose("replicas", [String(form.replicas)]);
  const rollout = strategyOf(from, to, form, lacks);
  if (rollout.lost) lose("strategy", []);
  const scales = from === "deployments" && form.scaling.on;
  if (scales) lose("scaling", []);
  if (from === "statefulsets" && form.serviceName) lose("serviceName", [form.serviceName]);
  const templates = from === "statefulsets" ? form.claimTemplates.map(({ name }) => name) : [];
  if (templates.length > 0) lose("claimTemplates", templates);
  // by the manual a StatefulSet takes no claim that there is, but makes its own
  const isClaim = ({ type }: { type: string }) => to === "statefulsets" && type === "claim";
  const claims = form.volumes.filter(isClaim).map(({ name }) => name);
  if (claims.length > 0) lose("volumes", claims);
  const gone = new Set([...templates, ...claims].filter(Boolean));
  const read = form.base && baseOf(to, form.base);
  if (read && read.lost.length > 0) lose("fields", read.lost);
  return {
    form: {
      ...form,
      base: read?.base,
      replicas,
      serviceName: undefined,
      strategy: rollout.strategy,
      claimTemplates: [],
      volumes: form.volumes.filter((volume) => !isClaim(volume)),
      // what was mounted of it would be of nothing
      containers: form.containers.map((one) => ({ ...one, mounts: (one.mounts ?? []).filter(({ volume }) => !gone.has(volume)) })),
      scaling: scales ? blank.scaling : form.scaling,
    },
    lost,
  };
}
