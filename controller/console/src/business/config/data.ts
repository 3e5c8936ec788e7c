// SPDX-License-Identifier: Apache-2.0
// The data of ConfigMaps and Secrets as rows of a form, and back.
import type { Fields, KubernetesObject } from "../object";
import { filled, put } from "../put";
import type { Path } from "../../ui/amiss";

/** One key. */
export interface Entry {
  key: string;
  value?: string;
  /** It stays as the cluster has it: it was not read, or is no text. */
  kept?: boolean;
  /** The base64 of a file that is no text. */
  file?: string;
  /** Where it is kept: its key when it was read, and the field. */
  before?: { key: string; field: "data" | "binaryData" };
  /** What was read of it later. Unchanged it is kept as well: it may be another by the time it is saved. */
  revealed?: string;
}

export interface ConfigValues {
  namespace?: string;
  name: string;
  /** Of a Secret. */
  type?: string;
  entries: Entry[];
  immutable?: boolean;
}

/** Where the form has what the API server names: a key by its row. */
export function configPlace(field: string, { entries }: ConfigValues): Path | undefined {
  if (/^metadata\.name\b/.test(field)) return ["name"];
  if (/^metadata\.namespace/.test(field)) return ["namespace"];
  if (/^type\b/.test(field)) return ["type"];
  const key = /^(?:data|binaryData|stringData)(?:\[(.*)\]|\.(.*))$/.exec(field);
  const at = key ? entries.findIndex((entry) => entry.key === (key[1] ?? key[2])) : -1;
  if (at >= 0) return ["entries", at, entries[at].kept || entries[at].file !== undefined ? "key" : "value"];
  return /^(?:data|binaryData|stringData)\b/.test(field) ? ["entries"] : undefined;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** UTF-8 text as base64. */
export function encode(text: string): string {
  return base64(new TextEncoder().encode(text));
}

/** The text of base64; undefined: it is no UTF-8, or holds what no text does. */
export function decode(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The key that a file becomes, byte for byte. */
export function entryOf(name: string, bytes: Uint8Array): Entry {
  const file = base64(bytes);
  const value = decode(file);
  return value === undefined ? { key: name, file } : { key: name, value };
}

function fieldOf(object: KubernetesObject | undefined, field: string): Fields {
  return (object?.[field] ?? {}) as Fields;
}

/** The keys of a ConfigMap with their texts, or of a Secret without them. */
export function configOf(object: KubernetesObject): ConfigValues {
  const secret = object.kind === "Secret";
  const entries: Entry[] = Object.entries(fieldOf(object, "data")).map(([key, value]) =>
    secret ? { key, kept: true, before: { key, field: "data" } } : { key, value: String(value) },
  );
  for (const key of Object.keys(fieldOf(object, "binaryData"))) entries.push({ key, kept: true, before: { key, field: "binaryData" } });
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name ?? "",
    type: object.type as string | undefined,
    entries,
    immutable: object.immutable as boolean | undefined,
  };
}

/** The object that the rows mean. Of a Secret null keeps the value that is there. */
export function configObject(kind: "ConfigMap" | "Secret", values: ConfigValues, base?: KubernetesObject): KubernetesObject {
  const data = new Map<string, unknown>(); // a key may be called __proto__, too
  const binaryData = new Map<string, unknown>();
  for (const { key, value, kept, file, before, revealed } of values.entries) {
    const untouched = revealed !== undefined && value === revealed && file === undefined && key === before?.key;
    if ((kept || untouched) && before) (before.field === "data" ? data : binaryData).set(key, fieldOf(base, before.field)[before.key] ?? null);
    else if (file !== undefined) (kind === "Secret" ? data : binaryData).set(key, file);
    else data.set(key, kind === "Secret" ? encode(value ?? "") : (value ?? ""));
  }
  return put(base, {
    apiVersion: "v1",
    kind,
    metadata: put(base?.metadata, { name: values.name, namespace: values.namespace }),
    ...(kind === "Secret" && { type: values.type ?? "Opaque" }),
    data: filled(Object.fromEntries(data), base?.data),
    binaryData: filled(Object.fromEntries(binaryData), base?.binaryData),
    immutable: values.immutable || (values.immutable === false && base?.immutable === false ? false : undefined),
  }) as KubernetesObject;
}
