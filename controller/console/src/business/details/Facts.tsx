// SPDX-License-Identifier: Apache-2.0
import { Card, Descriptions, Table } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { paths } from "../../app/paths";
import { Labels } from "../../ui/Labels";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import { APPLICATION_LABEL } from "../kinds";
import { type KubernetesObject, listOf, part } from "../object";

export type Fact = [label: string, value: ReactNode];

/** What kubectl keeps for itself; nobody reads it here. */
const UNREAD = "kubectl.kubernetes.io/last-applied-configuration";
const LONGEST = 400;

/** Short facts of an object, side by side. */
export function Facts({ title, facts }: { title?: string; facts: Fact[] }) {
  return (
    <Card size="small" title={title} style={{ marginBottom: 16 }}>
      <Descriptions
        size="small"
        column={{ xs: 1, lg: 2 }}
        items={facts.map(([label, children]) => ({ key: label, label, children }))}
        styles={{ label: { minWidth: 110 } }}
      />
    </Card>
  );
}

/** Name, application, labels, annotations and age, that every object has. */
export function useMetaFacts(
  cluster: string,
  namespace: string,
  object: KubernetesObject | undefined,
  row?: {
    labels?: Record<string, string>;
    createdAt?: string;
  },
): Fact[] {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const labels = object?.metadata.labels ?? row?.labels ?? {};
  const application = labels[APPLICATION_LABEL];
  const annotations = Object.entries(object?.metadata.annotations ?? {})
    .filter(([key]) => key !== UNREAD)
    .map(([key, value]) => [key, value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value]);
  return [
    [common("place.namespace"), namespace],
    [common("table.created"), <Time key="t" at={object?.metadata.creationTimestamp ?? row?.createdAt} />],
    ...(application
      ? ([
          [
            t("list.application"),
            <Link key="a" to={paths.object(cluster, namespace, "applications", application)}>
              {application}
            </Link>,
          ],
        ] as Fact[])
      : []),
    [t("list.labels"), <Labels key="l" all of={labels} />],
    ...(annotations.length > 0
      ? ([[t("details.annotations"), <Labels key="n" all of={Object.fromEntries(annotations) as Record<string, string>} />]] as Fact[])
      : []),
  ];
}

/** What the object's controller says of it. */
export function Conditions({ object }: { object: KubernetesObject | undefined }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const conditions = listOf(part(object, "status").conditions);
  if (conditions.length === 0) return null;
  return (
    <Card size="small" title={t("details.conditions")} style={{ marginBottom: 16 }}>
      <Table
        size="small"
        pagination={false}
        rowKey={(one) => String(one.type)}
        dataSource={conditions}
        columns={[
          { title: t("event.type"), dataIndex: "type" },
          { title: common("table.status"), dataIndex: "status", render: (status: string) => <State of={status} /> },
          { title: t("event.reason"), dataIndex: "reason", render: (reason?: string) => reason ?? "—" },
          { title: t("event.message"), dataIndex: "message", render: (message?: string) => message ?? "—" },
          { title: t("details.since"), dataIndex: "lastTransitionTime", render: (at?: string) => <Time at={at} /> },
        ]}
      />
    </Card>
  );
}
