// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from "react";

/** What this browser remembers of its user: how the page looks, not who they are. */
export interface Preferences {
  theme: "light" | "dark" | "system";
  menuFolded: boolean;
  /** Where the business view was last. */
  cluster?: string;
  namespace?: string;
}

const KEY = "slipway.preferences";
const listeners = new Set<() => void>();

function read(): Preferences {
  const standard: Preferences = { theme: "system", menuFolded: false };
  try {
    return { ...standard, ...(JSON.parse(window.localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return standard; // somebody else wrote there, or the browser keeps nothing
  }
}

let now = read();

/** Changes some of them, here and in the browser's store. */
export function prefer(change: Partial<Preferences>) {
  now = { ...now, ...change };
  try {
    window.localStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // a browser that keeps nothing forgets them with the page
  }
  listeners.forEach((listener) => listener());
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => now,
  );
}

/** Whether the reader's system asks for pages that do not move. */
export function still(): boolean {
  return typeof window !== "undefined" && Boolean(window.matchMedia?.("(prefers-reduced-motion: reduce)").matches);
}

const dark = typeof window !== "undefined" && window.matchMedia ? window.matchMedia("(prefers-color-scheme: dark)") : undefined;

/** Whether the page is dark now; "system" follows the system while it changes. */
export function useDark(): boolean {
  const { theme } = usePreferences();
  const system = useSyncExternalStore(
    (listener) => {
      dark?.addEventListener("change", listener);
      return () => dark?.removeEventListener("change", listener);
    },
    () => dark?.matches ?? false,
  );
  return theme === "system" ? system : theme === "dark";
}
