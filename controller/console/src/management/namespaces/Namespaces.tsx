// SPDX-License-Identifier: Apache-2.0
import { CodeOutlined, PlusOutlined } from "@ant-design/icons";
import { Empty } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { ALL, paths } from "../../app/paths";
import { useClusterNames } from "../../app/PlaceChooser";
import { usePreferences } from "../../app/preferences";
import { useMe } from "../../session/me";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";

type Namespace = Schemas["PlacedNamespace"];

/** The namespaces of all clusters, with whom they belong to. */
export function Namespaces() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const me = useMe();
  const { cluster: kept } = usePreferences();
  const clusters = useClusterNames().data?.items ?? [];
  const create = (
    <ReasonButton
      type="primary"
      icon={<PlusOutlined />}
      reason={clusters.length === 0 ? common("place.noCluster") : undefined}
      onClick={() => go(paths.newNamespace)}
    >
      {t("namespace.create")}
    </ReasonButton>
  );
  // what a manifest makes is asked for in the user's name, and the API server lets administrators alone make a namespace
  const byYaml = (
    <ReasonButton
      icon={<CodeOutlined />}
      reason={me.role === "administrator" ? (clusters.length === 0 ? common("place.noCluster") : undefined) : t("onlyAdministrators")}
      onClick={() => go(paths.business(clusters.find(({ name }) => name === kept)?.name ?? clusters[0].name, ALL, "yaml"))}
    >
      {t("namespace.byYaml")}
    </ReasonButton>
  );
  const columns: Column<Namespace>[] = [
    {
      key: "name",
      title: common("table.name"),
      render: ({ name, cluster }) => <Link to={paths.namespace(cluster.name, name)}>{name}</Link>,
      text: ({ name }) => name,
    },
    {
      key: "cluster",
      title: common("place.cluster"),
      render: ({ cluster }) => cluster.name,
      text: ({ cluster }) => cluster.name,
      filter: { name: "cluster", choices: clusters.map(({ name }) => ({ value: name, text: name })), single: true },
    },
    { key: "department", title: common("place.department"), render: ({ department }) => department?.name ?? "—", text: ({ department }) => department?.name },
    {
      key: "project",
      title: common("place.project"),
      render: ({ project }) => (project ? <Link to={paths.project(project.id)}>{project.name}</Link> : "—"),
      text: ({ project }) => project?.name,
    },
    { key: "phase", title: common("table.status"), render: ({ phase }) => <State of={phase.toLowerCase()} />, text: ({ phase }) => phase },
    { key: "created", title: common("table.created"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
    {
      key: "actions",
      title: common("table.actions"),
      render: ({ cluster, name }) => <Link to={paths.business(cluster.name, name, "applications")}>{t("namespace.open")}</Link>,
    },
  ];
  return (
    <>
      <PageHead title={common("menu.namespaces")} />
      <ServerTable<Namespace>
        name="namespaces"
        path="/api/v1/namespaces"
        read={(question) => read(client.GET("/api/v1/namespaces", { params: { query: question } }))}
        columns={columns}
        rowKey={({ cluster, name }) => `${cluster.id}/${name}`}
        searchable={false}
        actions={
          <>
            {byYaml}
            {create}
          </>
        }
        empty={<Empty description={t("namespace.none")}>{create}</Empty>}
      />
    </>
  );
}
