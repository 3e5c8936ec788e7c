// SPDX-License-Identifier: Apache-2.0
import { language } from "../i18n";

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes in the unit that people use: 1.5 GiB. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < BINARY.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${new Intl.NumberFormat(language(), { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 }).format(value)} ${BINARY[unit]}`;
}

const SUFFIXES: Record<string, number> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a Kubernetes quantity means (resource.Quantity); NaN: none. */
export function quantity(text: string | number): number {
  if (typeof text === "number") return text;
  const parts = /^([+-]?[0-9.]+)(?:([eE][+-]?[0-9]+)|([mkMGTPE]|[KMGTPE]i)?)$/.exec(text.trim());
  if (!parts) return Number.NaN;
  return Number(parts[1] + (parts[2] ?? "")) * SUFFIXES[parts[3] ?? ""];
}

/** A share of 0 to 1 as per cent. */
export function percent(share: number): string {
  return new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(share);
}
