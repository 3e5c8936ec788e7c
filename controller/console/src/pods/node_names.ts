// SPDX-License-Identifier: Apache-2.0
import { useMemo } from "react";
import { api } from "../api/client";
import { useMe } from "../session/me";

/** The nodes of a cluster, for who may list them. */
export function useNodeNames(cluster: string): string[] {
  const may = useMe().role === "administrator";
  const nodes = api.useQuery(
    "get",
    "/api/v1/clusters/{cluster}/nodes",
    { params: { path: { cluster }, query: { limit: 500 } } },
    { enabled: may, staleTime: 60_000 },
  );
  const items = nodes.data?.items;
  return useMemo(() => (items ?? []).map(({ name }) => name).sort(), [items]);
}
