// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import type { Column } from "../ui/ServerTable";
import { useRowMenu } from "./act/useRowMenu";
import { Condition, useMetaColumns } from "./columns";
import type { Rows } from "./lists";
import { choicesOf, ListPage, ResourceTable } from "./ResourceTable";

/** Persistent volume claims. */
export function Claims() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, segment } = usePlace();
  const { before, after } = useMetaColumns<Rows["persistentvolumeclaims"]>("persistentvolumeclaims");
  const menu = useRowMenu("persistentvolumeclaims");
  const modes = (row: Rows["persistentvolumeclaims"]) =>
    (row.accessModes ?? []).map((mode) => t(`mode.${mode}` as "mode.ReadWriteOnce", { defaultValue: mode }));
  const columns: Column<Rows["persistentvolumeclaims"]>[] = [
    ...before,
    {
      key: "status",
      title: common("table.status"),
      sort: "status",
      filter: { name: "status", choices: choicesOf(["Pending", "Bound", "Lost"]) },
      render: (row) => <Condition status={row.status} condition={row.condition} />,
      text: ({ status }) => status,
    },
    { key: "class", title: t("claim.class"), sort: "class", render: (row) => row.class ?? "—", text: (row) => row.class },
    {
      key: "size",
      title: t("claim.size"),
      sort: "size",
      render: ({ capacity, requested }) => capacity ?? requested,
      text: ({ capacity, requested }) => capacity ?? requested,
    },
    { key: "modes", title: t("claim.modes"), render: (row) => modes(row).join(", ") || "—", text: (row) => row.accessModes?.join(" ") },
    { key: "volume", title: t("claim.volume"), sort: "volume", render: ({ volume }) => volume ?? "—", text: ({ volume }) => volume },
    ...after,
    menu.column,
  ];
  return (
    <ListPage title={common("menu.persistentvolumeclaims")}>
      <ResourceTable
        list="persistentvolumeclaims"
        columns={columns}
        create={{
          text: t("list.create", { kind: t("kind.persistentvolumeclaims") }),
          start: () => go(paths.create(cluster, segment, "persistentvolumeclaims")),
        }}
        hint={t("about.persistentvolumeclaims")}
      />
      {menu.dialog}
    </ListPage>
  );
}
