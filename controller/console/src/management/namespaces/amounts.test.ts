// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import i18n from "../../i18n";
import { amountText, differing, RESOURCES, toAmounts, toForm } from "./amounts";

describe("amounts of a quota", () => {
  beforeAll(async () => {
    await i18n.changeLanguage("en");
  });
  it("are thirteen", () => {
    expect(new Set(RESOURCES).size).toBe(13);
  });
  it("are in the manual's units in the form", () => {
    expect(toForm({ cpu: "500m", memory: "2Gi", storage: "1Ti", pods: 10, secrets: null })).toEqual({ cpu: 0.5, memory: 2048, storage: 1024, pods: 10 });
  });
  it("are written as Kubernetes reads them", () => {
    const written = { cpu: "1500m", memory: "512Mi", storage: String(2 ** 29), pods: 0 };
    expect(toAmounts({ cpu: 1.5, memory: 512, storage: 0.5, pods: 0, jobs: null })).toEqual(written);
  });
  it("stay as they were written where nothing changed", () => {
    const seen = { cpu: "500m", memory: "2Gi", pods: 3 };
    expect(toAmounts({ ...toForm(seen), pods: 4 }, seen)).toEqual({ cpu: "500m", memory: "2Gi", pods: 4 });
  });
  it("are told with their unit", () => {
    expect([amountText({ memory: "1536Mi" }, "memory"), amountText({ cpu: "250m" }, "cpu"), amountText({}, "cpu")]).toEqual(["1,536 MiB", "0.25", undefined]);
  });
  it("differ by value, not by writing", () => {
    expect(differing({ cpu: "1", memory: "1Gi", pods: 1 }, { cpu: "1000m", memory: "1024Mi", jobs: 2 })).toEqual(["jobs", "pods"]);
  });
});
