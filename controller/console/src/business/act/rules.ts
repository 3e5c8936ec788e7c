// SPDX-License-Identifier: Apache-2.0
import type { Schemas } from "../../api/client";
import type { WorkloadPlural } from "../kinds";

export type Action = "scale" | "stop" | "start" | "redeploy" | "suspend" | "resume" | "run" | "rollback" | "delete";

/** What the rules look at; the rows of all workloads have it. */
export interface Subject {
  status: string;
  paused?: boolean;
  /** Of the Kubernetes that the cluster has: whether it can suspend Jobs. */
  jobsSuspend?: boolean;
  /** The name of the autoscaler that has it. */
  autoscaler?: string;
}

export type Target = Pick<Schemas["ActionOutcome"], "namespace" | "name"> & { kind: WorkloadPlural; subject: Subject };

/** The words of a refusal: business.rule.<reason>. */
export type Reason = "stopped" | "notStopped" | "paused" | "suspended" | "notSuspended" | "autoscaled" | "jobsSuspend" | "ended";

/** What a kind's menu offers. */
export const ACTIONS: Record<WorkloadPlural, Action[]> = {
  deployments: ["scale", "start", "stop", "redeploy", "rollback", "delete"],
  statefulsets: ["scale", "start", "stop", "redeploy", "rollback", "delete"],
  daemonsets: ["start", "stop", "redeploy", "rollback", "delete"],
  jobs: ["suspend", "resume", "delete"],
  cronjobs: ["run", "suspend", "resume", "delete"],
};

/** Why the controller would refuse an action by what the list shows; the controller judges by the object itself. */
export function refusal(kind: WorkloadPlural, action: Action, on: Subject): Reason | undefined {
  switch (action) {
    case "scale":
      if (on.status === "stopped") return "stopped";
      return on.autoscaler ? "autoscaled" : undefined;
    case "stop":
      return on.status === "stopped" ? "stopped" : undefined;
    case "start":
      return on.status === "stopped" ? undefined : "notStopped";
    case "redeploy":
      if (on.status === "stopped") return "stopped";
      return on.paused ? "paused" : undefined;
    case "rollback":
      if (kind === "daemonsets" && on.status === "stopped") return "stopped";
      return on.paused ? "paused" : undefined;
    case "suspend":
    case "resume":
      if (kind === "jobs" && (on.status === "complete" || on.status === "failed")) return "ended";
      if (kind === "jobs" && on.jobsSuspend === false) return "jobsSuspend";
      if (action === "suspend") return on.status === "suspended" ? "suspended" : undefined;
      return on.status === "suspended" ? undefined : "notSuspended";
    default:
      return undefined;
  }
}
