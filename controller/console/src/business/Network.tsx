// SPDX-License-Identifier: Apache-2.0
import { Flex } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import { Labels } from "../ui/Labels";
import type { Column } from "../ui/ServerTable";
import { useRowMenu } from "./act/useRowMenu";
import { useMetaColumns } from "./columns";
import type { Rows } from "./lists";
import { choicesOf, ListPage, ResourceTable } from "./ResourceTable";

type Port = NonNullable<Rows["services"]["ports"]>[number];

function portText({ name, port, target, nodePort, protocol }: Port): string {
  return `${name ? `${name} ` : ""}${port}${nodePort ? `:${nodePort}` : ""}${target && target !== String(port) ? ` → ${target}` : ""} ${protocol ?? "TCP"}`;
}

/** A load balancer's address is given when it is there. */
export function isPending(type: string | undefined, addresses: string[] | undefined): boolean {
  return type === "LoadBalancer" && !addresses?.length;
}

function Lines({ of }: { of: string[] }) {
  if (of.length === 0) return <>—</>;
  return (
    <Flex vertical>
      {of.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </Flex>
  );
}

/** Services: one address before many pods. */
export function Services() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, segment } = usePlace();
  const { before, after } = useMetaColumns<Rows["services"]>("services");
  const menu = useRowMenu("services");
  const columns: Column<Rows["services"]>[] = [
    ...before,
    {
      key: "type",
      title: t("service.type"),
      sort: "type",
      filter: { name: "type", choices: choicesOf(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]) },
      render: ({ type }) => type,
      text: ({ type }) => type,
    },
    { key: "clusterIp", title: t("service.clusterIp"), sort: "clusterIp", render: ({ clusterIp }) => clusterIp || "—", text: ({ clusterIp }) => clusterIp },
    {
      key: "addresses",
      title: t("service.addresses"),
      render: ({ type, addresses = [] }) => (isPending(type, addresses) ? t("service.pending") : <Lines of={addresses} />),
      text: ({ addresses }) => addresses?.join(" "),
    },
    {
      key: "ports",
      title: t("service.ports"),
      render: ({ ports }) => <Lines of={(ports ?? []).map(portText)} />,
      text: ({ ports }) => ports?.map(portText).join(", "),
    },
    { key: "selector", title: t("workload.selector"), render: ({ selector }) => <Labels of={selector} /> },
    ...after,
    menu.column,
  ];
  return (
    <ListPage title={common("menu.services")}>
      <ResourceTable
        list="services"
        columns={columns}
        create={{ text: t("list.create", { kind: t("kind.services") }), start: () => go(paths.create(cluster, segment, "services")) }}
        hint={t("about.services")}
      />
      {menu.dialog}
    </ListPage>
  );
}

/** Ingresses: hosts and paths that lead to Services. */
export function Ingresses() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, segment } = usePlace();
  const { before, after } = useMetaColumns<Rows["ingresses"]>("ingresses");
  const menu = useRowMenu("ingresses");
  const lines = ({ paths: routes }: Rows["ingresses"]) => routes.map(({ host, path, service, port }) => `${host ?? "*"}${path ?? "/"} → ${service}:${port}`);
  const columns: Column<Rows["ingresses"]>[] = [
    ...before,
    { key: "class", title: t("ingress.class"), sort: "class", render: (row) => row.class ?? "—", text: (row) => row.class },
    { key: "paths", title: t("ingress.paths"), render: (row) => <Lines of={lines(row)} />, text: (row) => lines(row).join(", ") },
    { key: "tls", title: t("ingress.tls"), render: ({ tlsHosts }) => <Lines of={tlsHosts ?? []} />, text: ({ tlsHosts }) => tlsHosts?.join(" ") },
    {
      key: "addresses",
      title: t("service.addresses"),
      render: ({ addresses }) => <Lines of={addresses ?? []} />,
      text: ({ addresses }) => addresses?.join(" "),
    },
    ...after,
    menu.column,
  ];
  return (
    <ListPage title={common("menu.ingresses")}>
      <ResourceTable
        list="ingresses"
        columns={columns}
        create={{ text: t("list.create", { kind: t("kind.ingresses") }), start: () => go(paths.create(cluster, segment, "ingresses")) }}
        hint={t("about.ingresses")}
      />
      {menu.dialog}
    </ListPage>
  );
}
