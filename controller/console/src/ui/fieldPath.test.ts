// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { fieldPath } from "./fieldPath";

it("fieldPath reads the server's names", () => {
  expect(fieldPath("registries[1].endpoints[0]")).toEqual(["registries", 1, "endpoints", 0]);
  expect(fieldPath("name")).toEqual(["name"]);
});
