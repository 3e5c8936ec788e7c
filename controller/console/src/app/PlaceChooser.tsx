// SPDX-License-Identifier: Apache-2.0
import { Select, Space } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { NavigateFunction } from "react-router";
import { api } from "../api/client";
import { prefer, usePreferences } from "./preferences";
import { ALL } from "./paths";

const MOST = 500;

/** All namespaces that the caller may see, over all clusters. */
export function useNamespaces() {
  return api.useQuery("get", "/api/v1/namespaces", { params: { query: { limit: MOST } } });
}

export function useClusterNames() {
  return api.useQuery("get", "/api/v1/cluster-names", {});
}

/** The page of a kind: its list for all that is below it, but for the form of something new, which is of no place yet. */
function pageIn([entry = "applications", kind]: string[]): string {
  return entry === "new" && kind ? `new/${encodeURIComponent(kind)}` : entry;
}

/** Chooses cluster and namespace of the business view; the page stays the same. Namespaces stand under department and project. */
export function PlaceChooser({ folded, pathname, go }: { folded: boolean; pathname: string; go: NavigateFunction }) {
  const { t } = useTranslation();
  const kept = usePreferences();
  const [, view, ...rest] = pathname.split("/").map(decodeURIComponent);
  const [cluster = kept.cluster ?? "", namespace = kept.namespace ?? ALL, ...page] = view === "business" ? rest : [];
  const clusters = useClusterNames();
  const namespaces = useNamespaces();

  const groups = useMemo(() => {
    const byOwner = new Map<string, string[]>();
    for (const one of namespaces.data?.items ?? []) {
      if (one.cluster.name !== cluster) continue;
      const owner = one.project ? `${one.department?.name ?? ""} / ${one.project.name}` : "—";
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), one.name]);
    }
    return [...byOwner]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([label, names]) => ({ label, options: names.sort().map((name) => ({ value: name, label: name })) }));
  }, [namespaces.data, cluster]);

  if (folded) return null;
  const move = (change: { cluster?: string; namespace?: string }) => {
    prefer({ cluster, namespace, ...change });
    go(`/business/${encodeURIComponent(change.cluster ?? cluster)}/${encodeURIComponent(change.namespace ?? namespace)}/${pageIn(page)}`);
  };
  return (
    <Space orientation="vertical" style={{ width: "100%", padding: 12 }}>
      <Select
        style={{ width: "100%" }}
        aria-label={t("place.cluster")}
        value={cluster || undefined}
        placeholder={t("place.cluster")}
        options={(clusters.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
        onChange={(next) => move({ cluster: next, namespace: ALL })}
      />
      <Select
        style={{ width: "100%" }}
        aria-label={t("place.namespace")}
        showSearch
        value={namespace}
        options={[{ value: ALL, label: t("place.allNamespaces") }, ...groups]}
        onChange={(next: string) => move({ namespace: next })}
      />
    </Space>
  );
}
