// SPDX-License-Identifier: Apache-2.0
// The kinds of the business view: their plurals (as in addresses and the API), their names and versions.

export type WorkloadPlural = "deployments" | "statefulsets" | "daemonsets" | "jobs" | "cronjobs";
export type Resource =
  WorkloadPlural | "pods" | "services" | "ingresses" | "configmaps" | "secrets" | "persistentvolumeclaims" | "applications" | "horizontalpodautoscalers";

export const WORKLOADS: WorkloadPlural[] = ["deployments", "statefulsets", "daemonsets", "jobs", "cronjobs"];
/** Those that run on, with replicas or on each node. */
export const LASTING: WorkloadPlural[] = ["deployments", "statefulsets", "daemonsets"];

export const APPLICATION_LABEL = "app.kubernetes.io/name";

const KINDS: Record<Resource, string> = {
  deployments: "Deployment",
  statefulsets: "StatefulSet",
  daemonsets: "DaemonSet",
  jobs: "Job",
  cronjobs: "CronJob",
  pods: "Pod",
  services: "Service",
  ingresses: "Ingress",
  configmaps: "ConfigMap",
  secrets: "Secret",
  persistentvolumeclaims: "PersistentVolumeClaim",
  applications: "Application",
  horizontalpodautoscalers: "HorizontalPodAutoscaler",
};

const GROUPS: Partial<Record<Resource, string>> = { applications: "app.k8s.io" };

export function kindOf(resource: Resource): string {
  return KINDS[resource];
}

/** undefined: the console has no page of that kind. */
export function pluralOf(kind: string | undefined): Resource | undefined {
  return (Object.keys(KINDS) as Resource[]).find((resource) => KINDS[resource] === kind);
}

/** How the API's routes of single objects call it. */
export function objectResource(resource: Resource): string {
  const group = GROUPS[resource];
  return group ? `${resource}.${group}` : resource;
}

export function isWorkload(resource: string): resource is WorkloadPlural {
  return (WORKLOADS as string[]).includes(resource);
}

/** The version to make a kind of; CronJobs are of a beta before Kubernetes 1.21. */
export function apiVersionOf(resource: WorkloadPlural, kubernetesVersion?: string): string {
  if (resource === "jobs") return "batch/v1";
  if (resource !== "cronjobs") return "apps/v1";
  const minor = Number(/^v?1\.(\d+)/.exec(kubernetesVersion ?? "")?.[1] ?? Number.NaN);
  return minor < 21 ? "batch/v1beta1" : "batch/v1";
}
