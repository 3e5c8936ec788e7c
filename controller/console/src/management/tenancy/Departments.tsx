// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Card, Empty, Space, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useMe } from "../../session/me";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { Failure } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { Time } from "../../ui/Time";
import { DepartmentBudget } from "./Budget";
import { NameDialog } from "./NameDialog";
import { ProjectTable } from "./Projects";

type Department = Schemas["Department"];

/** All departments, and the way to a new one. */
export function Departments() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const columns: Column<Department>[] = [
    { key: "name", title: common("table.name"), render: ({ id, name }) => <Link to={paths.department(id)}>{name}</Link>, text: ({ name }) => name },
    { key: "created", title: common("table.created"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
  ];
  const create = (
    <ReasonButton
      type="primary"
      icon={<PlusOutlined />}
      reason={me.role === "administrator" ? undefined : t("onlyAdministrators")}
      onClick={() => setMaking(true)}
    >
      {t("department.create")}
    </ReasonButton>
  );
  return (
    <>
      <PageHead title={common("menu.departments")} />
      <ServerTable<Department>
        name="departments"
        path="/api/v1/departments"
        read={(question) => read(client.GET("/api/v1/departments", { params: { query: question } }))}
        columns={columns}
        rowKey="id"
        searchable={false}
        actions={create}
        empty={<Empty description={t("department.none")}>{create}</Empty>}
      />
      <NameDialog<Department>
        open={making}
        close={() => setMaking(false)}
        title={t("department.create")}
        ok={common("action.create")}
        send={(name) => read(client.POST("/api/v1/departments", { body: { name } }))}
        done={({ id }) => {
          void queries.invalidateQueries();
          go(paths.department(id));
        }}
      />
    </>
  );
}

/** One department: its budget and its projects. */
export function DepartmentPage() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const { department = "" } = useParams();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const [renaming, setRenaming] = useState(false);
  const path = { department };
  const query = api.useQuery("get", "/api/v1/departments/{department}", { params: { path } });
  if (!query.data) return query.error ? <Failure error={query.error} again={() => void query.refetch()} /> : <Spin />;
  const { id, name, createdAt } = query.data;
  const reason = me.role === "administrator" ? undefined : t("onlyAdministrators");
  return (
    <>
      <PageHead
        title={name}
        note={
          <>
            {common("table.created")} <Time at={createdAt} />
          </>
        }
        actions={
          <>
            <ReasonButton reason={reason} onClick={() => setRenaming(true)}>
              {t("rename")}
            </ReasonButton>
            <ConfirmButton
              danger
              reason={reason}
              title={t("department.deleteTitle", { name })}
              what={t("department.deleteWhat")}
              act={() => read(client.DELETE("/api/v1/departments/{department}", { params: { path } }))}
              said={t("department.deleted", { name })}
              done={() => {
                go(paths.management("departments"));
                void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === "/api/v1/departments" });
              }}
            >
              {common("action.delete")}
            </ConfirmButton>
          </>
        }
      />
      <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
        <DepartmentBudget department={id} reason={reason} />
        <Card size="small" title={common("menu.projects")}>
          <ProjectTable department={id} />
        </Card>
      </Space>
      <NameDialog<Department>
        open={renaming}
        close={() => setRenaming(false)}
        title={t("rename")}
        name={name}
        send={(next) => read(client.PUT("/api/v1/departments/{department}", { params: { path: { department: id } }, body: { name: next } }))}
        done={() => {
          void message.success(t("saved"));
          void queries.invalidateQueries();
        }}
      />
    </>
  );
}
