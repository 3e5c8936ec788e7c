// SPDX-License-Identifier: Apache-2.0
import type { Schemas } from "../../api/client";
import { language } from "../../i18n";
import { quantity } from "../../ui/amounts";

export type Amounts = Schemas["Amounts"];
export type QuotaResource = Schemas["QuotaResource"];
/** What a form has: numbers in the manual's units; nothing is unlimited. */
export type AmountsForm = Partial<Record<QuotaResource, number | null>>;

/** The manual's groups, in its order. */
export const GROUPS = {
  compute: ["cpu", "memory"],
  storage: ["storage", "persistentVolumeClaims"],
  objects: ["deployments", "statefulSets", "jobs", "cronJobs", "pods", "configMaps", "secrets", "services", "ingresses"],
} as const satisfies Record<string, readonly QuotaResource[]>;

export const RESOURCES: QuotaResource[] = [...GROUPS.compute, ...GROUPS.storage, ...GROUPS.objects];

/** The units of those that are quantities: what one of the form is, and how Kubernetes writes it. */
const UNITS: Partial<Record<QuotaResource, { size: number; suffix: string; text: string }>> = {
  cpu: { size: 1, suffix: "", text: "" },
  memory: { size: 2 ** 20, suffix: "Mi", text: "MiB" },
  storage: { size: 2 ** 30, suffix: "Gi", text: "GiB" },
};

export function unitOf(resource: QuotaResource): string | undefined {
  return UNITS[resource]?.text;
}

export function isCount(resource: QuotaResource): boolean {
  return UNITS[resource] === undefined;
}

/** An amount in the form's unit; undefined: unlimited, or not known. */
export function numberOf(amounts: Amounts | undefined, resource: QuotaResource): number | undefined {
  const amount = amounts?.[resource];
  if (amount === undefined || amount === null) return undefined;
  return quantity(amount) / (UNITS[resource]?.size ?? 1);
}

export function toForm(amounts: Amounts | undefined): AmountsForm {
  return Object.fromEntries(
    RESOURCES.flatMap((resource) => {
      const number = numberOf(amounts, resource);
      return number === undefined ? [] : [[resource, number]];
    }),
  );
}

/** What the form says. Where it is still what was `seen`, it stays written as it was. */
export function toAmounts(form: AmountsForm, seen?: Amounts): Amounts {
  const amounts: Record<string, string | number> = {};
  for (const resource of RESOURCES) {
    const number = form[resource];
    if (number === undefined || number === null) continue;
    const unit = UNITS[resource];
    const before = seen?.[resource];
    if (before !== undefined && before !== null && numberOf(seen, resource) === number) amounts[resource] = before;
    else amounts[resource] = unit ? written(number, unit) : number;
  }
  return amounts as Amounts;
}

/** A part of a unit is written in whole ones of the next smaller. */
function written(number: number, { size, suffix }: { size: number; suffix: string }): string {
  if (Number.isInteger(number)) return `${number}${suffix}`;
  return size === 1 ? `${Math.round(number * 1000)}m` : String(Math.round(number * size));
}

/** An amount for people, with its unit. */
export function amountText(amounts: Amounts | undefined, resource: QuotaResource): string | undefined {
  const number = numberOf(amounts, resource);
  if (number === undefined) return undefined;
  const unit = unitOf(resource);
  return new Intl.NumberFormat(language(), { maximumFractionDigits: 3 }).format(number) + (unit ? ` ${unit}` : "");
}

/** The resources in which two differ. */
export function differing(one: Amounts | undefined, other: Amounts | undefined): QuotaResource[] {
  return RESOURCES.filter((resource) => numberOf(one, resource) !== numberOf(other, resource));
}
