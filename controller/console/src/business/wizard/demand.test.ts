// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../object";
import { demandOf } from "./demand";

const container = (cpu: string, memory: string) => ({ resources: { requests: { cpu, memory }, limits: { cpu: "1", memory: "1Gi" } } });

describe("what a workload takes of a quota", () => {
  it("is the sum of its containers for each replica, and the largest of the init containers", () => {
    const object = {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: {},
      spec: {
        replicas: 2,
        template: { spec: { initContainers: [container("2", "1Mi")], containers: [container("100m", "64Mi"), container("200m", "64Mi")] } },
        volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "1Gi" } } } }],
      },
    } as KubernetesObject;
    expect(demandOf(object)).toEqual({
      pods: 2,
      "requests.cpu": 4,
      "requests.memory": 2 * 128 * 2 ** 20,
      "limits.cpu": 4,
      "limits.memory": 4 * 2 ** 30,
      persistentvolumeclaims: 2,
      "requests.storage": 2 * 2 ** 30,
    });
  });

  it("counts limits where requests are not said, and a Job's pods at once", () => {
    const object = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {},
      spec: { parallelism: 3, template: { spec: { containers: [{ resources: { limits: { cpu: "500m" } } }] } } },
    } as KubernetesObject;
    expect(demandOf(object)).toMatchObject({ pods: 3, "requests.cpu": 1.5, "limits.cpu": 1.5, "requests.memory": 0 });
  });
});
