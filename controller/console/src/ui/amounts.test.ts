// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { bytes, quantity } from "./amounts";

describe("quantity", () => {
  it("reads what Kubernetes writes", () => {
    expect([quantity("500m"), quantity("2"), quantity("1.5Gi"), quantity("1e3"), quantity("12E"), quantity(7)]).toEqual([
      0.5,
      2,
      1.5 * 2 ** 30,
      1000,
      12e18,
      7,
    ]);
  });
  it("is none for other texts", () => {
    for (const text of ["", "a", "1KB", "1 2"]) expect(quantity(text)).toBeNaN();
  });
});

describe("bytes", () => {
  it("takes the unit that keeps the number short", () => {
    expect([bytes(0), bytes(1023), bytes(1536), bytes(40 * 2 ** 30)]).toEqual(["0 B", "1,023 B", "1.5 KiB", "40 GiB"]);
  });
});
