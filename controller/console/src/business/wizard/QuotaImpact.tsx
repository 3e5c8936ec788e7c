// SPDX-License-Identifier: Apache-2.0
import { Alert, Table } from "antd";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { quantity } from "../../ui/amounts";
import type { KubernetesObject } from "../object";
import { demandOf } from "./demand";

interface Line {
  resource: string;
  hard: string;
  used: string;
  more: number;
  left: number;
}

/** What the namespace's quotas have left, and what the new objects take of it. */
export function QuotaImpact({ cluster, objects }: { cluster: string; objects: KubernetesObject[] }) {
  const { t } = useTranslation("business");
  const namespace = objects[0].metadata.namespace;
  const quotas = api.useQuery("get", "/api/v1/clusters/{cluster}/resourcequotas", { params: { path: { cluster }, query: { namespace, limit: 100 } } });
  const demand: Record<string, number> = {};
  for (const object of objects) {
    for (const [resource, more] of Object.entries(demandOf(object))) demand[resource] = (demand[resource] ?? 0) + more;
  }
  const lines: Line[] = (quotas.data?.items ?? []).flatMap(({ hard, used }) =>
    Object.entries(hard).flatMap(([resource, most]) => {
      const more = demand[resource] ?? demand[`requests.${resource}`];
      if (!more) return [];
      return [{ resource, hard: most, used: used[resource] ?? "0", more, left: quantity(most) - quantity(used[resource] ?? "0") - more }];
    }),
  );
  if (lines.length === 0) return null;
  const short = lines.some(({ left }) => left < 0);
  return (
    <>
      {short && <Alert type="warning" showIcon title={t("quota.short")} />}
      <Table<Line>
        size="small"
        pagination={false}
        rowKey="resource"
        dataSource={lines}
        columns={[
          { title: t("quota.resource"), dataIndex: "resource" },
          { title: t("quota.hard"), dataIndex: "hard" },
          { title: t("quota.used"), dataIndex: "used" },
          { title: t("quota.more"), render: (_, { resource, more }) => amount(resource, more) },
          { title: t("quota.left"), render: (_, { resource, left }) => amount(resource, left) },
        ]}
      />
    </>
  );
}

function amount(resource: string, of: number): string {
  const binary = /memory|storage/.test(resource);
  return binary ? `${Math.round((of / 2 ** 20) * 10) / 10} MiB` : String(Math.round(of * 1000) / 1000);
}
