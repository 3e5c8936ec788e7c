// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../object";
import { demandOf, demandOfAll, isShort, isShortAtPeak, linesOf } from "./demand";

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
    expect(demandOfAll([{ object: five, base: two }], {}).rest).toMatchObject({ pods: 3, "requests.cpu": 3, "count/deployments.apps": 0 });
    const each = { apiVersion: "apps/v1", kind: "DaemonSet", metadata: {}, status: { desiredNumberScheduled: 4 }, spec: {} } as KubernetesObject;
    expect(demandOf(each, { nodes: 9 }).pods).toBe(4);
    expect(demandOf({ ...each, status: undefined }, { nodes: 9 }).pods).toBe(9);
  });

  it("stands beside what each quota has", () => {
    const quotas = [{ hard: { cpu: "2", pods: "10", secrets: "3" }, used: { cpu: "500m" } }];
    const rest = { "requests.cpu": 1, pods: 2 };
    expect(linesOf(quotas, { rest, peak: { "requests.cpu": 1, pods: 4 } })).toEqual([
      { resource: "pods", hard: 10, used: 0, more: 2, peak: 4 },
      { resource: "cpu", hard: 2, used: 0.5, more: 1, peak: 1 },
    ]);
  });

  const deployment = (spec: object) =>
    ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { template: { spec: { containers: [container("1", "1Mi")] } }, ...spec },
    }) as KubernetesObject;
  const rolling = (maxSurge: unknown) => ({ strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge } } });
  const peak = (object: KubernetesObject, ...others: KubernetesObject[]) =>
    demandOfAll(
      [object, ...others].map((one) => ({ object: one })),
      {},
    ).peak;

  it("is more at its peak: scaled to the maximum, with the pods that a rolling update starts first", () => {
    expect(peak(deployment({ replicas: 4, ...rolling(1) }))).toMatchObject({ pods: 5, "requests.cpu": 5, "count/deployments.apps": 1 });
    expect(peak(deployment({ replicas: 5 })).pods).toBe(7); // a quarter, rounded up
    expect(peak(deployment({ replicas: 4, ...rolling("50%") })).pods).toBe(6);
    expect(peak(deployment({ replicas: 4, strategy: { type: "Recreate" } })).pods).toBe(4);
    const scaler = {
      apiVersion: "autoscaling/v1",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "web" },
      spec: { maxReplicas: 10, scaleTargetRef: { kind: "Deployment", name: "web" } },
    } as KubernetesObject;
    expect(peak(deployment({ replicas: 2, ...rolling(1) }), scaler).pods).toBe(11);
    const standing = deployment({ replicas: 2, ...rolling(1) });
    const raised = demandOfAll([{ object: scaler }, { object: standing, base: standing }], {}); // an autoscaler for what is there
    expect([raised.rest.pods, raised.peak.pods]).toEqual([0, 9]);
    const there = demandOfAll([{ object: deployment({ replicas: 2, ...rolling(0) }) }], { scaledTo: { "Deployment/web": 6 } });
    expect([there.rest.pods, there.peak.pods]).toEqual([2, 6]);
  });

  it("is, of a change, at its peak what is started before the old pods go", () => {
    const small = deployment({ replicas: 3, ...rolling(1) });
    const bigger = deployment({ replicas: 3, ...rolling(1), template: { spec: { containers: [container("2", "1Mi")] } } });
    const { rest, peak: most } = demandOfAll([{ object: bigger, base: small }], {});
    expect([rest.pods, rest["requests.cpu"], most.pods, most["requests.cpu"], most["count/deployments.apps"]]).toEqual([0, 3, 1, 5, 0]);
    const back = demandOfAll([{ object: small, base: bigger }], {});
    expect([back.rest["requests.cpu"], back.peak["requests.cpu"]]).toEqual([-3, 1]); // 3 of 2 and the first of 1
  });

  it("counts no more pods of a Job than it has to complete, and the Jobs that a CronJob keeps", () => {
    const job = { apiVersion: "batch/v1", kind: "Job", metadata: {}, spec: { parallelism: 5, completions: 2 } } as KubernetesObject;
    expect([demandOf(job).pods, peak(job).pods]).toEqual([2, 2]);
    const cron = {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: {},
      spec: { failedJobsHistoryLimit: 0, jobTemplate: { spec: { parallelism: 3 } } },
    } as KubernetesObject;
    expect(peak(cron)).toMatchObject({ pods: 3, "count/jobs.batch": 4, "count/cronjobs.batch": 1 });
  });

  it("is told where a quota allows it at rest and not at its peak", () => {
    const quotas = [{ hard: { pods: "4", "requests.cpu": "100" }, used: { pods: "0" } }];
    const [line, ...others] = linesOf(quotas, demandOfAll([{ object: deployment({ replicas: 4, ...rolling(1) }) }], {}));
    expect([line.resource, isShort(line), isShortAtPeak(line)]).toEqual(["pods", false, true]);
    expect(others.map((one) => [one.resource, isShortAtPeak(one)])).toEqual([["requests.cpu", false]]);
    // a change of the image alone takes nothing more at rest: it is told if there is no room for the first new pod
    const [before, after] = ["a", "b"].map((image) => deployment({ replicas: 4, ...rolling(1), template: { spec: { containers: [{ image }] } } }));
    const change = demandOfAll([{ object: after, base: before }], {});
    expect(linesOf([{ hard: { pods: "4" }, used: { pods: "4" } }], change)).toEqual([{ resource: "pods", hard: 4, used: 4, more: 0, peak: 1 }]);
    expect(linesOf([{ hard: { pods: "5" }, used: { pods: "4" } }], change)).toEqual([]);
  });
});
