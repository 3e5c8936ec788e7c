// SPDX-License-Identifier: Apache-2.0
import { Space, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { FactCell } from "../nodes/FactCell";
import { NodeMeters } from "../nodes/NodeMeters";
import type { Cluster } from "./ClusterPage";

type Node = Schemas["Node"];

/** The cluster's nodes: what its link, Kubernetes and the cloud say of each, and how it fares. */
export function ClusterNodes({ cluster }: { cluster: Cluster }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const columns: Column<Node>[] = [
    {
      key: "name",
      title: common("table.name"),
      text: ({ name }) => name,
      render: ({ name, address, trouble }) => (
        <Space orientation="vertical" size={0}>
          <Link to={paths.node(cluster.name, name)}>{name}</Link>
          <Typography.Text type="secondary" style={{ fontSize: 12 }}>
            {address}
          </Typography.Text>
          {trouble && (
            <Typography.Text type="danger" style={{ fontSize: 12, display: "block", maxWidth: 260 }}>
              {trouble}
            </Typography.Text>
          )}
        </Space>
      ),
    },
    {
      key: "role",
      title: t("node.role"),
      text: ({ role }) => role,
      render: ({ role, gateway }) => (
        <Space size={4}>
          {t(`node.${role}`)}
          {gateway && <Tag title={t("node.gatewayWhat")}>{t("node.gateway")}</Tag>}
        </Space>
      ),
    },
    { key: "link", title: t("node.link"), render: ({ link }) => <FactCell fact={link} />, text: ({ link }) => link.value },
    { key: "kubernetes", title: t("node.kubernetes"), render: ({ kubernetes }) => <FactCell fact={kubernetes} />, text: ({ kubernetes }) => kubernetes.value },
    { key: "machine", title: t("node.machine"), render: ({ machine }) => <FactCell fact={machine} />, text: ({ machine }) => machine.value },
    { key: "health", title: t("node.health"), render: ({ health }) => <NodeMeters health={health} width={190} />, text: ({ trouble }) => trouble },
    { key: "address", title: t("node.address"), hidden: true, render: ({ address }) => address ?? "—", text: ({ address }) => address },
    { key: "flavor", title: t("node.flavor"), hidden: true, render: ({ flavor }) => flavor ?? "—", text: ({ flavor }) => flavor },
    { key: "agent", title: t("node.agent"), render: ({ agent }) => agent?.version ?? "—", text: ({ agent }) => agent?.version },
    {
      key: "actions",
      title: common("table.actions"),
      render: ({ name }) => <Link to={paths.node(cluster.name, name, "shell")}>{t("node.tab.shell")}</Link>,
    },
  ];
  return (
    <ServerTable<Node>
      name="nodes"
      path="/api/v1/clusters/{cluster}/nodes"
      scope={{ cluster: cluster.id }}
      read={(question) => read(client.GET("/api/v1/clusters/{cluster}/nodes", { params: { path: { cluster: cluster.id }, query: question } }))}
      columns={columns}
      rowKey="id"
      searchable={false}
    />
  );
}
