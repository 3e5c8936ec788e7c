// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from "react-i18next";
import { useLink } from "../api/live";
import { useNamespaces } from "../app/PlaceChooser";
import { useMe } from "./me";

/** Whether the user may change things in a namespace (all of them: anywhere). As long as it is not known, yes: the server decides. */
export function useMayChange(cluster: string, namespace?: string): boolean {
  const me = useMe();
  const namespaces = useNamespaces();
  if (me.role === "administrator") return true;
  if (me.role === "read_only") return false;
  const here = (namespaces.data?.items ?? []).filter((one) => one.cluster.name === cluster && (!namespace || one.name === namespace));
  return namespaces.isPending || here.length === 0 || here.some(({ role }) => role !== "read_only");
}

/** Why nothing can be changed in a namespace now, in words for a disabled button; undefined: it can. */
export function useWhyNot(cluster: string, namespace?: string): string | undefined {
  const { t } = useTranslation();
  const may = useMayChange(cluster, namespace);
  const link = useLink();
  if (!may) return t("problem.denied");
  return link.state === "lost" ? t("link.lost") : undefined;
}
