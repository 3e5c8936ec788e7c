// SPDX-License-Identifier: Apache-2.0
// Every address of the page is made here.

/** Stands for all namespaces in an address; no namespace may be called that. */
export const ALL = "-";

/** Where the controller serves the page; addresses within it leave it out. */
export const BASE = "/console";

const part = encodeURIComponent;

export const paths = {
  signIn: "/sign-in",
  account: "/account",
  management: (entry: string) => `/management/${entry}`,
  /** A cluster may be called "new", too: its tab tells it from the form. */
  cluster: (cluster: string, tab = cluster === "new" ? "overview" : undefined) => `/management/clusters/${part(cluster)}${tab ? `/${tab}` : ""}`,
  newCluster: "/management/clusters/new",
  node: (cluster: string, node: string, tab?: string) => `/management/clusters/${part(cluster)}/nodes/${part(node)}${tab ? `/${tab}` : ""}`,
  operation: (operation: string) => `/management/operations/${part(operation)}`,
  namespace: (cluster: string, namespace: string) => `/management/namespaces/${part(cluster)}/${part(namespace)}`,
  newNamespace: "/management/namespaces/new",
  project: (project: string, tab?: string) => `/management/projects/${part(project)}${tab ? `/${tab}` : ""}`,
  department: (department: string) => `/management/departments/${part(department)}`,
  user: (user: string) => `/management/users/${part(user)}`,
  /** Played. */
  recording: (recording: string) => `/management/recordings?play=${part(recording)}`,
  settings: (tab: string) => `/management/settings/${tab}`,
  business: (cluster: string, namespace: string, entry: string) => `/business/${part(cluster)}/${part(namespace)}/${entry}`,
  /** The form of a new object; `of`: an application that it shall be of. */
  create: (cluster: string, namespace: string, resource: string, of?: string) =>
    `/business/${part(cluster)}/${part(namespace)}/new/${resource}${of ? `?application=${part(of)}` : ""}`,
  /** One object; `resource` is its plural, as in the menu. */
  object: (cluster: string, namespace: string, resource: string, name: string, tab?: string) =>
    `/business/${part(cluster)}/${part(namespace)}/${resource}/${part(name)}${tab ? `/${tab}` : ""}`,
  /** The merged log of pods, by their names or by a selector of their labels (`a=b,c=d`). */
  mergedLog: (cluster: string, namespace: string, of: { pods?: string[]; labels?: string }) => {
    const query = new URLSearchParams((of.pods ?? []).map((pod) => ["pod", pod]));
    if (of.labels) query.set("labels", of.labels);
    return `/business/${part(cluster)}/${part(namespace)}/logs?${query.toString()}`;
  },
};
