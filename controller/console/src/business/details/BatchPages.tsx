// SPDX-License-Identifier: Apache-2.0
import { EditOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { paths } from "../../app/paths";
import { ObjectYaml } from "../../ui/ObjectYaml";
import type { Column } from "../../ui/ServerTable";
import { Time } from "../../ui/Time";
import { ActionMenu } from "../../ui/ActionMenu";
import { useActs, type WorkloadRow } from "../act/useActs";
import { Condition } from "../columns";
import { EventTable } from "../Events";
import type { Rows } from "../lists";
import { part } from "../object";
import { ResourceTable } from "../ResourceTable";
import { Containers } from "./Containers";
import { DetailPage } from "./DetailPage";
import { Conditions, type Fact, Facts, useMetaFacts } from "./Facts";
import { PodsOf } from "./PodsOf";
import { useDetails } from "./useDetails";

function seconds(value: unknown): string {
  return value === undefined ? "—" : `${String(value)} s`;
}

/** What a Job's spec says of its runs. */
function useJobFacts(spec: Record<string, unknown>): Fact[] {
  const { t } = useTranslation("business");
  return [
    [t("wizard.completions"), String(spec.completions ?? "—")],
    [t("wizard.parallelism"), String(spec.parallelism ?? 1)],
    [t("wizard.backoffLimit"), String(spec.backoffLimit ?? 6)],
    [t("wizard.deadline"), seconds(spec.activeDeadlineSeconds)],
    [t("wizard.restartPolicy"), String(part(spec, "template", "spec").restartPolicy ?? "—")],
  ];
}

/** A Job: how far it is, its pods. */
export function JobPage() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, namespace, name, row, object, instead, notes } = useDetails("jobs");
  const acts = useActs(cluster, namespace, "jobs");
  const meta = useMetaFacts(cluster, namespace, object, row);
  const spec = useJobFacts(part(object, "spec"));
  if (instead) return instead;
  const target: WorkloadRow = { namespace, name, status: row?.status ?? "running" };
  const facts: Fact[] = [
    ...meta,
    [t("job.succeeded"), `${row?.succeeded ?? 0} / ${row?.completions ?? "—"}`],
    [t("job.active"), row?.active ?? 0],
    [t("job.failed"), row?.failed ?? 0],
    [t("job.started"), <Time key="s" at={row?.startedAt} />],
    [t("job.completed"), <Time key="c" at={row?.completedAt} />],
    ...spec,
  ];
  if (row?.owner) {
    const { kind, name: owner = "" } = row.owner;
    facts.push([
      t("list.owner"),
      kind === "CronJob" ? (
        <Link key="o" to={paths.object(cluster, namespace, "cronjobs", owner)}>
          {owner}
        </Link>
      ) : (
        `${kind}/${owner}`
      ),
    ]);
  }
  return (
    <>
      <DetailPage
        resource="jobs"
        name={name}
        state={row && <Condition status={row.status} condition={row.condition} />}
        notes={notes}
        actions={<ActionMenu primary of={name} choices={acts.choices(target, () => void go(paths.business(cluster, namespace, "jobs")))} />}
        tabs={[
          {
            key: "overview",
            label: t("tab.overview"),
            children: (
              <>
                <Facts facts={facts} />
                <Conditions object={object} />
                {object && <Containers template={part(object, "spec", "template")} cluster={cluster} namespace={namespace} />}
              </>
            ),
          },
          { key: "pods", label: common("menu.pods"), children: <PodsOf owner={`Job/${name}`} /> },
          { key: "events", label: common("menu.events"), children: <EventTable object={`Job/${name}`} namespace={namespace} /> },
          { key: "yaml", label: "YAML", children: <ObjectYaml cluster={cluster} namespace={namespace} resource="jobs" name={name} readOnly /> },
        ]}
      />
      {acts.dialog}
    </>
  );
}

/** A CronJob: when it runs, and the Jobs that it made. */
export function CronJobPage() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, namespace, name, row, object, instead, notes } = useDetails("cronjobs");
  const acts = useActs(cluster, namespace, "cronjobs");
  const meta = useMetaFacts(cluster, namespace, object, row);
  const spec = useJobFacts(part(object, "spec", "jobTemplate", "spec"));
  const { schedule = "" } = part(object, "spec");
  if (instead) return instead;
  const target: WorkloadRow = { namespace, name, status: row?.status ?? "running" };
  const mayNot = acts.hindrance(namespace);
  const facts: Fact[] = [
    ...meta,
    [t("cron.schedule"), <code key="s">{row?.schedule ?? String(schedule)}</code>],
    [t("cron.concurrency"), row?.concurrencyPolicy ?? "—"],
    [t("cron.last"), <Time key="l" at={row?.lastScheduledAt} />],
    [t("job.active"), row?.active ?? 0],
    ...spec,
  ];
  const made: Column<Rows["jobs"]>[] = [
    {
      key: "name",
      title: common("table.name"),
      sort: "name",
      render: (job) => <Link to={paths.object(cluster, job.namespace, "jobs", job.name)}>{job.name}</Link>,
      text: (job) => job.name,
    },
    {
      key: "status",
      title: common("table.status"),
      sort: "status",
      render: (job) => <Condition status={job.status} condition={job.condition} />,
      text: (job) => job.status,
    },
    { key: "succeeded", title: t("job.succeeded"), render: ({ succeeded = 0, completions }) => `${succeeded} / ${completions ?? "—"}` },
    { key: "started", title: t("job.started"), sort: "started", render: ({ startedAt }) => <Time at={startedAt} />, text: ({ startedAt }) => startedAt },
    {
      key: "completed",
      title: t("job.completed"),
      sort: "completed",
      render: ({ completedAt }) => <Time at={completedAt} />,
      text: ({ completedAt }) => completedAt,
    },
  ];
  return (
    <>
      <DetailPage
        resource="cronjobs"
        name={name}
        state={row && <Condition status={row.status} />}
        notes={notes}
        actions={
          <>
            <Tooltip title={mayNot}>
              <Button
                icon={<EditOutlined />}
                disabled={mayNot !== undefined || !object}
                onClick={() => void go(paths.object(cluster, namespace, "cronjobs", name, "edit"))}
              >
                {common("action.edit")}
              </Button>
            </Tooltip>
            <ActionMenu primary of={name} choices={acts.choices(target, () => void go(paths.business(cluster, namespace, "cronjobs")))} />
          </>
        }
        tabs={[
          {
            key: "overview",
            label: t("tab.overview"),
            children: (
              <>
                <Facts facts={facts} />
                {object && <Containers template={part(object, "spec", "jobTemplate", "spec", "template")} cluster={cluster} namespace={namespace} />}
              </>
            ),
          },
          {
            key: "jobs",
            label: common("menu.jobs"),
            children: <ResourceTable list="jobs" columns={made} only={{ owner: `CronJob/${name}` }} hint={t("cron.none")} />,
          },
          { key: "events", label: common("menu.events"), children: <EventTable object={`CronJob/${name}`} namespace={namespace} /> },
          { key: "yaml", label: "YAML", children: <ObjectYaml cluster={cluster} namespace={namespace} resource="cronjobs" name={name} /> },
        ]}
      />
      {acts.dialog}
    </>
  );
}
