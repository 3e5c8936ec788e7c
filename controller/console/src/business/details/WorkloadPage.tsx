// SPDX-License-Identifier: Apache-2.0
import { EditOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { paths } from "../../app/paths";
import { Labels } from "../../ui/Labels";
import { ObjectYaml } from "../../ui/ObjectYaml";
import { ActionMenu } from "../../ui/ActionMenu";
import { useActs, type WorkloadRow } from "../act/useActs";
import { AutoscalerTab } from "../autoscaling/AutoscalerTab";
import { Condition } from "../columns";
import { EventTable } from "../Events";
import { kindOf } from "../kinds";
import type { Rows } from "../lists";
import { type KubernetesObject, part } from "../object";
import { CanaryTab } from "./CanaryTab";
import { Containers } from "./Containers";
import { DetailPage, type Tab } from "./DetailPage";
import { Conditions, type Fact, Facts, useMetaFacts } from "./Facts";
import { PodsOf } from "./PodsOf";
import { Revisions } from "./Revisions";
import { ServicesOf } from "./ServicesOf";
import { useDetails } from "./useDetails";

type Lasting = "deployments" | "statefulsets" | "daemonsets";

const CANARY_OF = "slipway.io/canary-of";

/** A Deployment, StatefulSet or DaemonSet: how it stands, its pods, its past, what is before it. */
export function WorkloadPage({ kind }: { kind: Lasting }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, namespace, name, row, object, instead, notes } = useDetails(kind);
  const acts = useActs(cluster, namespace, kind);
  if (instead) return instead;

  const selector = row?.selector ?? (part(object, "spec", "selector", "matchLabels") as Record<string, string>);
  const podLabels = row?.podLabels ?? (part(object, "spec", "template", "metadata", "labels") as Record<string, string>);
  const target: WorkloadRow = { namespace, name, status: row?.status ?? "running", paused: row?.paused, desired: row?.desired };
  const mayNot = acts.hindrance(namespace);
  const list = paths.business(cluster, namespace, kind);
  const tabs: Tab[] = [
    { key: "overview", label: t("tab.overview"), children: <Overview cluster={cluster} namespace={namespace} row={row} object={object} /> },
    {
      key: "pods",
      label: common("menu.pods"),
      children: (
        <PodsOf
          labels={Object.entries(selector)
            .map(([key, value]) => `${key}=${value}`)
            .join(",")}
        />
      ),
    },
    { key: "services", label: t("tab.services"), children: <ServicesOf cluster={cluster} namespace={namespace} labels={podLabels} /> },
    {
      key: "revisions",
      label: t("tab.revisions"),
      children: (
        <Revisions
          cluster={cluster}
          namespace={namespace}
          kind={kind}
          name={name}
          hindered={acts.hindered(target, "rollback")}
          rollBack={(revision) => acts.ask("rollback", [target], { revision })}
        />
      ),
    },
  ];
  if (kind === "deployments" && !object?.metadata.labels?.[CANARY_OF]) {
    tabs.push({
      key: "autoscaler",
      label: t("tab.autoscaler"),
      children: <AutoscalerTab cluster={cluster} namespace={namespace} name={name} hindered={mayNot} />,
    });
    tabs.push({ key: "canary", label: t("tab.canary"), children: <CanaryTab cluster={cluster} namespace={namespace} name={name} hindered={mayNot} /> });
  }
  tabs.push(
    { key: "events", label: common("menu.events"), children: <EventTable object={`${kindOf(kind)}/${name}`} namespace={namespace} /> },
    { key: "yaml", label: "YAML", children: <ObjectYaml cluster={cluster} namespace={namespace} resource={kind} name={name} /> },
  );
  return (
    <>
      <DetailPage
        resource={kind}
        name={name}
        state={row && <Condition status={row.status} condition={row.condition} />}
        notes={notes}
        tabs={tabs}
        actions={
          <>
            <Tooltip title={mayNot}>
              <Button
                icon={<EditOutlined />}
                disabled={mayNot !== undefined || !object}
                onClick={() => void go(paths.object(cluster, namespace, kind, name, "edit"))}
              >
                {common("action.edit")}
              </Button>
            </Tooltip>
            <ActionMenu primary of={name} choices={acts.choices(target, () => void go(list))} />
          </>
        }
      />
      {acts.dialog}
    </>
  );
}

function Overview({ cluster, namespace, row, object }: { cluster: string; namespace: string; row?: Rows[Lasting]; object?: KubernetesObject }) {
  const { t } = useTranslation("business");
  const meta = useMetaFacts(cluster, namespace, object, row);
  const strategy = { ...part(object, "spec", "strategy"), ...part(object, "spec", "updateStrategy") };
  const rolling = Object.entries(part(strategy, "rollingUpdate")).map(([key, value]) => `${key} ${String(value)}`);
  const facts: Fact[] = [
    ...meta,
    [t("workload.ready"), row ? `${row.ready} / ${row.desired}` : "—"],
    [t("workload.updated"), row?.updated ?? "—"],
    [t("workload.available"), row?.available ?? "—"],
    [t("workload.strategy"), [row?.strategy ?? strategy.type, rolling.join(", ")].filter(Boolean).join(" · ") || "—"],
    [t("workload.selector"), <Labels key="s" all of={row?.selector} />],
    [t("details.podLabels"), <Labels key="p" all of={row?.podLabels} />],
  ];
  if (row?.stoppedReplicas) facts.push([t("details.stopped"), t("workload.stoppedReplicas", { count: row.stoppedReplicas })]);
  return (
    <>
      <Facts facts={facts} />
      <Conditions object={object} />
      {object && <Containers template={part(object, "spec", "template")} cluster={cluster} namespace={namespace} />}
    </>
  );
}
