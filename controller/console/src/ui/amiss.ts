// SPDX-License-Identifier: Apache-2.0
// What a refusal says of which fields, and where in a form they stand.
import { problemOf } from "./Failure";

export type Path = (string | number)[];

/** A field and what the server says of it. */
export interface Amiss {
  field: string;
  words: string;
}

/** Which fields stand where in a form; the first that fits says. */
export type Places = [RegExp, (...parts: string[]) => Path][];

const STEP = String.raw`(?:\.[A-Za-z]+|\[[^\]]*\])`;
const LONE = "data|binaryData|type|provisioner|parameters|reclaimPolicy|volumeBindingMode";
const SAID = "Invalid value|Required value|Unsupported value|Duplicate value|Forbidden|Too long|Too many|Not found";
/** A field at an object's head is told from a word of the sentence by what follows it. */
const FIELD = new RegExp(`(?:((?:spec|metadata)${STEP}+)|((?:${LONE})${STEP}*)(?=: (?:${SAID}))): `, "g");

/** The fields that a refusal of the API server names, each with its words; it puts several into one sentence. */
export function fieldsIn(detail: string, field: string | undefined): Amiss[] {
  const found = [...detail.matchAll(FIELD)];
  if (found.length === 0 && !field && /\balready exists\b/.test(detail)) return [{ field: "metadata.name", words: detail }];
  if (found.length === 0) return field ? [{ field, words: detail }] : [];
  return found.map((match, index) => {
    const end = found[index + 1]?.index ?? detail.length;
    return { field: match[1] ?? match[2], words: detail.slice(match.index + match[0].length, end).replace(/(,\s*|\])$/, "") };
  });
}

/** What is amiss by a refusal: of the API server, of the rules of projects, of budgets, or of one field. */
export function amissIn(error: unknown): Amiss[] {
  const { detail, field, rule, refusals = [], shortages = [] } = problemOf(error);
  if (rule === "changed") return [];
  if (refusals.length > 0) return refusals.map((one) => ({ field: one.field, words: `${one.message}. ${one.wayOut}` }));
  if (field && shortages.length > 0) return shortages.map(({ resource, message }) => ({ field: `${field}.${resource}`, words: message }));
  return fieldsIn(detail, field);
}

/** undefined: the form has no such field. */
export function placeBy(places: Places, field: string): Path | undefined {
  for (const [form, place] of places) {
    const found = form.exec(field);
    if (found) return place(...found.slice(1));
  }
  return undefined;
}
