// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "react";
import { client } from "../api/client";

/** So often typing counts as use of the session, which ends two hours after its last request. */
export const TYPING_MS = 10 * 60_000;

/** Who types uses the session, also where nothing is asked of the controller: in a terminal, in a long form. */
export function useTypingAsUse() {
  useEffect(() => {
    let told = Date.now();
    const typed = () => {
      if (Date.now() - told < TYPING_MS) return;
      told = Date.now();
      void client.GET("/api/v1/me").catch(() => undefined); // the page finds out by itself
    };
    document.addEventListener("keydown", typed, true);
    return () => document.removeEventListener("keydown", typed, true);
  }, []);
}
