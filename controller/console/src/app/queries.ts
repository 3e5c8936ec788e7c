// SPDX-License-Identifier: Apache-2.0
import { QueryClient } from "@tanstack/react-query";
import type { Problem } from "../api/client";

const RETRIES = 2;

/** What is known of the controller. Asked again by itself is only what may answer the next time. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < RETRIES && [502, 503, 504].includes((error as unknown as Problem).status),
      refetchOnWindowFocus: true,
    },
  },
});
