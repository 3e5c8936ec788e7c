// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { concerns } from "./live";

describe("concerns", () => {
  const pods = "/api/v1/clusters/{cluster}/pods";

  it("reads a list anew for news of its own kind alone", () => {
    expect(concerns(pods, new Set(["pod"]))).toBe(true);
    expect(concerns(pods, new Set(["service", "configmap"]))).toBe(false);
  });

  it("reads applications anew when what they are made of changes", () => {
    expect(concerns("/api/v1/clusters/{cluster}/applications", new Set(["deployment"]))).toBe(true);
    expect(concerns("/api/v1/clusters/{cluster}/applications", new Set(["pod"]))).toBe(false);
  });

  it("reads everything anew when some news were lost", () => {
    expect(concerns(pods, new Set(["resync"]))).toBe(true);
  });
});
