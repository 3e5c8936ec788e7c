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
export type Reason = "stopped" | "notStopped" | "paused" | "suspended" | "notSuspended" | "autoscaled" | "jobsSuspend" | "ended" | "stoppedBySelector";

/** What a kind's menu offers. */
export const ACTIONS: Record<WorkloadPlural, Action[]> = {
  deployments: ["scale", "start", "stop", "redeploy", "rollback", "delete"],
  statefulsets: ["scale", "start", "stop", "redeploy", "rollback", "delete"],
  daemonsets: ["start", "stop", "redeploy", "rollback", "delete"],
  jobs: ["suspend", "resume", "delete"],
  cronjobs: ["run", "suspend", "resume", "delete"],
};

/** The sides of a workload that are edited each by itself. */
export type Edit = "containers" | "access" | "strategy" | "autoscaler" | "scheduling" | "network" | "labels";

const LASTING_EDITS: Edit[] = ["containers", "access", "strategy", "scheduling", "network", "labels"];
/** What a kind's menu offers; nothing of a Job is changed once it is there. */
export const EDITS: Record<WorkloadPlural, Edit[]> = {
  deployments: ["containers", "access", "strategy", "autoscaler", "scheduling", "network", "labels"],
  statefulsets: LASTING_EDITS,
  daemonsets: LASTING_EDITS,
  jobs: [],
  cronjobs: ["containers"],
};

/** Why a side is not to be edited now. */
export function editRefusal(kind: WorkloadPlural, edit: Edit, on: Subject): Reason | undefined {
  // a DaemonSet is stopped by a node selector that fits no node: another one would start it, and be lost at the start
  return kind === "daemonsets" && edit === "scheduling" && on.status === "stopped" ? "stoppedBySelector" : undefined;
}

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
