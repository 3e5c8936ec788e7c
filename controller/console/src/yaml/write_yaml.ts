// SPDX-License-Identifier: Apache-2.0
// Objects as YAML, in the way of kubectl. What is written here every parser of YAML 1.1 and 1.2 reads as the same.
import { Document, Scalar, visit } from "yaml";

export type Value = null | boolean | number | bigint | string | undefined | Value[] | { [key: string]: Value };

/** JSON whose whole numbers stay as they are, also beyond 2^53. */
export function parseJson(text: string): Value {
  return JSON.parse(text, function exact(this: unknown, _key: string, value: unknown, context?: { source: string }) {
    const isLong = typeof value === "number" && !Number.isSafeInteger(value) && context !== undefined && /^-?\d+$/.test(context.source);
    return isLong ? BigInt(context.source) : value;
  } as (key: string, value: unknown) => unknown) as Value;
}

/** What YAML 1.1 takes for the end of a line or for a mark, and nobody sees: it stands quoted and escaped. */
const UNSEEN = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

const FIRST = ["apiVersion", "kind", "metadata"];
const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) : key === "status" ? FIRST.length + 1 : FIRST.length);

/** An object as a YAML text: apiVersion, kind and metadata first, status last, all else in its own order. */
export function writeYaml(value: Value): string {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const sorted = isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => rank(a) - rank(b))) : value;
  const document = new Document(sorted, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string" && (scalar.value === "=" || scalar.value.search(UNSEEN) >= 0)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ indentSeq: false, lineWidth: 0 }).replace(UNSEEN, escaped);
}
