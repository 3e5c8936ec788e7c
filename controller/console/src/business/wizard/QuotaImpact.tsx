// SPDX-License-Identifier: Apache-2.0
import { Alert, Table, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client";
import { paths } from "../../app/paths";
import { useNamespaces } from "../../app/PlaceChooser";
import { useNodeNames } from "../../pods/node_names";
import { manages, useMe } from "../../session/me";
import { bytes } from "../../ui/amounts";
import { Failure } from "../../ui/Failure";
import { Meter } from "../../ui/Meter";
import { type Defaults, demandOfAll, isShort, isShortAtPeak, type Line, linesOf, type Wanted } from "./demand";

/** The words of what quotas limit: quota.of.<word>; what has none is called as Kubernetes calls it. */
const WORDS = {
  pods: "pods",
  "requests.cpu": "requestsCpu",
  "requests.memory": "requestsMemory",
  "limits.cpu": "limitsCpu",
  "limits.memory": "limitsMemory",
  "requests.storage": "storage",
  persistentvolumeclaims: "persistentvolumeclaims",
  services: "services",
  configmaps: "configmaps",
  secrets: "secrets",
  "count/deployments.apps": "deployments",
  "count/statefulsets.apps": "statefulsets",
  "count/jobs.batch": "jobs",
  "count/cronjobs.batch": "cronjobs",
  "count/ingresses.networking.k8s.io": "ingresses",
} as const;

function amount(resource: string, of: number): string {
  return /memory|storage/.test(resource) ? bytes(of) : String(Math.round(of * 1000) / 1000);
}

/** What objects take of the quotas of their namespaces, and who may raise one that they exceed. */
export function QuotaImpact({ cluster, wanted }: { cluster: string; wanted: Wanted[] }) {
  const namespaces = [...new Set(wanted.map(({ object }) => object.metadata.namespace ?? ""))].filter((name) => name !== "");
  return namespaces.map((namespace) => (
    <OfNamespace
      key={namespace}
      cluster={cluster}
      namespace={namespace}
      named={namespaces.length > 1}
      wanted={wanted.filter(({ object }) => object.metadata.namespace === namespace)}
    />
  ));
}

function OfNamespace({ cluster, namespace, named, wanted }: { cluster: string; namespace: string; named: boolean; wanted: Wanted[] }) {
  const { t } = useTranslation("business");
  const me = useMe();
  const params = { path: { cluster }, query: { namespace, limit: 100 } };
  const quotas = api.useQuery("get", "/api/v1/clusters/{cluster}/resourcequotas", { params });
  const ranges = api.useQuery("get", "/api/v1/clusters/{cluster}/limitranges", { params });
  const there = wanted.some(({ base }) => base !== undefined); // what is there already may have an autoscaler
  const scalers = api.useQuery("get", "/api/v1/clusters/{cluster}/horizontalpodautoscalers", { params }, { enabled: there });
  const scaledTo = Object.fromEntries((scalers.data?.items ?? []).map(({ target, max }) => [`${target.kind}/${target.name}`, max]));
  const nodes = useNodeNames(cluster).length || undefined;
  const placed = useNamespaces().data?.items.find((one) => one.cluster.name === cluster && one.name === namespace);
  if (quotas.error) return <Failure error={quotas.error} again={() => void quotas.refetch()} inline />;
  const limits = ranges.data?.items.flatMap((one) => one.limits).find(({ type }) => type === "Container");
  const defaults: Defaults = { requests: limits?.defaultRequest ?? limits?.default, limits: limits?.default };
  const lines = linesOf(quotas.data?.items ?? [], demandOfAll(wanted, { defaults, nodes, scaledTo }));
  if (lines.length === 0) return null;
  const higher = lines.some(({ more, peak }) => peak > more);
  const words = (resource: string) => (resource in WORDS ? t(`quota.of.${WORDS[resource as keyof typeof WORDS]}`) : resource);
  const department = placed?.department?.name;
  const after = (line: Line, more: number, isTooMuch: boolean) => {
    const amounts = [Math.max(0, line.used + more), line.hard];
    const text = <Typography.Text type={isTooMuch ? "danger" : undefined}>{amounts.map((of) => amount(line.resource, of)).join(" / ")}</Typography.Text>;
    return <Meter label={words(line.resource)} share={line.hard === 0 ? Number(amounts[0] > 0) : amounts[0] / line.hard} text={text} />;
  };
  const raise = (
    <>
      {department ? t("quota.raise", { department }) : t("quota.raiseAdministrators")}{" "}
      {manages(me) && <Link to={paths.namespace(cluster, namespace)}>{t("quota.open")}</Link>}
    </>
  );
  const everywhere = wanted.some(({ object, base }) => object.kind === "DaemonSet" && !base);
  return (
    <>
      {named && <Typography.Text strong>{namespace}</Typography.Text>}
      {lines.some(isShort) && <Alert type="error" showIcon title={t("quota.short")} description={raise} />}
      {!lines.some(isShort) && lines.some(isShortAtPeak) && <Alert type="warning" showIcon title={t("quota.shortAtPeak")} description={raise} />}
      <Table<Line>
        size="small"
        pagination={false}
        rowKey={({ resource, hard }) => `${resource}/${hard}`}
        dataSource={lines}
        columns={[
          { title: t("quota.resource"), render: (_, { resource }) => words(resource) },
          { title: t("quota.used"), render: (_, { resource, used }) => amount(resource, used) },
          {
            title: t("quota.more"),
            render: (_, line) => (
              <Typography.Text type={isShort(line) ? "danger" : undefined} strong={isShort(line)}>
                {line.more === 0 ? "" : line.more > 0 ? "+" : "−"}
                {amount(line.resource, Math.abs(line.more))}
              </Typography.Text>
            ),
          },
          {
            title: t("quota.after"),
            width: 200,
            render: (_, line) => after(line, line.more, isShort(line)),
          },
          ...(higher
            ? [
                {
                  title: t("quota.peak"),
                  width: 200,
                  render: (_: unknown, line: Line) => line.peak > line.more && after(line, line.peak, line.used + line.peak > line.hard),
                },
              ]
            : []),
        ]}
      />
      {higher && <Typography.Text type="secondary">{t("quota.peakNote")}</Typography.Text>}
      {everywhere && <Typography.Text type="secondary">{nodes ? t("quota.nodes", { count: nodes }) : t("quota.oneNode")}</Typography.Text>}
    </>
  );
}
