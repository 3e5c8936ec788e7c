// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from "react";
import type { ContainerPlace } from "./sockets";
import type { TerminalPlace } from "./terminal_session";

/** What runs in a terminal. */
export const SHELLS = ["auto", "bash", "sh"] as const;
export type Shell = (typeof SHELLS)[number];

/** A terminal that this browser tab has; kept over a reload, and forgotten with the tab. */
export interface OpenTerminal extends ContainerPlace {
  key: string;
  user: string;
  shell: Shell;
  /** Since it was attached. */
  place?: TerminalPlace;
  /** Bytes of output that were seen. */
  seen: number;
}

const KEY = "slipway.terminals";

/** What the browser kept, if it is what we wrote. */
export function parseKept(text: string | null): OpenTerminal[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    if (!Array.isArray(kept)) return [];
    return kept.filter((one: Partial<OpenTerminal> | null): one is OpenTerminal => {
      if (typeof one !== "object" || one === null) return false;
      const texts = [one.key, one.user, one.cluster, one.namespace, one.pod, one.container];
      return texts.every((value) => typeof value === "string") && SHELLS.includes(one.shell as Shell) && typeof one.seen === "number";
    });
  } catch {
    return [];
  }
}

let all = parseKept(typeof window === "undefined" ? null : window.sessionStorage.getItem(KEY));
const listeners = new Set<() => void>();

function become(next: OpenTerminal[]) {
  all = next;
  try {
    window.sessionStorage.setItem(KEY, JSON.stringify(all));
  } catch {
    // a browser that keeps nothing has no terminals after a reload
  }
  listeners.forEach((listener) => listener());
}

export function openTerminal(what: Omit<OpenTerminal, "key" | "seen">): OpenTerminal {
  const one: OpenTerminal = { ...what, key: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`, seen: 0 };
  become([...all, one]);
  return one;
}

export function changeTerminal(key: string, change: Partial<Pick<OpenTerminal, "place" | "seen">>) {
  become(all.map((one) => (one.key === key ? { ...one, ...change } : one)));
}

export function forgetTerminal(key: string) {
  become(all.filter((one) => one.key !== key));
}

export function useOpenTerminals(): OpenTerminal[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}
