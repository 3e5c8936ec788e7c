// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { autoscalerObject, autoscalerOf, otherMetrics } from "./autoscaler";

const METRICS = "autoscaling.alpha.kubernetes.io/metrics";
const pods = { type: "Pods", pods: { metricName: "rps", targetAverageValue: "10" } };

describe("an autoscaler as a form", () => {
  it("is made for a Deployment", () => {
    expect(autoscalerObject({ min: 1, max: 5, cpu: 80 }, { namespace: "n", name: "web" })).toEqual({
      apiVersion: "autoscaling/v1",
      kind: "HorizontalPodAutoscaler",
      metadata: { namespace: "n", name: "web" },
      spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, minReplicas: 1, maxReplicas: 5, targetCPUUtilizationPercentage: 80 },
    });
  });

  it("keeps the metrics that it does not show", () => {
    const of = { namespace: "n", name: "web" };
    const base = autoscalerObject({ min: 1, max: 3, memory: 70 }, of);
    base.metadata.annotations = {
      ...base.metadata.annotations,
      [METRICS]: JSON.stringify([pods, ...JSON.parse(base.metadata.annotations?.[METRICS] ?? "[]")]),
      "a/b": "c",
    };
    expect(autoscalerOf(base)).toEqual({ min: 1, max: 3, cpu: undefined, memory: 70 });
    expect(otherMetrics(base)).toBe(1);
    expect(autoscalerObject(autoscalerOf(base), of, base)).toEqual(base);
    const without = autoscalerObject({ min: 1, max: 3, cpu: 50 }, of, base);
    expect(without.metadata.annotations).toEqual({ [METRICS]: JSON.stringify([pods]), "a/b": "c" });
    expect(autoscalerOf(without)).toEqual({ min: 1, max: 3, cpu: 50, memory: undefined });
  });
});
