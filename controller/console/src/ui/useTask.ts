// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";

/** What is done at somebody's word: whether it is under way, and why it failed. A new try forgets the failure of the last one. */
export function useTask() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const run = async (task: () => Promise<void>, failed?: (error: unknown) => void) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await task();
    } catch (error) {
      setFailure(error);
      failed?.(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run };
}
