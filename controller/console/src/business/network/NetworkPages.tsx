// SPDX-License-Identifier: Apache-2.0
import { EditOutlined } from "@ant-design/icons";
import { Button, Card, Table, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { paths } from "../../app/paths";
import { Labels } from "../../ui/Labels";
import { ObjectYaml } from "../../ui/ObjectYaml";
import { useHindrance } from "../../session/rights";
import { useRemoval } from "../act/useRemoval";
import { DetailPage, type Tab } from "../details/DetailPage";
import { Facts, useMetaFacts } from "../details/Facts";
import { PodsOf } from "../details/PodsOf";
import { UsedBy } from "../details/UsedBy";
import { useDetails } from "../details/useDetails";
import { EventTable } from "../Events";
import type { Rows } from "../lists";
import { isPending } from "../Network";
import { ObjectLink } from "../UserList";

/** Edit and delete, for kinds of which nothing else is done. */
export function EditAndDelete({
  cluster,
  namespace,
  resource,
  name,
  ready,
}: {
  cluster: string;
  namespace: string;
  resource: "services" | "ingresses" | "persistentvolumeclaims";
  name: string;
  ready: boolean;
}) {
  const { t: common } = useTranslation();
  const go = useNavigate();
  const removal = useRemoval(cluster, resource);
  const mayNot = useHindrance(cluster)(namespace);
  return (
    <>
      <Tooltip title={mayNot}>
        <Button
          icon={<EditOutlined />}
          disabled={mayNot !== undefined || !ready}
          onClick={() => void go(paths.object(cluster, namespace, resource, name, "edit"))}
        >
          {common("action.edit")}
        </Button>
      </Tooltip>
      <Tooltip title={mayNot}>
        <Button
          danger
          disabled={mayNot !== undefined}
          onClick={() => removal.ask(namespace, name, () => void go(paths.business(cluster, namespace, resource)))}
        >
          {common("action.delete")}
        </Button>
      </Tooltip>
      {removal.dialog}
    </>
  );
}

/** A Service: its addresses and ports, the pods behind it, who uses it. */
export function ServicePage() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster, namespace, name, row, object, instead, notes } = useDetails("services");
  const meta = useMetaFacts(cluster, namespace, object, row);
  if (instead) return instead;
  const selector = Object.entries(row?.selector ?? {});
  const tabs: Tab[] = [
    {
      key: "overview",
      label: t("tab.overview"),
      children: (
        <>
          <Facts
            facts={[
              ...meta,
              [t("service.type"), row?.type ?? "—"],
              [t("service.clusterIp"), row?.clusterIp || "—"],
              [t("service.addresses"), row?.addresses?.join(", ") || (isPending(row?.type, row?.addresses) ? t("service.pending") : "—")],
              [t("service.dns"), `${name}.${namespace}.svc.cluster.local`],
              [t("workload.selector"), <Labels key="s" all of={row?.selector} />],
            ]}
          />
          <Card size="small" title={t("service.ports")}>
            <Table<NonNullable<Rows["services"]["ports"]>[number]>
              size="small"
              pagination={false}
              rowKey={({ port, protocol }) => `${port}/${protocol}`}
              dataSource={row?.ports ?? []}
              columns={[
                { title: t("wizard.portName"), render: (_, one) => one.name ?? "—" },
                { title: t("access.port"), dataIndex: "port" },
                { title: t("wizard.containerPort"), dataIndex: "target" },
                { title: t("access.nodePort"), render: (_, { nodePort }) => nodePort ?? "—" },
                { title: t("wizard.protocol"), dataIndex: "protocol" },
              ]}
            />
          </Card>
        </>
      ),
    },
    { key: "used-by", label: t("tab.usedBy"), children: <UsedBy cluster={cluster} namespace={namespace} resource="services" name={name} /> },
    { key: "events", label: common("menu.events"), children: <EventTable object={`Service/${name}`} namespace={namespace} /> },
    { key: "yaml", label: "YAML", children: <ObjectYaml cluster={cluster} namespace={namespace} resource="services" name={name} /> },
  ];
  if (selector.length > 0) {
    tabs.splice(1, 0, { key: "pods", label: common("menu.pods"), children: <PodsOf labels={selector.map(([key, value]) => `${key}=${value}`).join(",")} /> });
  }
  return (
    <DetailPage
      resource="services"
      name={name}
      notes={notes}
      actions={<EditAndDelete cluster={cluster} namespace={namespace} resource="services" name={name} ready={object !== undefined} />}
      tabs={tabs}
    />
  );
}

/** An Ingress: which hosts and paths lead to which Services. */
export function IngressPage() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster, namespace, name, row, object, instead, notes } = useDetails("ingresses");
  const meta = useMetaFacts(cluster, namespace, object, row);
  if (instead) return instead;
  const lines: ReactNode = (
    <Card size="small" title={t("ingress.paths")}>
      <Table<Rows["ingresses"]["paths"][number]>
        size="small"
        pagination={false}
        rowKey={({ host, path, service }) => `${host}${path}${service}`}
        dataSource={row?.paths ?? []}
        columns={[
          { title: t("ingress.host"), render: (_, { host }) => host ?? "*" },
          { title: t("ingress.path"), render: (_, { path }) => path ?? "/" },
          { title: t("ingress.pathType"), render: (_, { pathType }) => pathType ?? "—" },
          { title: common("menu.services"), render: (_, { service }) => <ObjectLink cluster={cluster} namespace={namespace} kind="Service" name={service} /> },
          { title: t("access.port"), dataIndex: "port" },
        ]}
      />
    </Card>
  );
  return (
    <DetailPage
      resource="ingresses"
      name={name}
      notes={notes}
      actions={<EditAndDelete cluster={cluster} namespace={namespace} resource="ingresses" name={name} ready={object !== undefined} />}
      tabs={[
        {
          key: "overview",
          label: t("tab.overview"),
          children: (
            <>
              <Facts
                facts={[
                  ...meta,
                  [t("ingress.class"), row?.class ?? "—"],
                  [t("service.addresses"), row?.addresses?.join(", ") || "—"],
                  [t("ingress.tls"), row?.tlsHosts?.join(", ") || "—"],
                ]}
              />
              {lines}
            </>
          ),
        },
        { key: "events", label: common("menu.events"), children: <EventTable object={`Ingress/${name}`} namespace={namespace} /> },
        { key: "yaml", label: "YAML", children: <ObjectYaml cluster={cluster} namespace={namespace} resource="ingresses" name={name} /> },
      ]}
    />
  );
}
