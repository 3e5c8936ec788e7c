// SPDX-License-Identifier: Apache-2.0
import { Empty, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../api/client";
import { read } from "../api/read";
import { type Column, ServerTable } from "../ui/ServerTable";
import { Time } from "../ui/Time";

type KubernetesEvent = Schemas["KubernetesEvent"];

/** What Kubernetes said of a pod, for the hour or so that it keeps it. */
export function PodEvents({ cluster, namespace, name }: { cluster: string; namespace: string; name: string }) {
  const { t } = useTranslation("pods");
  const columns: Column<KubernetesEvent>[] = [
    {
      key: "type",
      title: t("event.type"),
      sort: "type",
      filter: { name: "type", choices: ["Normal", "Warning"].map((value) => ({ value, text: t(`event.${value as "Normal"}`) })) },
      render: ({ type }) => <Tag color={type === "Warning" ? "warning" : "default"}>{t(`event.${type as "Normal"}`, { defaultValue: type })}</Tag>,
      text: ({ type }) => type,
    },
    { key: "reason", title: t("event.reason"), sort: "reason", render: ({ reason }) => reason, text: ({ reason }) => reason },
    {
      key: "message",
      title: t("event.message"),
      render: ({ message }) => <span style={{ whiteSpace: "pre-wrap" }}>{message}</span>,
      text: ({ message }) => message,
    },
    { key: "count", title: t("event.count"), sort: "count", render: ({ count }) => count ?? 1, text: ({ count }) => count ?? 1 },
    { key: "last", title: t("event.last"), sort: "last", render: ({ lastAt }) => <Time at={lastAt} />, text: ({ lastAt }) => lastAt },
  ];
  const object = `Pod/${name}`;
  return (
    <ServerTable<KubernetesEvent>
      name="pod-events"
      path="/api/v1/clusters/{cluster}/events"
      scope={{ cluster, namespace, object }}
      read={(question) => {
        const query: object = { sort: "last", order: "desc", ...question, namespace, object };
        return read(client.GET("/api/v1/clusters/{cluster}/events", { params: { path: { cluster }, query } }));
      }}
      columns={columns}
      rowKey="uid"
      searchable={false}
      empty={<Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("event.none")} />}
    />
  );
}
