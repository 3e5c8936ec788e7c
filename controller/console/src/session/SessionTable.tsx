// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Space, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../api/client";
import { read } from "../api/read";
import { ConfirmButton } from "../ui/ConfirmButton";
import { type Column, ServerTable } from "../ui/ServerTable";
import { Time } from "../ui/Time";

type Session = Schemas["Session"];

/** The logins that go on: the caller's own, or another user's. */
export function SessionTable({ user }: { user?: string }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const columns: Column<Session>[] = [
    {
      key: "from",
      title: t("session.from"),
      render: ({ from, current }) => (
        <Space>
          {from}
          {current && <Tag>{t("session.current")}</Tag>}
        </Space>
      ),
      text: ({ from }) => from,
    },
    { key: "created", title: t("session.begun"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
    { key: "used", title: t("session.used"), render: ({ lastUsedAt }) => <Time at={lastUsedAt} />, text: ({ lastUsedAt }) => lastUsedAt },
    { key: "expires", title: t("session.expires"), render: ({ expiresAt }) => <Time at={expiresAt} ahead />, text: ({ expiresAt }) => expiresAt },
    {
      key: "actions",
      title: common("table.actions"),
      render: ({ id, current }) => (
        <ConfirmButton
          size="small"
          danger
          title={t("session.endTitle")}
          what={t("session.endWhat")}
          reason={current ? t("session.endCurrent") : undefined}
          act={() => read(client.DELETE("/api/v1/sessions/{session}", { params: { path: { session: id } } }))}
          said={t("session.ended")}
          done={() => void queries.invalidateQueries()}
        >
          {t("session.end")}
        </ConfirmButton>
      ),
    },
  ];
  return (
    <ServerTable<Session>
      name="sessions"
      path="/api/v1/sessions"
      scope={{ user }}
      read={(question) => read(client.GET("/api/v1/sessions", { params: { query: { ...question, ...(user && { user }) } } }))}
      columns={columns}
      rowKey="id"
      searchable={false}
    />
  );
}
