// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { merge, taintMap, taintsOf } from "./nodeObject";

describe("merge", () => {
  it("does mine and keeps theirs", () => {
    expect(merge({ a: "1", b: "2" }, { a: "1", b: "3", c: "4" }, { a: "9", b: "2", d: "5" })).toEqual({ merged: { a: "9", b: "3", c: "4", d: "5" }, torn: [] });
    expect(merge({ a: "1", b: "2" }, { b: "2" }, { a: "1", b: "2" })).toEqual({ merged: { b: "2" }, torn: [] });
  });
  it("tells what both changed", () => {
    expect(merge({ a: "1" }, { a: "2" }, { a: "3" }).torn).toEqual(["a"]);
    expect(merge({ a: "1" }, { a: "2" }, { a: "2" }).torn).toEqual([]);
    expect(merge({ a: "1" }, {}, { a: "3" }).torn).toEqual(["a"]);
  });
});

describe("taints", () => {
  const taints = [
    { key: "node-role.kubernetes.io/master", effect: "NoSchedule" as const },
    { key: "gpu", value: "yes", effect: "NoExecute" as const, timeAdded: "2026-01-01T00:00:00Z" },
  ];
  it("are there and back the same", () => {
    expect(taintMap(taints)).toEqual({ "node-role.kubernetes.io/master:NoSchedule": "", "gpu:NoExecute": "yes" });
    expect(taintsOf(taintMap(taints), taints)).toEqual(taints);
  });
  it("begin anew with another value", () => {
    expect(taintsOf({ "gpu:NoExecute": "no" }, taints)).toEqual([{ key: "gpu", value: "no", effect: "NoExecute" }]);
  });
});
