// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { merge } from "./merge";

describe("a change on what others changed meanwhile", () => {
  const base = {
    replicas: 1,
    labels: { a: "1", b: "2" },
    containers: [
      { name: "x", image: "x:1", env: ["a"] },
      { name: "y", image: "y:1" },
    ],
  };

  it("keeps theirs where mine did not change", () => {
    const mine = { ...base, replicas: 2 };
    const theirs = { ...base, labels: { a: "1", c: "3" } };
    expect(merge(base, mine, theirs)).toEqual({ ...base, replicas: 2, labels: { a: "1", c: "3" } });
    expect(merge(base, base, theirs)).toEqual(theirs);
  });

  it("is mine where both changed the same", () => {
    expect(merge(base, { ...base, replicas: 2 }, { ...base, replicas: 3 })).toEqual({ ...base, replicas: 2 });
    expect(merge({ a: 1 }, {}, { a: 2 })).toEqual({});
    expect(merge([1], [2], [3])).toEqual([2]);
  });

  it("knows items by their names", () => {
    const mine = { ...base, containers: [{ name: "x", image: "x:2", env: ["a"] }, { name: "y", image: "y:1" }, { name: "m" }] };
    const theirs = { ...base, containers: [{ name: "x", image: "x:1", env: ["a", "b"] }, { name: "t" }] };
    expect(merge(base, mine, theirs)).toEqual({ ...base, containers: [{ name: "x", image: "x:2", env: ["a", "b"] }, { name: "m" }, { name: "t" }] });
  });

  it("takes away what either took away", () => {
    const mine = { ...base, labels: { b: "2" } };
    const theirs = { ...base, labels: { a: "1" } };
    expect(merge(base, mine, theirs)).toEqual({ ...base, labels: {} });
  });
});
