// SPDX-License-Identifier: Apache-2.0
import { Card, Empty, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../app/paths";
import { Labels } from "../../ui/Labels";
import { ObjectLink } from "../UserList";

type Details = Schemas["ApplicationDetails"];

interface Route {
  host?: string;
  path?: string;
  service?: string;
  port?: string;
}

/** What leads to the application: its Ingresses, the Services that they lead to, the workloads that these select. */
export function ApplicationNetwork({ application, cluster, namespace }: { application: Details; cluster: string; namespace: string }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  return (
    <>
      <Card size="small" title={common("menu.services")} style={{ marginBottom: 16 }}>
        <Table<Details["services"][number]>
          size="middle"
          pagination={false}
          rowKey="name"
          dataSource={application.services}
          scroll={{ x: "max-content" }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("application.noServices")} /> }}
          columns={[
            { title: common("table.name"), render: (_, { name }) => <Link to={paths.object(cluster, namespace, "services", name)}>{name}</Link> },
            { title: t("service.type"), dataIndex: "type" },
            { title: t("service.clusterIp"), dataIndex: "clusterIp" },
            { title: t("service.addresses"), render: (_, { addresses }) => addresses?.join(", ") || "—" },
            {
              title: t("service.ports"),
              render: (_, { ports }) =>
                (
                  ports as
                    | {
                        port?: number;
                        nodePort?: number;
                        protocol?: string;
                      }[]
                    | undefined
                )
                  ?.map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol ?? "TCP"}`)
                  .join(", "),
            },
            { title: t("workload.selector"), render: (_, { selector }) => <Labels of={selector} /> },
            {
              title: t("application.selects"),
              render: (_, { selects }) =>
                selects.map(({ kind, name, application: of }) => (
                  <div key={`${kind}/${name}`}>
                    <ObjectLink cluster={cluster} namespace={namespace} kind={kind} name={name} />{" "}
                    {of !== application.name && <Tag>{of ?? t("application.ofNone")}</Tag>}
                  </div>
                )),
            },
            {
              title: common("menu.ingresses"),
              render: (_, { ingresses }) =>
                ingresses.map((name) => (
                  <div key={name}>
                    <ObjectLink cluster={cluster} namespace={namespace} kind="Ingress" name={name} />
                  </div>
                )),
            },
          ]}
        />
      </Card>
      <Card size="small" title={common("menu.ingresses")}>
        <Table<Details["ingresses"][number]>
          size="middle"
          pagination={false}
          rowKey="name"
          dataSource={application.ingresses}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("application.noIngresses")} /> }}
          columns={[
            { title: common("table.name"), render: (_, { name }) => <Link to={paths.object(cluster, namespace, "ingresses", name)}>{name}</Link> },
            { title: t("ingress.class"), render: (_, one) => one.class ?? "—" },
            {
              title: t("ingress.paths"),
              render: (_, one) =>
                (one.paths as Route[]).map(({ host, path, service, port }) => (
                  <div key={`${host}${path}${service}`}>{`${host ?? "*"}${path ?? "/"} → ${service}:${port}`}</div>
                )),
            },
            { title: t("service.addresses"), render: (_, { addresses }) => addresses?.join(", ") || "—" },
          ]}
        />
      </Card>
    </>
  );
}
