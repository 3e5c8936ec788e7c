// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { Spin } from "antd";
import { api, client } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useClusterNames } from "../../app/PlaceChooser";
import { Duration, duration } from "../../ui/Duration";
import { Failure } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { Time } from "../../ui/Time";
import { goesOn, type Operation, OperationView, ProgressState, RetryOperation, useOperationName } from "./OperationView";
import { StepList } from "./StepList";

const SOON_MS = 2_000;

/** What was done with clusters, over all of them. */
export function Operations() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const nameOf = useOperationName();
  const clusters = useClusterNames().data?.items ?? [];
  const columns: Column<Operation>[] = [
    { key: "kind", title: t("operation.what"), render: (one) => <Link to={paths.operation(one.id)}>{nameOf(one)}</Link>, text: ({ kind }) => kind },
    {
      key: "cluster",
      title: common("place.cluster"),
      render: ({ clusterName }) => <Link to={paths.cluster(clusterName)}>{clusterName}</Link>,
      text: ({ clusterName }) => clusterName,
      filter: { name: "cluster", choices: clusters.map(({ name }) => ({ value: name, text: name })), single: true },
    },
    { key: "state", title: common("table.status"), render: ({ state, error }) => <ProgressState of={state} why={error} />, text: ({ state }) => state },
    {
      key: "steps",
      title: t("operation.progress"),
      render: ({ steps }) => t("operation.steps", { done: steps.filter(({ state }) => state === "done").length, count: steps.length }),
    },
    { key: "by", title: t("operation.by"), render: ({ by }) => by ?? "—", text: ({ by }) => by },
    { key: "created", title: t("operation.begun"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
    {
      key: "took",
      title: t("operation.took"),
      render: ({ createdAt, endedAt }) => <Duration from={createdAt} to={endedAt} />,
      text: ({ createdAt, endedAt }) => (endedAt ? duration(Date.parse(endedAt) - Date.parse(createdAt)) : ""),
    },
    { key: "actions", title: common("table.actions"), render: (one) => <RetryOperation operation={one} /> },
  ];
  return (
    <>
      <PageHead title={common("menu.operations")} />
      <ServerTable<Operation>
        name="operations"
        path="/api/v1/operations"
        read={(question) => read(client.GET("/api/v1/operations", { params: { query: question } }))}
        columns={columns}
        rowKey="id"
        searchable={false}
        expand={({ steps }) => <StepList steps={steps} />}
      />
    </>
  );
}

/** One operation, as it goes on. */
export function OperationPage() {
  const { operation = "" } = useParams();
  const nameOf = useOperationName();
  const query = api.useQuery(
    "get",
    "/api/v1/operations/{operation}",
    { params: { path: { operation } } },
    { refetchInterval: ({ state }) => (state.data && goesOn(state.data) ? SOON_MS : false) },
  );
  if (query.error) return <Failure error={query.error} again={() => void query.refetch()} />;
  if (!query.data) return <Spin />;
  return (
    <>
      <PageHead title={`${nameOf(query.data)} · ${query.data.clusterName}`} state={<ProgressState of={query.data.state} />} />
      <OperationView operation={query.data} />
    </>
  );
}
