// SPDX-License-Identifier: Apache-2.0
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
  return (nodes.data?.items ?? []).map(({ name }) => name).sort();
}
