// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { parseKept } from "./open_terminals";
import { ownerPath } from "./owners";
import { containersOf, type PodObject, probeText, stateName, valueSource, volumeSource } from "./pod_object";

describe("terminals that a browser tab kept", () => {
  const one = { key: "k", user: "u", cluster: "c", namespace: "n", pod: "p", container: "m", shell: "sh", seen: 3 };

  it("are read, and what somebody else wrote there is left out", () => {
    expect(parseKept(JSON.stringify([one, null, 1, { ...one, shell: "zsh" }, { ...one, seen: "3" }, { ...one, pod: undefined }]))).toEqual([one]);
    expect(parseKept("{")).toEqual([]);
    expect(parseKept('{"a":1}')).toEqual([]);
    expect(parseKept(null)).toEqual([]);
  });
});

describe("a pod", () => {
  it("has its containers with what became of them, those that prepare it first", () => {
    const pod: PodObject = {
      metadata: { name: "p", namespace: "n" },
      spec: { containers: [{ name: "main" }], initContainers: [{ name: "prepare" }] },
      status: {
        containerStatuses: [{ name: "main", ready: true, state: { running: {} } }],
        initContainerStatuses: [{ name: "prepare", state: { terminated: { exitCode: 0 } } }],
      },
    };
    expect(containersOf(pod).map(({ name, init, status }) => [name, init, stateName(status?.state)])).toEqual([
      ["prepare", true, "terminated"],
      ["main", false, "running"],
    ]);
    expect(stateName(undefined)).toBe("unknown");
  });

  it("leads to who made it; of a ReplicaSet to its Deployment", () => {
    expect(ownerPath("c", "n", "ReplicaSet", "web-api-6bcdddbb8f")).toBe("/business/c/n/deployments/web-api");
    expect(ownerPath("c", "n", "Job", "once")).toBe("/business/c/n/jobs/once");
    expect(ownerPath("c", "n", "Node", "master-1")).toBeUndefined();
  });

  it("says what its parts are made of", () => {
    expect(volumeSource({ name: "v", persistentVolumeClaim: { claimName: "data" } })).toEqual({ type: "persistentVolumeClaim", of: "data" });
    expect(volumeSource({ name: "v", emptyDir: {} })).toEqual({ type: "emptyDir", of: undefined });
    expect(valueSource({ secretKeyRef: { name: "s", key: "k" } })).toBe("secret s/k");
    expect(valueSource({ fieldRef: { fieldPath: "spec.nodeName" } })).toBe("field spec.nodeName");
    expect(probeText({ httpGet: { path: "/x", port: 80 } })).toBe("HTTP GET :80/x");
    expect(probeText(undefined)).toBeUndefined();
  });
});
