// SPDX-License-Identifier: Apache-2.0

/** The path in a form of a field as the server names it: `storage.disks[0].size` is ["storage", "disks", 0, "size"]. */
export function fieldPath(field: string): (string | number)[] {
  return field
    .split(/[.[\]]/)
    .filter((part) => part !== "")
    .map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part));
}
