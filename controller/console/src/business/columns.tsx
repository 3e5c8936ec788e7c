// SPDX-License-Identifier: Apache-2.0
import { Flex, Tag, Tooltip, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import { Labels } from "../ui/Labels";
import { RowLink } from "../ui/RowLink";
import type { Column } from "../ui/ServerTable";
import { State } from "../ui/State";
import { Time } from "../ui/Time";
import { APPLICATION_LABEL, type Resource } from "./kinds";

interface Meta {
  name: string;
  namespace?: string;
  createdAt?: string;
  deletedAt?: string;
  labels?: Record<string, string>;
}

/** The columns that all lists of the business view have: name and namespace before, application, labels and age after. */
export function useMetaColumns<Row extends Meta>(resource: Resource): { before: Column<Row>[]; after: Column<Row>[] } {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster, namespace } = usePlace();
  const here = (row: Row) => row.namespace ?? namespace ?? "";
  const before: Column<Row>[] = [
    {
      key: "name",
      title: common("table.name"),
      sort: "name",
      render: (row) => (
        <>
          <RowLink to={paths.object(cluster, here(row), resource, row.name)}>{row.name}</RowLink>
          {row.deletedAt && <Tag style={{ marginInlineStart: 8 }}>{common("state.deleting")}</Tag>}
        </>
      ),
      text: ({ name }) => name,
    },
  ];
  if (!namespace) {
    before.push({
      key: "namespace",
      title: common("place.namespace"),
      sort: "namespace",
      render: (row) => <RowLink to={paths.business(cluster, here(row), resource)}>{row.namespace}</RowLink>,
      text: (row) => row.namespace,
    });
  }
  const after: Column<Row>[] = [
    {
      key: "application",
      title: t("list.application"),
      sort: "application",
      hidden: !["deployments", "statefulsets", "daemonsets"].includes(resource),
      render: (row) => {
        const application = row.labels?.[APPLICATION_LABEL];
        return application ? <RowLink to={paths.object(cluster, here(row), "applications", application)}>{application}</RowLink> : "—";
      },
      text: (row) => row.labels?.[APPLICATION_LABEL],
    },
    {
      key: "labels",
      title: t("list.labels"),
      hidden: true,
      render: ({ labels }) => <Labels of={labels} />,
      text: ({ labels }) =>
        Object.entries(labels ?? {})
          .map(([key, value]) => `${key}=${value}`)
          .join(" "),
    },
    { key: "created", title: common("table.created"), sort: "created", render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
  ];
  return { before, after };
}

/** Without the registry's host, which a hover shows. */
export function Images({ of }: { of?: string[] }) {
  if (!of?.length) return <>—</>;
  return (
    <Flex vertical>
      {[...new Set(of)].map((image) => (
        <Tooltip key={image} title={image}>
          <Typography.Text style={{ maxWidth: 320 }} ellipsis>
            {image}
          </Typography.Text>
        </Tooltip>
      ))}
    </Flex>
  );
}

/** A workload's or claim's state, with what hinders it below. */
export function Condition({ status, condition }: { status: string; condition?: string }) {
  return (
    <Flex vertical>
      <State of={status} why={condition} />
      {condition && (
        <Tooltip title={condition}>
          <Typography.Text type="danger" ellipsis style={{ maxWidth: 260, fontSize: 12 }}>
            {condition}
          </Typography.Text>
        </Tooltip>
      )}
    </Flex>
  );
}
