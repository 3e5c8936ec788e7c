// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { paths } from "../../app/paths";
import { usePlace } from "../../app/place";
import type { Column } from "../../ui/ServerTable";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import type { Rows } from "../lists";
import { ResourceTable } from "../ResourceTable";

/** The pods of a workload: by its selector, or by what owns them. */
export function PodsOf({ labels, owner }: { labels?: string; owner?: string }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster } = usePlace();
  const columns: Column<Rows["pods"]>[] = [
    {
      key: "name",
      title: common("table.name"),
      sort: "name",
      render: ({ name, namespace }) => <Link to={paths.object(cluster, namespace, "pods", name)}>{name}</Link>,
      text: ({ name }) => name,
    },
    {
      key: "status",
      title: common("table.status"),
      sort: "status",
      render: ({ status, reason }) => <State of={status} why={reason} />,
      text: ({ status }) => status,
    },
    {
      key: "ready",
      title: t("pod.ready"),
      render: ({ containers }) => {
        const running = containers.filter(({ init }) => !init);
        return `${running.filter(({ ready }) => ready).length} / ${running.length}`;
      },
    },
    { key: "restarts", title: t("pod.restarts"), sort: "restarts", render: ({ restarts }) => restarts, text: ({ restarts }) => restarts },
    { key: "node", title: t("pod.node"), sort: "node", render: ({ node }) => node ?? "—", text: ({ node }) => node },
    { key: "podIp", title: t("pod.ip"), sort: "podIp", render: ({ podIp }) => podIp ?? "—", text: ({ podIp }) => podIp },
    { key: "created", title: common("table.created"), sort: "created", render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
    {
      key: "actions",
      title: common("table.actions"),
      render: ({ name, namespace }) => (
        <>
          <Link to={paths.object(cluster, namespace, "pods", name, "logs")}>{t("pod.logs")}</Link> ·{" "}
          <Link to={paths.object(cluster, namespace, "pods", name, "terminal")}>{t("pod.terminal")}</Link>
        </>
      ),
    },
  ];
  return <ResourceTable list="pods" columns={columns} only={{ labels, owner }} hint={t("pod.none")} />;
}
