// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { App, Card, Descriptions, Space, Spin, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useMe } from "../../session/me";
import { SessionTable } from "../../session/SessionTable";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { Failure } from "../../ui/Failure";
import { FormDialog } from "../../ui/FormDialog";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { ShownOnce } from "../../ui/ShownOnce";
import { Time } from "../../ui/Time";
import { PasswordFields, type PasswordValues } from "./PasswordFields";
import { RoleFields } from "./Users";

type Change = Schemas["UserChange"];

/** One user: role, projects, password and sessions. */
export function UserPage() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const { user: key = "" } = useParams();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const [editing, setEditing] = useState<"role" | "password">();
  const [password, setPassword] = useState<string>();
  const path = { user: key };
  const query = api.useQuery("get", "/api/v1/users/{user}", { params: { path } });
  if (!query.data) return query.error ? <Failure error={query.error} again={() => void query.refetch()} /> : <Spin />;
  const user = query.data;
  const close = () => setEditing(undefined);
  const self = user.id === me.id;
  return (
    <>
      <PageHead
        title={user.name}
        state={<Tag>{common(`role.${user.role}`)}</Tag>}
        actions={
          <>
            <ReasonButton onClick={() => setEditing("role")}>{t("user.change")}</ReasonButton>
            <ReasonButton reason={self ? t("user.ownPassword") : undefined} onClick={() => setEditing("password")}>
              {t("user.reset")}
            </ReasonButton>
            <ConfirmButton
              danger
              reason={self ? t("user.self") : undefined}
              title={t("user.deleteTitle", { name: user.name })}
              what={t("user.deleteWhat")}
              name={user.name}
              act={() => read(client.DELETE("/api/v1/users/{user}", { params: { path } }))}
              said={t("user.deleted", { name: user.name })}
              done={() => {
                go(paths.management("users"));
                void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === "/api/v1/users" });
              }}
            >
              {common("action.delete")}
            </ConfirmButton>
          </>
        }
      />
      <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
        <Card size="small" title={t("namespace.whose")}>
          <Descriptions
            column={{ xs: 1, md: 2 }}
            items={[
              { key: "role", label: t("member.role"), children: `${common(`role.${user.role}`)} — ${t(`user.may.${user.role}`)}` },
              { key: "department", label: common("place.department"), children: user.department?.name ?? t("user.noDepartment") },
              { key: "created", label: common("table.created"), children: <Time at={user.createdAt} /> },
              { key: "must", label: common("session.password"), children: user.mustChangePassword ? t("user.mustChangeStill") : t("user.passwordOwn") },
              {
                key: "projects",
                label: common("menu.projects"),
                children:
                  user.projects.length === 0
                    ? "—"
                    : user.projects.map(({ id, name, role }) => (
                        <Tag key={id}>
                          <Link to={paths.project(id)}>{name}</Link> · {common(`role.${role}`)}
                        </Tag>
                      )),
              },
            ]}
          />
        </Card>
        <Card size="small" title={t("user.sessions")}>
          <SessionTable user={user.id} />
        </Card>
      </Space>
      <FormDialog<Change, Schemas["User"]>
        open={editing === "role"}
        close={close}
        title={t("user.change")}
        initial={{ role: user.role, department: user.department?.id }}
        send={({ role, department }) => read(client.PUT("/api/v1/users/{user}", { params: { path }, body: { role, ...(department && { department }) } }))}
        done={() => {
          void message.success(t("saved"));
          void queries.invalidateQueries();
        }}
      >
        <RoleFields />
      </FormDialog>
      <FormDialog<PasswordValues, Schemas["PasswordSet"]>
        open={editing === "password"}
        close={close}
        title={t("user.reset")}
        ok={t("user.reset")}
        danger
        initial={{ generated: true, mustChangePassword: true }}
        send={({ generated, password: typed, mustChangePassword }) =>
          read(client.PUT("/api/v1/users/{user}/password", { params: { path }, body: { ...(!generated && { password: typed }), mustChangePassword } }))
        }
        done={(set) => {
          void queries.invalidateQueries();
          if (set.password) setPassword(set.password);
          else void message.success(t("saved"));
        }}
      >
        <p>{t("user.resetWhat")}</p>
        <PasswordFields />
      </FormDialog>
      <ShownOnce secret={password} title={t("user.password")} note={t("user.passwordOf", { name: user.name })} close={() => setPassword(undefined)} />
    </>
  );
}
