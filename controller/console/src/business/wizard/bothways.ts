// SPDX-License-Identifier: Apache-2.0
// The YAML beside the form, read into the form. The law: what a form is read from is what it means. Where it does not hold, as of a
// field that is of the wrong kind, the form takes nothing and says where.
import { type ReadDocument, readYaml, type Step } from "../../yaml/read_yaml";
import { type Value, writeYaml } from "../../yaml/write_yaml";
import { autoscalerOf, scalingObject } from "../autoscaling/autoscaler";
import { kindOf, LASTING, type WorkloadPlural } from "../kinds";
import type { KubernetesObject } from "../object";
import { without } from "../put";
import { told } from "../sameness";
import { accessObjects, accessOf } from "./access";
import type { WorkloadForm } from "./form";
import { type Making, objectOf } from "./object";
import { formOf } from "./reading";

/** Why a text cannot be shown in the form; its words are business.yaml.<why>. */
export interface Unshown {
  why: "unread" | "shape" | "quote" | "none" | "several" | "foreign" | "lonely" | "name" | "namespace";
  /** What is meant: a field, a kind, the parser's words. */
  what?: string;
  line: number;
  column: number;
}

export type Shown<Values> = { values: Values } | { unshown: Unshown };

/** Without what the cluster says of an object, which nobody writes, and without fields that are null, which are as not there. */
export function written(object: KubernetesObject): KubernetesObject {
  return bare(without(object, "status") as Value) as unknown as KubernetesObject;
}

function bare(value: Value): Value {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === null || one === undefined ? [] : [[key, bare(one)]])));
}

export function yamlOf(objects: KubernetesObject[]): string {
  return objects.map((object) => writeYaml(written(object) as unknown as Value)).join("---\n");
}

/** Where two values differ first. */
export function difference(one: unknown, other: unknown, path: Step[] = []): Step[] | undefined {
  if (told(one) === told(other)) return undefined;
  const nested = (value: unknown): value is Record<Step, unknown> => typeof value === "object" && value !== null;
  if (nested(one) && !Array.isArray(one) && other === undefined) return difference(one, {}, path) ?? path;
  if (!nested(one) || !nested(other) || Array.isArray(one) !== Array.isArray(other)) return path;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = difference(one[key], other[key], [...path, Array.isArray(one) ? Number(key) : key]);
    if (found) return found;
  }
  return path;
}

/** A path as the API server writes it: spec.containers[0].image. */
export function fieldOf(path: Step[]): string {
  return path.map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`)).join("");
}

const at = (document: ReadDocument, path: Step[], why: Unshown["why"], what?: string): { unshown: Unshown } => ({
  unshown: { why, what, ...document.placeOf(path) },
});

/**
 * A text as the values of a form. `take`: the documents' objects as values; it may refuse. `objects`: what values mean, in the order of
 * the documents.
 */
export function readInto<Values>(
  text: string,
  take: (objects: KubernetesObject[], documents: ReadDocument[]) => Shown<Values>,
  objects: (values: Values) => KubernetesObject[],
): Shown<Values> {
  const read = readYaml(text);
  if ("unread" in read) {
    const { message, ...place } = read.unread;
    return { unshown: { why: "unread", what: message, ...place } };
  }
  const { documents } = read;
  if (documents.length === 0) return { unshown: { why: "none", line: 1, column: 1 } };
  const wanted: KubernetesObject[] = [];
  for (const document of documents) {
    const object = document.value as unknown as KubernetesObject;
    if (typeof object !== "object" || Array.isArray(object)) return at(document, [], "shape");
    if (typeof object.metadata !== "object" || object.metadata === null || Array.isArray(object.metadata))
      return at(document, ["metadata"], "shape", "metadata");
    wanted.push(written(object));
  }
  let shown: Shown<Values>;
  let meant: KubernetesObject[];
  try {
    shown = take(wanted, documents);
    if ("unshown" in shown) return shown;
    meant = objects(shown.values);
  } catch {
    return at(documents[0], [], "shape"); // a list where the form has a name, or the like
  }
  for (const [index, document] of documents.entries()) {
    const one = wanted[index];
    const same = meant.find(({ kind }) => kind === one.kind);
    const path = difference(one, same && written(same));
    if (!path) continue;
    const value = path.reduce<unknown>((of, step) => (of as Record<Step, unknown> | undefined)?.[step], one);
    return at(document, path, typeof value === "number" || typeof value === "boolean" ? "quote" : "shape", fieldOf(path));
  }
  return shown;
}

/** Where the form is: what a text may not change. */
export interface Bounds extends Making {
  /** The namespace that the address says. */
  namespace?: string;
  /** The name of the object that is changed. */
  name?: string;
}

/** One object's YAML as the values of its form. */
export function readObject<Values>(
  kind: string,
  text: string,
  bounds: Bounds,
  take: (object: KubernetesObject) => Values,
  object: (values: Values) => KubernetesObject,
): Shown<Values> {
  return readInto(
    text,
    ([one, another], documents) => confined(kind, one, documents[0], bounds) ?? (another ? at(documents[1], ["kind"], "several", kind) : { values: take(one) }),
    (values) => [object(values)],
  );
}

/** Whether an object stays where the form is; a namespace that is not said is the page's. */
function confined(kind: string, object: KubernetesObject, document: ReadDocument, { namespace, name }: Bounds): { unshown: Unshown } | undefined {
  if (object.kind !== kind) return at(document, ["kind"], "foreign", String(object.kind));
  if (name !== undefined && object.metadata.name !== name) return at(document, ["metadata", "name"], "name", name);
  if (namespace === undefined) return undefined;
  if ((object.metadata.namespace ?? namespace) !== namespace) return at(document, ["metadata", "namespace"], "namespace", namespace);
  object.metadata.namespace = namespace;
  return undefined;
}

/** What is made together: the workload, its Service, its Ingress, its autoscaler. */
export function objectsOf(kind: WorkloadPlural, form: WorkloadForm, making: Making): KubernetesObject[] {
  const scales = making.isNew && kind === "deployments" && form.scaling.on;
  return [objectOf(kind, form, making), ...(making.isNew ? accessObjects(kind, form) : []), ...(scales ? [scalingObject(form)] : [])];
}

const AUTOSCALER = kindOf("horizontalpodautoscalers");

/** A workload's YAML, with its Service and its Ingress if it is new, as the form. */
export function readWorkload(kind: WorkloadPlural, text: string, bounds: Bounds): Shown<WorkloadForm> {
  const companions = bounds.isNew && LASTING.includes(kind) ? ["Service", "Ingress", ...(kind === "deployments" ? [AUTOSCALER] : [])] : [];
  const take = (objects: KubernetesObject[], documents: ReadDocument[]): Shown<WorkloadForm> => {
    const found: Record<string, KubernetesObject | undefined> = {};
    for (const [index, object] of objects.entries()) {
      const document = documents[index];
      const mine = object.kind === kindOf(kind);
      if (found[object.kind]) return at(document, ["kind"], "several", object.kind);
      const amiss = confined(companions.includes(object.kind) ? object.kind : kindOf(kind), object, document, mine ? bounds : { ...bounds, name: undefined });
      if (amiss) return amiss;
      found[object.kind] = object;
    }
    const workload = found[kindOf(kind)];
    if (!workload) return { unshown: { why: "none", line: 1, column: 1 } };
    if (found.Ingress && !found.Service) return at(documents[objects.indexOf(found.Ingress)], ["kind"], "lonely");
    const values = formOf(kind, workload, bounds.isNew);
    const scaler = found[AUTOSCALER];
    const scaling = scaler ? { ...autoscalerOf(scaler), base: scaler, on: true } : values.scaling;
    return { values: { ...values, access: accessOf(values.name, found.Service, found.Ingress), scaling } };
  };
  return readInto(text, take, (form) => objectsOf(kind, form, bounds));
}
