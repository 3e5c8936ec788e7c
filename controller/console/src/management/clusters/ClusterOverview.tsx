// SPDX-License-Identifier: Apache-2.0
import { Card, Descriptions, Space } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { paths } from "../../app/paths";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import type { Cluster } from "./ClusterPage";
import { UpgradeAgents } from "./UpgradeAgents";

/** How the cluster stands and what it is made of. */
export function ClusterOverview({ cluster }: { cluster: Cluster }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const nodes = <Link to={paths.cluster(cluster.name, "nodes")}>{t("cluster.ready", { ready: cluster.nodesReady, count: cluster.nodesTotal })}</Link>;
  return (
    <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
      <Card title={t("cluster.how")} size="small">
        <Descriptions
          column={{ xs: 1, md: 2, xl: 3 }}
          items={[
            { key: "state", label: common("table.status"), children: <State of={cluster.state} why={cluster.reason} /> },
            { key: "link", label: t("cluster.link"), children: <State of={cluster.reachable ? "connected" : "disconnected"} /> },
            { key: "asOf", label: t("asOf"), children: <Time at={cluster.asOf} /> },
            { key: "nodes", label: t("cluster.nodesReady"), children: nodes },
            { key: "masters", label: t("cluster.masters"), children: cluster.masters },
            { key: "workers", label: t("cluster.workers"), children: cluster.workers },
          ]}
        />
      </Card>
      <Card title={t("cluster.made")} size="small">
        <Descriptions
          column={{ xs: 1, md: 2, xl: 3 }}
          items={[
            { key: "version", label: t("cluster.version"), children: cluster.kubernetesVersion },
            { key: "runtime", label: t("cluster.runtime"), children: cluster.runtime },
            { key: "keyPair", label: common("menu.keyPairs"), children: cluster.keyPair || t("cluster.noKeyPair") },
            { key: "masterFlavor", label: t("cluster.masterFlavor"), children: cluster.masterFlavor || "—" },
            { key: "workerFlavor", label: t("cluster.workerFlavor"), children: cluster.workerFlavor || "—" },
            { key: "cidr", label: t("cluster.cidr"), children: cluster.networkCidr ?? "—" },
            { key: "lb", label: t("cluster.loadBalancer"), children: cluster.loadBalancer ? `${cluster.loadBalancer}:6443` : t("cluster.noLoadBalancer") },
            { key: "created", label: common("table.created"), children: <Time at={cluster.createdAt} /> },
            { key: "id", label: t("cluster.id"), children: <code>{cluster.id}</code> },
          ]}
        />
      </Card>
      <UpgradeAgents cluster={cluster} />
    </Space>
  );
}
