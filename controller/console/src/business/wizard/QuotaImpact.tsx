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
import { type Defaults, demandOfAll, type Line, linesOf, type Wanted } from "./demand";

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
  const nodes = useNodeNames(cluster).length || undefined;
  const placed = useNamespaces().data?.items.find((one) => one.cluster.name === cluster && one.name === namespace);
  if (quotas.error) return <Failure error={quotas.error} again={() => void quotas.refetch()} inline />;
  const limits = ranges.data?.items.flatMap((one) => one.limits).find(({ type }) => type === "Container");
  const defaults: Defaults = { requests: limits?.defaultRequest ?? limits?.default, limits: limits?.default };
  const lines = linesOf(quotas.data?.items ?? [], demandOfAll(wanted, { defaults, nodes }));
  if (lines.length === 0) return null;
  const short = ({ hard, used, more }: Line) => more > 0 && used + more > hard;
  const words = (resource: string) => (resource in WORDS ? t(`quota.of.${WORDS[resource as keyof typeof WORDS]}`) : resource);
  const department = placed?.department?.name;
  const everywhere = wanted.some(({ object, base }) => object.kind === "DaemonSet" && !base);
  return (
    <>
      {named && <Typography.Text strong>{namespace}</Typography.Text>}
      {lines.some(short) && (
        <Alert
          type="error"
          showIcon
          title={t("quota.short")}
          description={
            <>
              {department ? t("quota.raise", { department }) : t("quota.raiseAdministrators")}{" "}
              {manages(me) && <Link to={paths.namespace(cluster, namespace)}>{t("quota.open")}</Link>}
            </>
          }
        />
      )}
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
              <Typography.Text type={short(line) ? "danger" : undefined} strong={short(line)}>
                {line.more > 0 ? "+" : "−"}
                {amount(line.resource, Math.abs(line.more))}
              </Typography.Text>
            ),
          },
          {
            title: t("quota.after"),
            width: 260,
            render: (_, line) => {
              const after = Math.max(0, line.used + line.more);
              const share = line.hard === 0 ? Number(after > 0) : after / line.hard;
              const text = (
                <Typography.Text type={short(line) ? "danger" : undefined}>
                  {amount(line.resource, after)} / {amount(line.resource, line.hard)}
                </Typography.Text>
              );
              return <Meter label={words(line.resource)} share={share} text={text} />;
            },
          },
        ]}
      />
      {everywhere && <Typography.Text type="secondary">{nodes ? t("quota.nodes", { count: nodes }) : t("quota.oneNode")}</Typography.Text>}
    </>
  );
}
