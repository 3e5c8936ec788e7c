// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Empty, Form, Select, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useMe } from "../../session/me";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { FormDialog } from "../../ui/FormDialog";
import { ReasonButton } from "../../ui/ReasonButton";
import { type Column, ServerTable } from "../../ui/ServerTable";

type Member = Schemas["Member"];
type ProjectRole = Schemas["ProjectRole"];

const ROLES: ProjectRole[] = ["project_member", "read_only"];
const MOST = 500;

/** Who is in a project, and what they may do there. It holds at once, also through kubectl. */
export function Members({ project }: { project: string }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const administers = useMe().role === "administrator";
  const [editing, setEditing] = useState<{ user?: string; role: ProjectRole }>();
  const users = api.useQuery("get", "/api/v1/users", { params: { query: { limit: MOST } } });
  const roles = ROLES.map((value) => ({ value, label: common(`role.${value}`) }));
  const columns: Column<Member>[] = [
    {
      key: "user",
      title: common("session.user"),
      render: ({ user }) => (administers ? <Link to={paths.user(user.id)}>{user.name}</Link> : user.name),
      text: ({ user }) => user.name,
    },
    { key: "role", title: t("member.role"), render: ({ role }) => common(`role.${role}`), text: ({ role }) => role },
    { key: "global", title: t("member.global"), render: ({ user }) => common(`role.${user.role}`), text: ({ user }) => user.role },
    {
      key: "actions",
      title: common("table.actions"),
      render: ({ user, role }) => (
        <Space>
          <ReasonButton size="small" onClick={() => setEditing({ user: user.id, role })}>
            {t("member.change")}
          </ReasonButton>
          <ConfirmButton
            size="small"
            danger
            title={t("member.removeTitle", { name: user.name })}
            what={t("member.removeWhat")}
            act={() => read(client.DELETE("/api/v1/projects/{project}/members/{user}", { params: { path: { project, user: user.id } } }))}
            said={t("member.removed", { name: user.name })}
            done={() => void queries.invalidateQueries()}
          >
            {t("member.remove")}
          </ConfirmButton>
        </Space>
      ),
    },
  ];
  const add = (
    <ReasonButton type="primary" icon={<PlusOutlined />} onClick={() => setEditing({ role: ROLES[0] })}>
      {t("member.add")}
    </ReasonButton>
  );
  return (
    <>
      <ServerTable<Member>
        name="members"
        path="/api/v1/projects/{project}/members"
        scope={{ project }}
        read={(question) => read(client.GET("/api/v1/projects/{project}/members", { params: { path: { project }, query: question } }))}
        columns={columns}
        rowKey={({ user }) => user.id}
        searchable={false}
        actions={add}
        empty={<Empty description={t("member.none")} />}
      />
      <FormDialog<{ user: string; role: ProjectRole }, Member>
        open={editing !== undefined}
        close={() => setEditing(undefined)}
        title={editing?.user ? t("member.change") : t("member.add")}
        initial={editing}
        send={({ user, role }) => read(client.PUT("/api/v1/projects/{project}/members/{user}", { params: { path: { project, user } }, body: { role } }))}
        done={() => {
          void message.success(t("saved"));
          void queries.invalidateQueries();
        }}
      >
        <Form.Item name="user" label={common("session.user")} rules={[{ required: true, message: t("member.needUser") }]}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            disabled={Boolean(editing?.user)}
            loading={users.isPending}
            options={(users.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        <Form.Item name="role" label={t("member.role")} extra={t("member.roleHint")}>
          <Select options={roles} />
        </Form.Item>
      </FormDialog>
    </>
  );
}
