// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Flex, Spin, Table } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { paths } from "../../app/paths";
import { Failure } from "../../ui/Failure";
import { Labels } from "../../ui/Labels";
import { listPath, readList, type Rows } from "../lists";

/** Whether a Service of that selector stands before pods of those labels. */
export function selects(selector: Record<string, string> | undefined, labels: Record<string, string>): boolean {
  const terms = Object.entries(selector ?? {});
  return terms.length > 0 && terms.every(([key, value]) => labels[key] === value);
}

/** The Services before a workload and the Ingresses that lead there. */
export function ServicesOf({ cluster, namespace, labels }: { cluster: string; namespace: string; labels: Record<string, string> }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const services = useQuery({
    queryKey: ["get", listPath("services"), { cluster, namespace }, "all"],
    queryFn: () => readList("services", cluster, { namespace, limit: 500 }),
  });
  const ingresses = useQuery({
    queryKey: ["get", listPath("ingresses"), { cluster, namespace }, "all"],
    queryFn: () => readList("ingresses", cluster, { namespace, limit: 500 }),
  });
  if (services.error) return <Failure error={services.error} again={() => void services.refetch()} />;
  if (services.isPending) return <Spin />;
  const before = services.data.items.filter(({ selector }) => selects(selector, labels));
  const leading = (service: string) => (ingresses.data?.items ?? []).filter((ingress) => ingress.paths.some((path) => path.service === service));
  return (
    <Table<Rows["services"]>
      size="middle"
      pagination={false}
      rowKey="uid"
      dataSource={before}
      locale={{
        emptyText: (
          <Empty description={t("service.noneBefore")}>
            <Button onClick={() => void go(paths.create(cluster, namespace, "services"), { state: { selector: labels } })}>
              {t("list.create", { kind: t("kind.services") })}
            </Button>
          </Empty>
        ),
      }}
      columns={[
        { title: common("table.name"), render: (_, { name }) => <Link to={paths.object(cluster, namespace, "services", name)}>{name}</Link> },
        { title: t("service.type"), dataIndex: "type" },
        { title: t("service.clusterIp"), dataIndex: "clusterIp" },
        {
          title: t("service.ports"),
          render: (_, { ports }) => ports?.map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol ?? "TCP"}`).join(", "),
        },
        { title: t("workload.selector"), render: (_, { selector }) => <Labels of={selector} /> },
        {
          title: common("menu.ingresses"),
          render: (_, { name }) => (
            <Flex vertical>
              {leading(name).map((ingress) => (
                <Link key={ingress.name} to={paths.object(cluster, namespace, "ingresses", ingress.name)}>
                  {ingress.name}
                </Link>
              ))}
            </Flex>
          ),
        },
      ]}
    />
  );
}
