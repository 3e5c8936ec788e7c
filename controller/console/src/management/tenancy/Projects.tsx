// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Empty, Form, Input, Select } from "antd";
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
import { Time } from "../../ui/Time";
import { useDepartments } from "./ProjectSelect";

type Project = Schemas["Project"];

const LONGEST = 100;

/** Projects, of all departments or of one. */
export function ProjectTable({ department }: { department?: string }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const departments = useDepartments().data?.items ?? [];
  const columns: Column<Project>[] = [
    { key: "name", title: common("table.name"), render: ({ id, name }) => <Link to={paths.project(id)}>{name}</Link>, text: ({ name }) => name },
    ...(department
      ? []
      : [
          {
            key: "department",
            title: common("place.department"),
            render: (one: Project) => <Link to={paths.department(one.department.id)}>{one.department.name}</Link>,
            text: (one: Project) => one.department.name,
            filter: { name: "department", choices: departments.map(({ id, name }) => ({ value: id, text: name })), single: true },
          },
        ]),
    { key: "created", title: common("table.created"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
  ];
  const create = (
    <ReasonButton
      type="primary"
      icon={<PlusOutlined />}
      reason={departments.length === 0 ? t("project.needDepartmentFirst") : undefined}
      onClick={() => setMaking(true)}
    >
      {t("project.create")}
    </ReasonButton>
  );
  return (
    <>
      <ServerTable<Project>
        name="projects"
        path="/api/v1/projects"
        scope={{ department }}
        read={(question) => read(client.GET("/api/v1/projects", { params: { query: { ...question, ...(department && { department }) } } }))}
        columns={columns}
        rowKey="id"
        searchable={false}
        actions={create}
        empty={<Empty description={departments.length === 0 ? t("project.needDepartmentFirst") : t("project.none")} />}
      />
      <FormDialog<{ name: string; department: string }, Project>
        open={making}
        close={() => setMaking(false)}
        title={t("project.create")}
        ok={common("action.create")}
        initial={{ department: department ?? (me.department?.id || (departments.length === 1 ? departments[0].id : undefined)) }}
        send={(values) => read(client.POST("/api/v1/projects", { body: { name: values.name.trim(), department: values.department } }))}
        done={({ id }) => {
          void queries.invalidateQueries();
          go(paths.project(id));
        }}
      >
        <Form.Item name="name" label={common("table.name")} rules={[{ required: true, whitespace: true, message: t("newCluster.needName") }]}>
          <Input autoFocus maxLength={LONGEST} />
        </Form.Item>
        <Form.Item name="department" label={common("place.department")} rules={[{ required: true, message: t("project.needDepartment") }]}>
          <Select disabled={Boolean(department)} options={departments.map(({ id, name }) => ({ value: id, label: name }))} />
        </Form.Item>
      </FormDialog>
    </>
  );
}

export function Projects() {
  const { t: common } = useTranslation();
  return (
    <>
      <PageHead title={common("menu.projects")} />
      <ProjectTable />
    </>
  );
}
