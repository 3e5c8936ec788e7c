// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { toObject } from "./storageClass";

it("a storage class is as Kubernetes takes it", () => {
  const form = {
    name: " fast ",
    provisioner: "csi.example.org",
    reclaimPolicy: "Retain",
    bindingMode: "Immediate",
    expandable: true,
    isDefault: true,
  } as const;
  expect(toObject({ ...form, accessModes: ["ReadWriteOnce", "ReadWriteMany"], parameters: [{ key: "type", value: "ssd" }] })).toEqual({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: "fast",
      annotations: { "storageclass.kubernetes.io/is-default-class": "true", "slipway.io/access-modes": "ReadWriteOnce,ReadWriteMany" },
    },
    provisioner: "csi.example.org",
    reclaimPolicy: "Retain",
    volumeBindingMode: "Immediate",
    allowVolumeExpansion: true,
    parameters: { type: "ssd" },
  });
  expect(toObject({ ...form, isDefault: false, accessModes: [] }).metadata).toEqual({ name: "fast" });
});
