// SPDX-License-Identifier: Apache-2.0
import { told } from "./sameness";

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Lists like containers and volumes, whose items have a name that tells them apart. */
function byName(list: unknown): Map<string, Fields> | undefined {
  if (!Array.isArray(list)) return undefined;
  const names = new Map<string, Fields>();
  for (const item of list) {
    if (!isFields(item) || typeof item.name !== "string" || names.has(item.name)) return undefined;
    names.set(item.name, item);
  }
  return names;
}

function mergeLists(base: Map<string, Fields>, mine: Map<string, Fields>, theirs: Map<string, Fields>): Fields[] {
  const merged: Fields[] = [];
  // in my order; then what they added
  for (const [name, item] of mine) {
    const one = merge(base.get(name), item, theirs.get(name));
    if (one !== undefined) merged.push(one as Fields);
  }
  for (const [name, item] of theirs) {
    if (!mine.has(name) && !base.has(name)) merged.push(item);
  }
  return merged;
}

/** What somebody made of `base`, put on what others made of it meanwhile: where both changed the same, it is `mine`. */
export function merge(base: unknown, mine: unknown, theirs: unknown): unknown {
  if (told(mine) === told(base)) return theirs;
  if (told(theirs) === told(base)) return mine;
  if (isFields(mine) && isFields(theirs)) {
    const before = isFields(base) ? base : {};
    const merged: Fields = {};
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
      const value = merge(before[key], mine[key], theirs[key]);
      if (value !== undefined) merged[key] = value;
    }
    return merged;
  }
  const [before, ours, others] = [byName(base ?? []), byName(mine), byName(theirs)];
  return before && ours && others ? mergeLists(before, ours, others) : mine;
}
