// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { isCountOrShare, isDataKey, isLabel, isLabelKey, isLabelValue, isQuantity, isSchedule, isSubdomain, isVariable } from "./names";

function all(check: (text: string) => boolean, good: string[], bad: string[]) {
  for (const text of good) expect(check(text), text).toBe(true);
  for (const text of bad) expect(check(text), text).toBe(false);
}

describe("what Kubernetes takes", () => {
  it("for names", () => {
    all(isLabel, ["a", "web-1", "1a"], ["", "-a", "a-", "A", "a.b", "a_b", "x".repeat(64)]);
    all(isSubdomain, ["a.b", "web-1.x"], ["a..b", ".a", "a_b"]);
  });
  it("for labels", () => {
    all(isLabelKey, ["app", "app.kubernetes.io/name", "A_b.c"], ["", "a/b/c", "/a", "a/", "-a", "x y"]);
    all(isLabelValue, ["", "v1.2_3-A"], ["-a", "a b", "x".repeat(64)]);
  });
  it("for keys and variables", () => {
    all(isDataKey, ["a.conf", "A_B-c", "..a"], ["", "a/b", ".", ".."]);
    all(isVariable, ["A", "a_b.c-d", "_x"], ["", "1a", "a b", "a=b"]);
  });
  it("for amounts", () => {
    all(isQuantity, ["1", "500m", "1.5Gi", "1e3", "64Mi", "0"], ["", "-1", "1 Gi", "1gi", "x"]);
    all(isCountOrShare, ["1", "25%", "0"], ["", "-1", "25 %", "a"]);
  });
  it("for schedules", () => {
    all(isSchedule, ["0 3 * * *", "*/5 * * * *", "0 0 1,15 * MON-FRI", "@daily"], ["", "* * * *", "0 3 * * * *", "a b c d e", "@never"]);
  });
});
