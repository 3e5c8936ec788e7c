// SPDX-License-Identifier: Apache-2.0
import { Empty, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { useMe } from "../session/me";
import { entriesFor, leaves, MANAGEMENT } from "./menu";
import { ALL, paths } from "./paths";
import { useClusterNames, useNamespaces } from "./PlaceChooser";
import { usePreferences } from "./preferences";

/** The first page: an administrator's are the clusters, everybody else's the business view. */
export function Home() {
  const me = useMe();
  return <Navigate to={me.role === "administrator" ? paths.management("clusters") : "/business"} replace />;
}

/** The first place of the management view that the user has. */
export function ManagementHome() {
  const me = useMe();
  return <Navigate to={paths.management(leaves(entriesFor(me, MANAGEMENT))[0].entry.key)} replace />;
}

/** Goes to where the business view was last, or to the first place that there is. */
export function BusinessHome() {
  const { t } = useTranslation();
  const me = useMe();
  const kept = usePreferences();
  const clusters = useClusterNames();
  const namespaces = useNamespaces();
  if (clusters.isPending || namespaces.isPending) return <Spin style={{ display: "block", margin: "15vh auto" }} />;
  const mine = (namespaces.data?.items ?? []).filter(({ project }) => me.role === "administrator" || project);
  const cluster = clusters.data?.items.find(({ name }) => name === kept.cluster) ?? clusters.data?.items[0];
  if (!cluster) return <Empty description={t("place.noCluster")} />;
  const here = mine.filter((one) => one.cluster.name === cluster.name);
  if (here.length === 0 && me.role !== "administrator") {
    const other = mine[0];
    if (other) return <Navigate to={paths.business(other.cluster.name, other.name, "applications")} replace />;
    return (
      <Empty
        description={
          <>
            {t("place.noNamespace")}
            <br />
            {t("place.noNamespaceHint")}
          </>
        }
      />
    );
  }
  const namespace = here.some(({ name }) => name === kept.namespace) ? (kept.namespace as string) : ALL;
  return <Navigate to={paths.business(cluster.name, namespace, "applications")} replace />;
}
