// SPDX-License-Identifier: Apache-2.0
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useLink } from "../api/live";
import { useClusterNames, useNamespaces } from "../app/PlaceChooser";
import { onlyReads, useMe } from "./me";

type Lack = "readOnly" | "readOnlyHere" | "notYours";

/** What the user's role lacks for changes in a namespace of a cluster (undefined: in any). As long as it is not known, nothing: the server decides. */
function useLack(cluster: string): (namespace: string | undefined) => Lack | undefined {
  const me = useMe();
  const namespaces = useNamespaces().data?.items;
  return useCallback(
    (namespace) => {
      if (me.role === "administrator") return undefined;
      if (onlyReads(me)) return "readOnly";
      const here = (namespaces ?? []).filter((one) => one.cluster.name === cluster && (!namespace || one.name === namespace));
      const lacks = here.map(({ role, project }): Lack | undefined => (role === "read_only" ? "readOnlyHere" : project ? undefined : "notYours"));
      return lacks.includes(undefined) ? undefined : lacks[0];
    },
    [me, namespaces, cluster],
  );
}

/** Whether the user may change things in a namespace (all of them: anywhere), whatever else stands against it now. */
export function useMayChange(cluster: string, namespace?: string): boolean {
  return useLack(cluster)(namespace) === undefined;
}

/** The same of many namespaces. */
export function useMayChangeIn(cluster: string): (namespace: string) => boolean {
  const lack = useLack(cluster);
  return (namespace) => lack(namespace) === undefined;
}

/** Why nothing can be changed in a namespace now, in words for a disabled button; undefined: it can. Of many namespaces at once; the same function while nothing changes. */
export function useHindrance(cluster: string): (namespace: string | undefined) => string | undefined {
  const { t } = useTranslation();
  const lack = useLack(cluster);
  const lost = useLink().state === "lost";
  return useCallback(
    (namespace) => {
      const lacks = lack(namespace);
      if (lacks) return t(`rights.${lacks}`);
      return lost ? t("link.lost") : undefined;
    },
    [lack, lost, t],
  );
}

/** The same of one. */
export function useWhyNot(cluster: string, namespace?: string): string | undefined {
  return useHindrance(cluster)(namespace);
}

/** Why what cannot wait for a cluster is refused now; undefined: the cluster is there, as far as is known. */
export function useOutOfReach(cluster: string): string | undefined {
  const { t } = useTranslation();
  const one = useClusterNames().data?.items.find(({ id, name }) => name === cluster || id === cluster);
  return one?.reachable === false ? t("link.clusterLost") : undefined;
}
