// SPDX-License-Identifier: Apache-2.0
import { client, type Schemas } from "../api/client";
import { read } from "../api/read";
import type { Page, Question } from "../ui/ServerTable";
import type { Resource } from "./kinds";

export interface Rows {
  deployments: Schemas["Workload"];
  statefulsets: Schemas["Workload"];
  daemonsets: Schemas["Workload"];
  jobs: Schemas["Job"];
  cronjobs: Schemas["CronJob"];
  pods: Schemas["Pod"];
  services: Schemas["Service"];
  ingresses: Schemas["Ingress"];
  configmaps: Schemas["ConfigMap"];
  secrets: Schemas["Secret"];
  persistentvolumeclaims: Schemas["Claim"];
  applications: Schemas["Application"];
  events: Schemas["KubernetesEvent"];
  storageclasses: Schemas["StorageClass"];
  horizontalpodautoscalers: Schemas["Autoscaler"];
}
export type ListName = keyof Rows;

/** The API's path of a list, by which it is read anew when something changes. */
export function listPath(list: ListName) {
  return `/api/v1/clusters/{cluster}/${list}` as const;
}

/** One page of a list of a cluster. The lists answer alike, so one reader serves them all. */
export async function readList<List extends ListName>(list: List, cluster: string, question: Question): Promise<Page<Rows[List]>> {
  const path = listPath(list) as "/api/v1/clusters/{cluster}/pods";
  const page = await read(client.GET(path, { params: { path: { cluster }, query: question as never } }));
  return page as unknown as Page<Rows[List]>;
}

/** The row of one object, of what the mirror has; undefined: it has none. */
export async function readRow<List extends ListName & Resource>(list: List, cluster: string, namespace: string, name: string): Promise<Rows[List] | null> {
  const page = await readList(list, cluster, { namespace, search: name, limit: 500 });
  return page.items.find((row) => row.name === name) ?? null;
}
