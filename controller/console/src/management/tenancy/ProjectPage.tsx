// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Empty, Spin, Table, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { Failure } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { State } from "../../ui/State";
import { ProjectBudget } from "./Budget";
import { Members } from "./Members";
import { NameDialog } from "./NameDialog";

type Project = Schemas["Project"];

const TABS = ["members", "budget", "namespaces"] as const;
const MOST = 500;

/** One project: its members, its budget and its namespaces. */
export function ProjectPage() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const { project = "", tab } = useParams();
  const go = useNavigate();
  const queries = useQueryClient();
  const [renaming, setRenaming] = useState(false);
  const path = { project };
  const query = api.useQuery("get", "/api/v1/projects/{project}", { params: { path } });
  if (!query.data) return query.error ? <Failure error={query.error} again={() => void query.refetch()} /> : <Spin />;
  const { id, name, department } = query.data;
  const at = TABS.find((one) => one === tab) ?? "members";
  const shown = {
    members: () => <Members project={id} />,
    budget: () => <ProjectBudget project={query.data} />,
    namespaces: () => <ProjectNamespaces project={id} />,
  };
  return (
    <>
      <PageHead
        title={name}
        note={
          <>
            {common("place.department")} <Link to={paths.department(department.id)}>{department.name}</Link>
          </>
        }
        actions={
          <>
            <ReasonButton onClick={() => setRenaming(true)}>{t("rename")}</ReasonButton>
            <ConfirmButton
              danger
              title={t("project.deleteTitle", { name })}
              what={t("project.deleteWhat")}
              act={() => read(client.DELETE("/api/v1/projects/{project}", { params: { path } }))}
              said={t("project.deleted", { name })}
              done={() => {
                go(paths.management("projects"));
                void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === "/api/v1/projects" });
              }}
            >
              {common("action.delete")}
            </ConfirmButton>
          </>
        }
      />
      <Tabs
        activeKey={at}
        onChange={(next) => go(paths.project(id, next), { replace: true })}
        items={TABS.map((key) => ({ key, label: t(`project.tab.${key}`), children: key === at ? shown[key]() : null }))}
        destroyOnHidden
      />
      <NameDialog<Project>
        open={renaming}
        close={() => setRenaming(false)}
        title={t("rename")}
        name={name}
        send={(next) => read(client.PUT("/api/v1/projects/{project}", { params: { path }, body: { name: next } }))}
        done={() => {
          void message.success(t("saved"));
          void queries.invalidateQueries();
        }}
      />
    </>
  );
}

/** The API lists namespaces by cluster, not by project: all pages are read and the project's are kept. */
async function namespacesOf(project: string): Promise<Schemas["PlacedNamespace"][]> {
  const own: Schemas["PlacedNamespace"][] = [];
  let cursor: string | undefined;
  do {
    const page = await read(client.GET("/api/v1/namespaces", { params: { query: { limit: MOST, cursor } } }));
    own.push(...page.items.filter((one) => one.project?.id === project));
    cursor = page.nextCursor;
  } while (cursor);
  return own;
}

function ProjectNamespaces({ project }: { project: string }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const query = useQuery({ queryKey: ["get", "/api/v1/namespaces", { project }], queryFn: () => namespacesOf(project) });
  if (query.error) return <Failure error={query.error} again={() => void query.refetch()} />;
  return (
    <Table
      size="middle"
      loading={query.isPending}
      dataSource={query.data ?? []}
      rowKey={({ cluster, name }) => `${cluster.id}/${name}`}
      locale={{ emptyText: query.isPending ? " " : <Empty description={t("project.noNamespace")} /> }}
      pagination={{ hideOnSinglePage: true }}
      columns={[
        { title: common("table.name"), render: (_, { cluster, name }) => <Link to={paths.namespace(cluster.name, name)}>{name}</Link> },
        { title: common("place.cluster"), render: (_, { cluster }) => cluster.name },
        { title: common("table.status"), render: (_, { phase }) => <State of={phase.toLowerCase()} /> },
      ]}
    />
  );
}
