// SPDX-License-Identifier: Apache-2.0
import { paths } from "../app/paths";

const PAGES: Record<string, string> = { Deployment: "deployments", StatefulSet: "statefulsets", DaemonSet: "daemonsets", Job: "jobs", CronJob: "cronjobs" };
/** A ReplicaSet of a Deployment is called after it and the hash of its template. */
const OF_DEPLOYMENT = /^(.+)-[0-9a-z]{5,10}$/;

/** The page of who made a pod; a ReplicaSet has none, its Deployment has. */
export function ownerPath(cluster: string, namespace: string, kind: string, name: string): string | undefined {
  if (kind === "ReplicaSet") {
    const deployment = OF_DEPLOYMENT.exec(name)?.[1];
    return deployment && paths.object(cluster, namespace, PAGES.Deployment, deployment);
  }
  const page = PAGES[kind];
  return page && paths.object(cluster, namespace, page, name);
}
