// SPDX-License-Identifier: Apache-2.0
import { language } from "../i18n";
import { useNow } from "./Time";

const UNITS: [string, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

const TENTHS_BELOW_MS = 10_000;

/** How long something took, in its two largest units: "3 min 20 s". */
export function duration(ms: number): string {
  if (ms < TENTHS_BELOW_MS) {
    const tenths = new Intl.NumberFormat(language(), { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: 1 });
    return tenths.format(Math.max(ms, 0) / 1000);
  }
  const parts: string[] = [];
  let rest = Math.round(ms / 1000) * 1000;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "short" }).format(count));
    else if (parts.length > 0) break;
  }
  return parts.join(" ");
}

/** From `from` until `to`, or until now while it goes on. */
export function Duration({ from, to }: { from?: string; to?: string }) {
  const now = useNow();
  if (!from) return <>—</>;
  const began = new Date(from).getTime();
  return <>{duration((to ? new Date(to).getTime() : Math.max(now, began)) - began)}</>;
}
