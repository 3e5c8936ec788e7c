// SPDX-License-Identifier: Apache-2.0
import { DeleteOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Card, Space, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, client } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { ConfirmButton } from "../../ui/ConfirmButton";
import type { Cluster } from "./ClusterPage";

const NAMED = 8;

/** What a deletion takes with it, and the deletion itself. */
export function DeleteCluster({ cluster }: { cluster: Cluster }) {
  const { t } = useTranslation("management");
  const go = useNavigate();
  const queries = useQueryClient();
  const namespaces = api.useQuery("get", "/api/v1/namespaces", { params: { query: { cluster: cluster.id, limit: 500 } } }).data?.items ?? [];
  const own = namespaces.map(({ name }) => name).filter((name) => !name.startsWith("kube-"));
  const goes = [
    t("deleteCluster.machines", { count: cluster.nodesTotal }),
    t("deleteCluster.disks"),
    t("deleteCluster.network", { cidr: cluster.networkCidr ?? "—" }),
    ...(cluster.loadBalancer ? [t("deleteCluster.loadBalancer", { address: cluster.loadBalancer })] : []),
    ...(own.length > 0 ? [t("deleteCluster.namespaces", { count: own.length, names: own.slice(0, NAMED).join(", ") + (own.length > NAMED ? " …" : "") })] : []),
    t("deleteCluster.tokens"),
  ];
  const list = (
    <ul style={{ margin: 0 }}>
      {goes.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
  return (
    <Card style={{ maxWidth: 900 }}>
      <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
        <Typography.Title level={3} style={{ fontSize: 16, margin: 0 }}>
          {t("deleteCluster.goes")}
        </Typography.Title>
        {list}
        <Alert type="error" showIcon title={t("deleteCluster.never")} />
        <ConfirmButton
          danger
          type="primary"
          icon={<DeleteOutlined />}
          title={t("deleteCluster.title", { name: cluster.name })}
          what={list}
          name={cluster.name}
          reason={cluster.state === "deleting" ? t("deleteCluster.already") : undefined}
          act={() => read(client.DELETE("/api/v1/clusters/{cluster}", { params: { path: { cluster: cluster.id } } }))}
          done={({ operation }) => {
            void queries.invalidateQueries();
            go(paths.operation(operation.id));
          }}
        >
          {t("deleteCluster.do")}
        </ConfirmButton>
      </Space>
    </Card>
  );
}
