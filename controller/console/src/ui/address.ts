// SPDX-License-Identifier: Apache-2.0
import { useNavigation, useSearchParams } from "react-router";

/**
 * What the page's address asks for, and what changes it. A change is of the address as it is when it is made: a render that a
 * timer or a handler remembers may be older, and would bring back what was taken away meanwhile. While another page is on its
 * way nothing changes this one's: that would call the other off. It is drawn at once: React would do so in pieces of a few
 * milliseconds between which the browser does other things, and only then would be asked for what the address says.
 */
export function useAddress(): [URLSearchParams, (change: (next: URLSearchParams) => void) => void] {
  const [address, setAddress] = useSearchParams();
  const { location: ahead } = useNavigation();
  const change = (of: (next: URLSearchParams) => void) => {
    if (ahead && ahead.pathname !== window.location.pathname) return;
    const next = new URLSearchParams(window.location.search);
    of(next);
    setAddress(next, { replace: true, flushSync: true });
  };
  return [address, change];
}
