// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useMe } from "../../session/me";
import { FormDialog } from "../../ui/FormDialog";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { ShownOnce } from "../../ui/ShownOnce";
import { Time } from "../../ui/Time";
import { PasswordFields, type PasswordValues } from "./PasswordFields";
import { useDepartments } from "./ProjectSelect";

type User = Schemas["User"];
type Role = Schemas["Role"];

interface Values extends PasswordValues {
  name: string;
  role: Role;
  department?: string;
}

const NAME = /^[A-Za-z0-9.@_-]{1,64}$/;
const ROLES: Role[] = ["administrator", "department_administrator", "project_member", "read_only"];

/** Role and department; a department administrator has a department. */
export function RoleFields() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const departments = useDepartments().data?.items ?? [];
  const role = Form.useWatch<Role | undefined>("role");
  const needed = role === "department_administrator";
  return (
    <>
      <Form.Item name="role" label={t("member.role")} extra={role && t(`user.may.${role}`)} rules={[{ required: true }]}>
        <Select options={ROLES.map((value) => ({ value, label: common(`role.${value}`) }))} />
      </Form.Item>
      <Form.Item name="department" label={common("place.department")} rules={[{ required: needed, message: t("project.needDepartment") }]}>
        <Select allowClear={!needed} placeholder={t("user.noDepartment")} options={departments.map(({ id, name }) => ({ value: id, label: name }))} />
      </Form.Item>
    </>
  );
}

/** All users that the caller administers. */
export function Users() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Schemas["NewUser"]>();
  const departments = useDepartments().data?.items ?? [];
  const administers = me.role === "administrator";
  const columns: Column<User>[] = [
    {
      key: "name",
      title: common("session.user"),
      render: ({ id, name }) => (administers ? <Link to={paths.user(id)}>{name}</Link> : name),
      text: ({ name }) => name,
    },
    { key: "role", title: t("member.role"), render: ({ role }) => common(`role.${role}`), text: ({ role }) => role },
    {
      key: "department",
      title: common("place.department"),
      render: ({ department }) => department?.name ?? "—",
      text: ({ department }) => department?.name,
      filter: { name: "department", choices: departments.map(({ id, name }) => ({ value: id, text: name })), single: true },
    },
    {
      key: "projects",
      title: common("menu.projects"),
      render: ({ projects }) =>
        projects.length === 0
          ? "—"
          : projects.map(({ id, name, role }) => (
              <Tag key={id}>
                <Link to={paths.project(id)}>{name}</Link> · {common(`role.${role}`)}
              </Tag>
            )),
      text: ({ projects }) => projects.map(({ name }) => name).join(" "),
    },
    { key: "created", title: common("table.created"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
  ];
  return (
    <>
      <PageHead title={common("menu.users")} />
      <ServerTable<User>
        name="users"
        path="/api/v1/users"
        read={(question) => read(client.GET("/api/v1/users", { params: { query: question } }))}
        columns={columns}
        rowKey="id"
        searchable={false}
        actions={
          <ReasonButton type="primary" icon={<PlusOutlined />} reason={administers ? undefined : t("onlyAdministrators")} onClick={() => setMaking(true)}>
            {t("user.create")}
          </ReasonButton>
        }
      />
      <FormDialog<Values, Schemas["NewUser"]>
        open={making}
        close={() => setMaking(false)}
        title={t("user.create")}
        ok={common("action.create")}
        initial={{ role: "project_member", generated: true, mustChangePassword: true }}
        send={({ name, role, department, generated, password, mustChangePassword }) =>
          read(client.POST("/api/v1/users", { body: { name, role, ...(department && { department }), ...(!generated && { password }), mustChangePassword } }))
        }
        done={(user) => {
          void queries.invalidateQueries();
          if (user.password) setMade(user);
          else go(paths.user(user.id));
        }}
      >
        <Form.Item
          name="name"
          label={common("session.user")}
          rules={[
            { required: true, message: common("session.needUser") },
            { pattern: NAME, message: t("user.nameRule") },
          ]}
        >
          <Input autoFocus autoComplete="off" maxLength={64} />
        </Form.Item>
        <RoleFields />
        <PasswordFields />
      </FormDialog>
      <ShownOnce
        secret={made?.password}
        title={t("user.password")}
        note={made && t("user.passwordOf", { name: made.name })}
        close={() => {
          if (made) go(paths.user(made.id));
          setMade(undefined);
        }}
      />
    </>
  );
}
