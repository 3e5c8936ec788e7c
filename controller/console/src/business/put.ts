// SPDX-License-Identifier: Apache-2.0
// How forms write into the objects that they were read from: what a form does not know stays, and so does what it did not change.
import type { Pair } from "./wizard/form";
import type { Fields } from "./object";

const isScalar = (value: unknown) => typeof value === "string" || typeof value === "number";

/**
 * `base` with some fields set anew; undefined takes a field away. What reads the same stays as it is written: 80 and "80", "" and
 * what is not there are one to a form.
 */
export function put(base: Fields | undefined, known: Fields): Fields {
  const out: Fields = { ...base };
  for (const [key, value] of Object.entries(known)) {
    const before = out[key];
    if (isScalar(before) && isScalar(value) && String(before) === String(value)) continue;
    if (value === undefined ? before === "" : value === "" && base !== undefined && before === undefined) continue;
    if (value === undefined) delete out[key];
    else out[key] = value;
  }
  return out;
}

/** An object without some of its fields. */
export function without<Of extends Fields>(of: Of, ...keys: string[]): Of {
  return Object.fromEntries(Object.entries(of).filter(([key]) => !keys.includes(key))) as Of;
}

/** undefined in place of nothing; what was there empty stays so. */
export function filled<Value extends object>(value: Value, before?: unknown): Value | undefined {
  const empty = Object.keys(value).length === 0;
  return empty && !(typeof before === "object" && before !== null && Object.keys(before).length === 0) ? undefined : value;
}

export function said(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** Kubernetes' IntOrString. */
export function countOrText(text: string | undefined): string | number | undefined {
  if (text === undefined || text === "") return undefined;
  return /^\d+$/.test(text) ? Number(text) : text;
}

export function mapOf(pairs: Pair[]): Record<string, string> {
  return Object.fromEntries(pairs.filter((pair) => pair?.key).map(({ key, value }) => [key, value ?? ""]));
}
