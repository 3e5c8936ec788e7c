// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { claimObject, claimOf } from "./claim";

describe("a claim as a form", () => {
  it("loses nothing, and grows", () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data", namespace: "n", finalizers: ["kubernetes.io/pvc-protection"] },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "fast",
        volumeMode: "Filesystem",
        volumeName: "pv",
        resources: { requests: { storage: "1Gi" } },
      },
      status: { phase: "Bound" },
    };
    expect(claimObject(claimOf(claim), claim)).toEqual(claim);
    expect(claimObject({ ...claimOf(claim), size: "2Gi" }, claim).spec).toEqual({ ...claim.spec, resources: { requests: { storage: "2Gi" } } });
  });

  it("is of the default class when none is said", () => {
    expect(claimObject({ name: "x", size: "1Gi", modes: ["ReadWriteMany"] }).spec).toEqual({
      accessModes: ["ReadWriteMany"],
      resources: { requests: { storage: "1Gi" } },
    });
  });
});
