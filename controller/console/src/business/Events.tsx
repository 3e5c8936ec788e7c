// SPDX-License-Identifier: Apache-2.0
import { Badge, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { usePlace } from "../app/place";
import type { Column } from "../ui/ServerTable";
import { Time } from "../ui/Time";
import type { Rows } from "./lists";
import { choicesOf, ListPage, ResourceTable } from "./ResourceTable";
import { ObjectLink } from "./UserList";

type Row = Rows["events"];

/** Kubernetes' events, of all objects or of one (`object`: "Deployment/web"). */
export function EventTable({ object, namespace }: { object?: string; namespace?: string }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const place = usePlace();
  const columns: Column<Row>[] = [
    {
      key: "type",
      title: t("event.type"),
      sort: "type",
      filter: { name: "type", choices: choicesOf(["Normal", "Warning"]) },
      render: ({ type }) => <Badge status={type === "Warning" ? "warning" : "default"} text={type} />,
      text: ({ type }) => type,
    },
    { key: "reason", title: t("event.reason"), sort: "reason", render: ({ reason }) => reason, text: ({ reason }) => reason },
    {
      key: "message",
      title: t("event.message"),
      render: ({ message }) => (
        <Typography.Text style={{ display: "block", maxWidth: 520, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{message}</Typography.Text>
      ),
      text: ({ message }) => message,
    },
    { key: "count", title: t("event.count"), sort: "count", render: ({ count }) => count ?? 1, text: ({ count }) => count },
    { key: "last", title: t("event.last"), sort: "last", render: ({ lastAt, createdAt }) => <Time at={lastAt ?? createdAt} />, text: ({ lastAt }) => lastAt },
  ];
  if (!object) {
    columns.splice(2, 0, {
      key: "object",
      title: t("event.object"),
      render: ({ object: of, namespace: where }) => <ObjectLink cluster={place.cluster} namespace={of?.namespace ?? where} kind={of?.kind} name={of?.name} />,
      text: ({ object: of }) => `${of?.kind}/${of?.name}`,
    });
    if (!place.namespace) {
      columns.splice(2, 0, {
        key: "namespace",
        title: common("place.namespace"),
        sort: "namespace",
        render: ({ namespace: where }) => where,
        text: ({ namespace: where }) => where,
      });
    }
  }
  return <ResourceTable list="events" columns={columns} only={{ object, sort: "last", order: "desc" }} namespace={namespace} hint={t("about.events")} />;
}

/** The page of all events. */
export function Events() {
  const { t } = useTranslation();
  return (
    <ListPage title={t("menu.events")}>
      <EventTable />
    </ListPage>
  );
}
