// SPDX-License-Identifier: Apache-2.0
import { Button, Space, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import type { Column } from "../ui/ServerTable";
import { Time } from "../ui/Time";
import { ActionMenu } from "../ui/ActionMenu";
import type { Action } from "./act/rules";
import { useActs, type WorkloadRow } from "./act/useActs";
import { Condition, Images, useMetaColumns } from "./columns";
import type { WorkloadPlural } from "./kinds";
import type { Rows } from "./lists";
import { ListPage, ResourceTable, useStateChoices } from "./ResourceTable";

type Lasting = "deployments" | "statefulsets" | "daemonsets";

/** Deployments, StatefulSets or DaemonSets. */
export function Workloads({ kind }: { kind: Lasting }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const states = useStateChoices(["running", "stopped", "not_ready", "processing"]);
  const { before, after } = useMetaColumns<Rows[Lasting]>(kind);
  const columns: Column<Rows[Lasting]>[] = [
    ...before,
    {
      key: "status",
      title: common("table.status"),
      sort: "status",
      filter: { name: "status", choices: states },
      render: (row) => <Condition status={row.status} condition={row.condition} />,
      text: ({ status }) => status,
    },
    {
      key: "ready",
      title: t("workload.ready"),
      sort: "ready",
      render: ({ ready, desired, stoppedReplicas }) => (
        <Tooltip title={stoppedReplicas ? t("workload.stoppedReplicas", { count: stoppedReplicas }) : undefined}>
          {ready} / {desired}
        </Tooltip>
      ),
      text: ({ ready, desired }) => `${ready}/${desired}`,
    },
    { key: "updated", title: t("workload.updated"), hidden: true, render: ({ updated }) => updated, text: ({ updated }) => updated },
    { key: "available", title: t("workload.available"), hidden: true, render: ({ available }) => available, text: ({ available }) => available },
    { key: "images", title: t("workload.images"), render: ({ images }) => <Images of={images} />, text: ({ images }) => images?.join(" ") },
    { key: "strategy", title: t("workload.strategy"), hidden: true, render: ({ strategy }) => strategy ?? "—", text: ({ strategy }) => strategy },
    ...after,
  ];
  return <WorkloadList kind={kind} columns={columns} bulk={["start", "stop", "redeploy", "delete"]} />;
}

/** Jobs: what runs to an end. */
export function Jobs() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const states = useStateChoices(["running", "complete", "failed", "suspended"]);
  const { before, after } = useMetaColumns<Rows["jobs"]>("jobs");
  const columns: Column<Rows["jobs"]>[] = [
    ...before,
    {
      key: "status",
      title: common("table.status"),
      sort: "status",
      filter: { name: "status", choices: states },
      render: (row) => <Condition status={row.status} condition={row.condition} />,
      text: ({ status }) => status,
    },
    {
      key: "succeeded",
      title: t("job.succeeded"),
      render: ({ succeeded = 0, completions }) => `${succeeded} / ${completions ?? "—"}`,
      text: ({ succeeded = 0, completions }) => `${succeeded}/${completions ?? ""}`,
    },
    { key: "active", title: t("job.active"), render: ({ active = 0, parallelism }) => `${active} / ${parallelism ?? 1}`, text: ({ active }) => active },
    { key: "failed", title: t("job.failed"), render: ({ failed = 0 }) => failed, text: ({ failed = 0 }) => failed },
    { key: "owner", title: t("list.owner"), render: ({ owner }) => (owner ? `${owner.kind}/${owner.name}` : "—"), text: ({ owner }) => owner?.name },
    { key: "images", title: t("workload.images"), render: ({ images }) => <Images of={images} />, text: ({ images }) => images?.join(" ") },
    { key: "started", title: t("job.started"), sort: "started", render: ({ startedAt }) => <Time at={startedAt} />, text: ({ startedAt }) => startedAt },
    {
      key: "completed",
      title: t("job.completed"),
      sort: "completed",
      render: ({ completedAt }) => <Time at={completedAt} />,
      text: ({ completedAt }) => completedAt,
    },
    ...after,
  ];
  return <WorkloadList kind="jobs" columns={columns} bulk={["delete"]} />;
}

/** CronJobs: what makes Jobs by the clock. */
export function CronJobs() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const states = useStateChoices(["running", "suspended"]);
  const { before, after } = useMetaColumns<Rows["cronjobs"]>("cronjobs");
  const columns: Column<Rows["cronjobs"]>[] = [
    ...before,
    {
      key: "status",
      title: common("table.status"),
      sort: "status",
      filter: { name: "status", choices: states },
      render: (row) => <Condition status={row.status} />,
      text: ({ status }) => status,
    },
    { key: "schedule", title: t("cron.schedule"), render: ({ schedule }) => <code>{schedule}</code>, text: ({ schedule }) => schedule },
    {
      key: "concurrency",
      title: t("cron.concurrency"),
      render: ({ concurrencyPolicy }) => concurrencyPolicy ?? "—",
      text: ({ concurrencyPolicy }) => concurrencyPolicy,
    },
    { key: "active", title: t("job.active"), render: ({ active = 0 }) => active, text: ({ active = 0 }) => active },
    {
      key: "last",
      title: t("cron.last"),
      sort: "lastScheduled",
      render: ({ lastScheduledAt }) => <Time at={lastScheduledAt} />,
      text: ({ lastScheduledAt }) => lastScheduledAt,
    },
    { key: "images", title: t("workload.images"), render: ({ images }) => <Images of={images} />, text: ({ images }) => images?.join(" ") },
    ...after,
  ];
  return <WorkloadList kind="cronjobs" columns={columns} bulk={["run", "suspend", "resume", "delete"]} />;
}

/** One list of workloads with what may be done to one row and to many. */
function WorkloadList<Kind extends WorkloadPlural>({ kind, columns, bulk }: { kind: Kind; columns: Column<Rows[Kind]>[]; bulk: Action[] }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, namespace, segment } = usePlace();
  const [chosen, choose] = useState<Rows[Kind][]>([]);
  const acts = useActs(cluster, namespace, kind);
  const word = common(`menu.${kind}`);
  const all: Column<Rows[Kind]>[] = [
    ...columns,
    { key: "actions", title: common("table.actions"), render: (row) => <ActionMenu of={row.name} choices={acts.choices(row as WorkloadRow)} /> },
  ];
  return (
    <ListPage title={word}>
      <ResourceTable<Kind>
        list={kind}
        columns={all}
        create={{ text: t("list.create", { kind: t(`kind.${kind}`) }), start: () => go(paths.create(cluster, segment, kind)) }}
        hint={t(`about.${kind}`)}
        selection={{
          chosen,
          choose,
          disabled: (row) => acts.hindrance((row as WorkloadRow).namespace) !== undefined,
          actions: (
            <Space.Compact>
              {bulk.map((action) => (
                <Button key={action} danger={action === "delete"} onClick={() => acts.ask(action, chosen as WorkloadRow[], undefined, () => choose([]))}>
                  {t(`action.${action}`)}
                </Button>
              ))}
            </Space.Compact>
          ),
        }}
      />
      {acts.dialog}
    </ListPage>
  );
}
