// SPDX-License-Identifier: Apache-2.0
// A HorizontalPodAutoscaler as a form, and back; in autoscaling/v1, which all versions of Kubernetes have. There CPU has a
// field, and the other metrics stand in an annotation.
import { type Fields, type KubernetesObject, listOf, part } from "../object";
import { put } from "../put";
import type { Places } from "../../ui/amiss";
import type { WorkloadForm } from "../wizard/form";

/** Where the form has what the API server names. */
export const AUTOSCALER_PLACES: Places = [
  [/^spec\.minReplicas/, () => ["min"]],
  [/^spec\.maxReplicas/, () => ["max"]],
  [/^spec\.targetCPU/, () => ["cpu"]],
];

const METRICS = "autoscaling.alpha.kubernetes.io/metrics";

export interface AutoscalerValues {
  min?: number;
  max?: number;
  /** Per cent of what is requested. */
  cpu?: number;
  memory?: number;
}

function metricsOf(object: KubernetesObject | undefined): Fields[] {
  try {
    return listOf(JSON.parse(object?.metadata.annotations?.[METRICS] ?? "[]"));
  } catch {
    return [];
  }
}

function isMemory(metric: Fields): boolean {
  const resource = part(metric, "resource");
  return metric.type === "Resource" && resource.name === "memory" && resource.targetAverageUtilization !== undefined;
}

export function autoscalerOf(object: KubernetesObject): AutoscalerValues {
  const spec = part(object, "spec");
  const memory = metricsOf(object).find(isMemory);
  return {
    min: spec.minReplicas as number | undefined,
    max: spec.maxReplicas as number | undefined,
    cpu: spec.targetCPUUtilizationPercentage as number | undefined,
    memory: memory && (part(memory, "resource").targetAverageUtilization as number),
  };
}

/** How many other metrics it follows, which the form does not show and keeps. */
export function otherMetrics(object: KubernetesObject): number {
  return metricsOf(object).filter((metric) => !isMemory(metric)).length;
}

/** `of`: the autoscaler's own place; `target`: the Deployment that a new one scales. */
export function autoscalerObject(
  values: AutoscalerValues,
  of: { namespace?: string; name: string },
  base?: KubernetesObject,
  target = of.name,
): KubernetesObject {
  const others = metricsOf(base).filter((metric) => !isMemory(metric));
  const memory = values.memory ? [{ type: "Resource", resource: { name: "memory", targetAverageUtilization: values.memory } }] : [];
  const metrics = [...others, ...memory];
  const annotations = put(base?.metadata.annotations, { [METRICS]: metrics.length > 0 ? JSON.stringify(metrics) : undefined });
  return put(base, {
    apiVersion: "autoscaling/v1",
    kind: "HorizontalPodAutoscaler",
    metadata: put(base?.metadata, {
      ...of,
      annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
    }),
    spec: put(part(base, "spec"), {
      scaleTargetRef: part(base, "spec").scaleTargetRef ?? { apiVersion: "apps/v1", kind: "Deployment", name: target },
      minReplicas: values.min ?? undefined,
      maxReplicas: values.max,
      targetCPUUtilizationPercentage: values.cpu ?? undefined,
    }),
  }) as KubernetesObject;
}

/** The autoscaler that goes with a new Deployment. What names the Deployment follows it, unless it was made otherwise. */
export function scalingObject({ scaling, base: workload, name, namespace }: WorkloadForm): KubernetesObject {
  const { base } = scaling;
  const was = workload?.metadata.name;
  const own = base && base.metadata.name !== was ? (base.metadata.name ?? "") : name;
  const object = autoscalerObject(scaling, { namespace, name: own }, base, name);
  const target = part(object, "spec", "scaleTargetRef");
  if (target.name !== was) return object;
  return { ...object, spec: put(part(object, "spec"), { scaleTargetRef: put(target, { name }) }) };
}
