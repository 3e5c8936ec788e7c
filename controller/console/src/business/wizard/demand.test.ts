// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../object";
import { demandOf, demandOfAll, linesOf } from "./demand";

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
      "count/statefulsets.apps": 1,
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

  it("counts what the namespace gives containers that say nothing", () => {
    const object = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {},
      spec: { replicas: 2, template: { spec: { containers: [{}] } } },
    } as KubernetesObject;
    const defaults = { requests: { cpu: "100m" }, limits: { cpu: "200m", memory: "1Mi" } };
    expect(demandOf(object, { defaults })).toMatchObject({ "requests.cpu": 0.2, "limits.cpu": 0.4, "limits.memory": 2 * 2 ** 20 });
  });

  it("is, of a change, what it takes more; of a DaemonSet on the nodes where it is", () => {
    const of = (replicas: number) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {},
      spec: { replicas, template: { spec: { containers: [container("1", "1Mi")] } } },
    });
    const [two, five] = [of(2), of(5)] as KubernetesObject[];
    expect(demandOfAll([{ object: five, base: two }], {})).toMatchObject({ pods: 3, "requests.cpu": 3, "count/deployments.apps": 0 });
    const each = { apiVersion: "apps/v1", kind: "DaemonSet", metadata: {}, status: { desiredNumberScheduled: 4 }, spec: {} } as KubernetesObject;
    expect(demandOf(each, { nodes: 9 }).pods).toBe(4);
    expect(demandOf({ ...each, status: undefined }, { nodes: 9 }).pods).toBe(9);
  });

  it("stands beside what each quota has", () => {
    const quotas = [{ hard: { cpu: "2", pods: "10", secrets: "3" }, used: { cpu: "500m" } }];
    expect(linesOf(quotas, { "requests.cpu": 1, pods: 2 })).toEqual([
      { resource: "pods", hard: 10, used: 0, more: 2 },
      { resource: "cpu", hard: 2, used: 0.5, more: 1 },
    ]);
  });
});
