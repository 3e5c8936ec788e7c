// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { client } from "../api/client";
import { read } from "../api/read";
import { objectResource, type Resource } from "./kinds";

/** A part of an object of Kubernetes, of which the console knows some fields and keeps the others. */
export type Fields = Record<string, unknown>;

export interface KubernetesObject extends Fields {
  apiVersion: string;
  kind: string;
  metadata: Fields & {
    name?: string;
    namespace?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
  };
}

/** An object's field that is itself an object; empty if it has none. */
export function part(of: unknown, ...path: string[]): Fields {
  let at: unknown = of;
  for (const key of path) at = typeof at === "object" && at !== null ? (at as Fields)[key] : undefined;
  return typeof at === "object" && at !== null && !Array.isArray(at) ? (at as Fields) : {};
}

export function listOf(of: unknown): Fields[] {
  return Array.isArray(of) ? (of as Fields[]) : [];
}

/** The key of an object's query: it holds the list's name, so that news of the kind read it anew. */
export function objectKey(cluster: string, namespace: string, resource: Resource, name: string) {
  return ["get", `/api/v1/clusters/{cluster}/${resource}/object`, cluster, namespace, name];
}

export async function readObject(cluster: string, namespace: string, resource: Resource, name: string): Promise<KubernetesObject> {
  const params = { path: { cluster, namespace, resource: objectResource(resource), name } };
  return (await read(client.GET("/api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}", { params }))) as unknown as KubernetesObject;
}

/** One object as the API server has it now. */
export function useObject(cluster: string, namespace: string, resource: Resource, name: string, enabled = true) {
  return useQuery({ queryKey: objectKey(cluster, namespace, resource, name), queryFn: () => readObject(cluster, namespace, resource, name), enabled });
}

/** What a form is begun with. */
export interface Begun {
  /** Undefined: it is not there yet. */
  base?: KubernetesObject;
  /** How often it was begun anew. */
  times: number;
  failure: unknown;
  again: () => void;
  reload: (present: KubernetesObject) => void;
}

/**
 * The object that a form changes, as the cluster has it when the form is opened: not as another page read it a while ago. News of
 * it do not take away what somebody types.
 */
export function useBegun(cluster: string, namespace: string, resource: Resource, name: string, enabled = true): Begun {
  const object = useQuery({
    queryKey: objectKey(cluster, namespace, resource, name),
    queryFn: () => readObject(cluster, namespace, resource, name),
    staleTime: 0,
    enabled,
  });
  const [begun, begin] = useState<{ base?: KubernetesObject; times: number }>({ times: 0 });
  const fresh = enabled && object.isFetchedAfterMount && object.isSuccess ? object.data : undefined;
  useEffect(() => {
    if (fresh) begin((now) => (now.base ? now : { base: fresh, times: 0 }));
  }, [fresh]);
  return {
    base: begun.base ?? fresh,
    times: begun.times,
    failure: object.error,
    again: () => void object.refetch(),
    reload: (present) => begin({ base: present, times: begun.times + 1 }),
  };
}

/** What a write led to: the object as it is now, or a request that waits for the cluster. */
export interface Written {
  object?: KubernetesObject;
  waiting: boolean;
  warning?: string;
}

/** The words of a header `Warning`: 299 agent "words". */
export function warningIn(header: string | null): string | undefined {
  if (!header) return undefined;
  return /"((?:[^"\\]|\\.)*)"/.exec(header)?.[1].replace(/\\(.)/g, "$1") ?? header;
}

function written(answer: { data?: unknown; error?: unknown; response: Response }): Written {
  if (answer.error !== undefined) throw answer.error;
  const waiting = answer.response.status === 202;
  return { object: waiting ? undefined : (answer.data as KubernetesObject), waiting, warning: warningIn(answer.response.headers.get("Warning")) };
}

export async function createObject(cluster: string, namespace: string, resource: Resource, object: object, dryRun = false): Promise<Written> {
  const params = { path: { cluster, namespace, resource: objectResource(resource) }, query: { dryRun } };
  return written(await client.POST("/api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}", { params, body: object as never }));
}

export async function replaceObject(cluster: string, namespace: string, resource: Resource, name: string, object: object, dryRun = false): Promise<Written> {
  const params = { path: { cluster, namespace, resource: objectResource(resource), name }, query: { dryRun } };
  return written(await client.PUT("/api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}", { params, body: object as never }));
}
