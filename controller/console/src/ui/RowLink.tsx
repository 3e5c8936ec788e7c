// SPDX-License-Identifier: Apache-2.0
import type { MouseEvent, ReactNode } from "react";
import { useNavigate } from "react-router";
import { BASE } from "../app/paths";

/**
 * A link to another page for the rows of long lists, where there are many. The router's own are all drawn anew whenever the
 * address changes, be it by a page that is turned; this one is an address alone, and who has it on the page follows it.
 */
export function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <a href={BASE + to} data-to={to}>
      {children}
    </a>
  );
}

/** Follows the row links below it; what opens another tab or window is the browser's. */
export function useFollowing(): (event: MouseEvent) => void {
  const go = useNavigate();
  return (event) => {
    const to = (event.target as Element).closest<HTMLElement>("a[data-to]")?.dataset.to;
    if (to === undefined || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void go(to);
  };
}
