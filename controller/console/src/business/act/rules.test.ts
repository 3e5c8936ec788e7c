// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { ACTIONS, editRefusal, EDITS, refusal } from "./rules";

describe("what a workload's state refuses", () => {
  it("stops what runs and starts what is stopped", () => {
    expect(refusal("deployments", "stop", { status: "running" })).toBeUndefined();
    expect(refusal("deployments", "stop", { status: "stopped" })).toBe("stopped");
    expect(refusal("deployments", "start", { status: "running" })).toBe("notStopped");
    expect(refusal("daemonsets", "start", { status: "stopped" })).toBeUndefined();
  });

  it("does not scale what is stopped or what an autoscaler has", () => {
    expect(refusal("statefulsets", "scale", { status: "stopped", autoscaler: "a" })).toBe("stopped");
    expect(refusal("deployments", "scale", { status: "running", autoscaler: "a" })).toBe("autoscaled");
  });

  it("rolls nothing out that is paused", () => {
    expect(refusal("deployments", "redeploy", { status: "running", paused: true })).toBe("paused");
    expect(refusal("deployments", "rollback", { status: "running", paused: true })).toBe("paused");
  });

  it("suspends and resumes", () => {
    expect(refusal("cronjobs", "suspend", { status: "suspended" })).toBe("suspended");
    expect(refusal("cronjobs", "resume", { status: "running" })).toBe("notSuspended");
    expect(refusal("jobs", "suspend", { status: "running", jobsSuspend: false })).toBe("jobsSuspend");
    expect(refusal("jobs", "resume", { status: "complete" })).toBe("ended");
  });

  it("always allows a deletion", () => {
    for (const kind of Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]) {
      expect(ACTIONS[kind]).toContain("delete");
      expect(refusal(kind, "delete", { status: "processing" })).toBeUndefined();
    }
  });

  it("lets each kind be edited as the manual has it", () => {
    expect(EDITS.jobs).toEqual([]);
    expect(EDITS.deployments).toContain("autoscaler");
    for (const kind of ["statefulsets", "daemonsets"] as const) expect(EDITS[kind]).not.toContain("autoscaler");
    expect(editRefusal("daemonsets", "scheduling", { status: "stopped" })).toBe("stoppedBySelector");
    expect(editRefusal("daemonsets", "scheduling", { status: "running" })).toBeUndefined();
    expect(editRefusal("deployments", "scheduling", { status: "stopped" })).toBeUndefined();
  });
});
