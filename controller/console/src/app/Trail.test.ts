// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { namesOf } from "./Trail";

it("the trail has names, no tabs and no ids", () => {
  expect(namesOf("clusters", ["demo", "timeline"])).toEqual(["demo"]);
  expect(namesOf("clusters", ["demo", "nodes", "demo-worker-1", "labels"])).toEqual(["demo", "demo-worker-1"]);
  expect(namesOf("clusters", ["new"])).toEqual([]);
  expect(namesOf("clusters", ["new", "overview"])).toEqual(["new"]);
  expect(namesOf("namespaces", ["demo", "shop"])).toEqual(["demo", "shop"]);
  expect(namesOf("users", ["mo23xwcwsp3gnc73"])).toEqual([]);
  expect(namesOf("deployments", ["web", "events"])).toEqual(["web"]);
});
