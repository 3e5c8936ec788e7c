// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { isLabelKey, isLabelValue, mapOf, pairsOf } from "./PairsField";

describe("labels", () => {
  it("have keys as Kubernetes takes them", () => {
    expect(["a", "app.kubernetes.io/name", "A_b.c-d"].filter(isLabelKey)).toHaveLength(3);
    expect(["a/b/c", "/a", "a/", "-a", "a ", ""].filter(isLabelKey)).toEqual([]);
  });
  it("have values as Kubernetes takes them", () => {
    expect(["", "a", "v1.2_3-x", "-a", "a b", "a".repeat(64)].map(isLabelValue)).toEqual([true, true, true, false, false, false]);
  });
  it("are pairs and back", () => {
    expect(mapOf(pairsOf({ a: "1", b: "" }))).toEqual({ a: "1", b: "" });
    expect(mapOf([{ key: " a ", value: undefined }, { key: "" }])).toEqual({ a: "" });
  });
});
