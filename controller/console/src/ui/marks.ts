// SPDX-License-Identifier: Apache-2.0
import type { FormInstance } from "antd";
import { useEffect, useState } from "react";
import { type Amiss, amissIn, type Path } from "./amiss";
import { fieldPath } from "./fieldPath";

/** What is wrong at a place of a form. */
export interface Mark {
  place: Path;
  words: string;
}

const told = (path: Path) => JSON.stringify(path);
const isBelow = (path: Path, above: Path) => above.every((step, at) => step === path[at]);

const byName = (field: string) => fieldPath(field.replace(/^metadata\./, ""));

/** What is amiss as marks; what the form has no field for is left to the dialog. `placeOf`: where a field stands, by its own name unless it is said. */
export function marksOf(amiss: Amiss[], placeOf: (field: string) => Path | undefined = byName): Mark[] {
  return amiss.flatMap(({ field, words }) => {
    const place = placeOf(field);
    return place && place.length > 0 ? [{ place, words }] : [];
  });
}

/** Says at the fields of a form what is wrong with them. Returns the first of them in the form's order, if it has any. */
export function mark<Values>(form: FormInstance<Values>, wrong: Mark[]): Path | undefined {
  const fields = form.getFieldsError().map(({ name }) => name as Path);
  const known = new Set(fields.map(told));
  const isKnown = (path: Path) => known.has(told(path));
  const found = new Map<string, { name: Path; errors: string[] }>();
  for (const { place, words } of wrong) {
    // of what a form only keeps the name alone is there; of a group the first field; of a part of a field the field
    const named = place.length > 1 ? [[...place.slice(0, -1), "name"]] : [];
    const above = place.map((_, at) => place.slice(0, place.length - 1 - at)).slice(0, -1);
    const near = [place, ...named].find(isKnown) ?? fields.find((one) => isBelow(one, place)) ?? above.find(isKnown);
    if (!near) continue;
    const errors = found.get(told(near))?.errors ?? [];
    if (!errors.includes(words)) found.set(told(near), { name: near, errors: [...errors, words] });
  }
  form.setFields([...found.values()].map(({ name, errors }) => ({ name: name as never, errors })));
  return fields.find((one) => found.has(told(one)));
}

/** Takes the marks of fields away that somebody changes: what the server said was of what stood there. */
export function unmark<Values>(form: FormInstance<Values>, changed: object) {
  const has = (path: Path) => {
    let at: unknown = changed;
    for (const step of path) {
      if (typeof at !== "object" || at === null || !(step in at)) return false;
      at = (at as Record<string | number, unknown>)[step];
    }
    return true;
  };
  // of a list, too, one of whose rows is changed
  const cleared = form.getFieldsError().filter(({ name, errors }) => errors.length > 0 && has(name as Path));
  if (cleared.length > 0) form.setFields(cleared.map(({ name }) => ({ name: name as never, errors: [] })));
}

/** Goes to a field of a form. */
export function goTo<Values>(form: FormInstance<Values>, place: Path | undefined) {
  if (place) form.scrollToField(place as never, { block: "center", focus: true });
}

/** Whether a form may be sent; if not, it goes to the first field that is wrong. */
export async function isRight<Values>(form: FormInstance<Values>): Promise<boolean> {
  try {
    await form.validateFields();
    return true;
  } catch (error) {
    goTo(form, (error as { errorFields?: { name: Path }[] }).errorFields?.[0]?.name);
    return false;
  }
}

/** Marks fields, and goes to the first, when what covers the form has gone from the page. */
export function useMarks<Values>(form: FormInstance<Values>): (wrong: Mark[]) => void {
  const [wrong, setWrong] = useState<Mark[]>([]);
  useEffect(() => {
    if (wrong.length > 0) goTo(form, mark(form, wrong));
  }, [form, wrong]);
  return setWrong;
}

/** Marks what a refusal says of a form's fields, and goes to the first. */
export function markRefusal<Values>(form: FormInstance<Values>, error: unknown, placeOf?: (field: string) => Path | undefined) {
  goTo(form, mark(form, marksOf(amissIn(error), placeOf)));
}
