// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from "react-i18next";
import { useNamespaces } from "../app/PlaceChooser";
import { onlyReads, useMe } from "../session/me";

/**
 * Why the user may not change what is in a namespace of a cluster, by their role there; undefined: they may, as far as the
 * console knows. The controller decides.
 */
export function useHindrance(cluster: string): (namespace: string | undefined) => string | undefined {
  const { t } = useTranslation("business");
  const me = useMe();
  const namespaces = useNamespaces();
  return (namespace) => {
    if (me.role === "administrator") return undefined;
    if (onlyReads(me)) return t("access.readOnly");
    if (namespace === undefined) return undefined;
    const here = namespaces.data?.items.find((one) => one.cluster.name === cluster && one.name === namespace);
    if (here?.role === "read_only") return t("access.readOnlyHere");
    if (here && !here.project) return t("access.notYours");
    return undefined;
  };
}
