// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "./object";
import { wantsTheSame } from "./sameness";

const object = (more: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "X",
  metadata: { name: "x", ...metadata } as KubernetesObject["metadata"],
  spec: { a: 1, b: [{ c: 2, d: 3 }] },
  ...more,
});

describe("two readings of an object", () => {
  it("want the same when only the status went on", () => {
    expect(
      wantsTheSame(
        object({ status: { ready: 1 } }, { resourceVersion: "1" }),
        object({ status: { ready: 2 } }, { resourceVersion: "2", annotations: { "deployment.kubernetes.io/revision": "2" } }),
      ),
    ).toBe(true);
    expect(wantsTheSame(object({ spec: { b: [{ d: 3, c: 2 }], a: 1 } }), object({}))).toBe(true);
  });

  it("do not when somebody changed a field, a label or the order of a list", () => {
    expect(wantsTheSame(object({}), object({ spec: { a: 2, b: [{ c: 2, d: 3 }] } }))).toBe(false);
    expect(wantsTheSame(object({}), object({}, { labels: { a: "b" } }))).toBe(false);
    expect(wantsTheSame(object({ data: ["a", "b"] }), object({ data: ["b", "a"] }))).toBe(false);
  });
});
