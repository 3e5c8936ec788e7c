// SPDX-License-Identifier: Apache-2.0
import { client, type Problem, type Schemas } from "../api/client";
import { parseJson, type Value, writeYaml } from "./write_yaml";

/** Where an object is; without a namespace: one of the cluster. */
export interface ObjectPlace {
  cluster: string;
  namespace?: string;
  /** Plural of its kind, with its group where it is none of Kubernetes' own. */
  resource: string;
  name: string;
}

/** An object as a text, and the version of it that this is. */
export interface ObjectText {
  text: string;
  version: string;
}

export type ReplaceOutcome =
  | { is: "done"; object: ObjectText }
  /** The cluster is out of reach: it waits. */
  | { is: "waiting"; result: Schemas["ApplyResult"] }
  /** Somebody changed it since; what is there now. */
  | { is: "changed"; problem: Problem; present?: ObjectText }
  | { is: "refused"; problem: Problem };

/** An object of the API, as text. */
export function textOf(object: Value): ObjectText {
  const metadata = (object as { metadata?: { resourceVersion?: string } }).metadata;
  return { text: writeYaml(object), version: metadata?.resourceVersion ?? "" };
}

const VERSION_LINE = /^( {2,}resourceVersion:).*$/m;

/** The text with another version in its metadata; where it has none, it stays as it is. */
export function withVersion(text: string, version: string): string {
  return text.replace(VERSION_LINE, `$1 "${version}"`);
}

export async function readObject({ cluster, namespace, resource, name }: ObjectPlace): Promise<ObjectText> {
  // As text: a number that a double cannot hold must come back as it was.
  const { data, error } = namespace
    ? await client.GET("/api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}", {
        params: { path: { cluster, namespace, resource, name } },
        parseAs: "text",
      })
    : await client.GET("/api/v1/clusters/{cluster}/objects/{resource}/{name}", { params: { path: { cluster, resource, name } }, parseAs: "text" });
  if (error) throw error;
  return textOf(parseJson(data as string));
}

export async function replaceObject({ cluster, namespace, resource, name }: ObjectPlace, text: string, dryRun: boolean): Promise<ReplaceOutcome> {
  const how = {
    body: text as never,
    bodySerializer: (body: unknown) => body as string,
    headers: { "Content-Type": "application/yaml" },
    parseAs: "text" as const,
  };
  const query = { dryRun: dryRun || undefined };
  const { data, error, response } = namespace
    ? await client.PUT("/api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}", {
        params: { path: { cluster, namespace, resource, name }, query },
        ...how,
      })
    : await client.PUT("/api/v1/clusters/{cluster}/objects/{resource}/{name}", { params: { path: { cluster, resource, name }, query }, ...how });
  if (error) {
    if (error.rule !== "changed") return { is: "refused", problem: error };
    return { is: "changed", problem: error, ...(error.present && { present: textOf(error.present as Value) }) };
  }
  const answer = parseJson(data as unknown as string);
  if (response.status === 202) return { is: "waiting", result: answer as unknown as Schemas["ApplyResult"] };
  return { is: "done", object: textOf(answer) };
}
