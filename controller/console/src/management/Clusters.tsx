// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { Button, Empty } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { client, type Schemas } from "../api/client";
import { paths } from "../app/paths";
import { read } from "../api/read";
import { PageHead } from "../ui/PageHead";
import { ServerTable, type Column } from "../ui/ServerTable";
import { State } from "../ui/State";
import { Time } from "../ui/Time";

type Cluster = Schemas["Cluster"];

/** All clusters, and the way to a new one. */
export function Clusters() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const columns: Column<Cluster>[] = [
    { key: "name", title: common("table.name"), render: ({ name }) => <Link to={paths.cluster(name)}>{name}</Link>, text: ({ name }) => name },
    { key: "state", title: common("table.status"), render: ({ state, reason }) => <State of={state} why={reason} />, text: ({ state }) => state },
    { key: "version", title: t("cluster.version"), render: ({ kubernetesVersion }) => kubernetesVersion, text: ({ kubernetesVersion }) => kubernetesVersion },
    { key: "masters", title: t("cluster.masters"), render: ({ masters }) => masters, text: ({ masters }) => masters },
    { key: "workers", title: t("cluster.workers"), render: ({ workers }) => workers, text: ({ workers }) => workers },
    {
      key: "nodes",
      title: t("cluster.nodesReady"),
      render: ({ nodesReady, nodesTotal }) => `${nodesReady} / ${nodesTotal}`,
      text: ({ nodesReady, nodesTotal }) => `${nodesReady}/${nodesTotal}`,
    },
    {
      key: "reachable",
      title: t("cluster.link"),
      render: ({ reachable }) => <State of={reachable ? "connected" : "disconnected"} />,
      text: ({ reachable }) => String(reachable),
    },
    { key: "asOf", title: t("asOf"), hidden: true, render: ({ asOf }) => <Time at={asOf} />, text: ({ asOf }) => asOf },
    { key: "created", title: common("table.created"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
  ];
  return (
    <>
      <PageHead title={common("menu.clusters")} />
      <ServerTable<Cluster>
        name="clusters"
        path="/api/v1/clusters"
        read={(question) => read(client.GET("/api/v1/clusters", { params: { query: question } }))}
        columns={columns}
        rowKey="id"
        searchable={false}
        actions={
          <Button type="primary" icon={<PlusOutlined />} onClick={() => go(paths.newCluster)}>
            {t("cluster.create")}
          </Button>
        }
        empty={
          <Empty description={t("cluster.none")}>
            <Button type="primary" onClick={() => go(paths.newCluster)}>
              {t("cluster.create")}
            </Button>
          </Empty>
        }
      />
    </>
  );
}
