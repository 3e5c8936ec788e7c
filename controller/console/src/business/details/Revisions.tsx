// SPDX-License-Identifier: Apache-2.0
import { Button, Empty, Spin, Table, Tag, Tooltip, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { Failure } from "../../ui/Failure";
import { Time } from "../../ui/Time";
import { Images } from "../columns";
import type { WorkloadPlural } from "../kinds";
import { Changes } from "./Changes";

type Revision = Schemas["RevisionList"]["items"][number];

interface Props {
  cluster: string;
  namespace: string;
  kind: WorkloadPlural;
  name: string;
  /** Why nothing can be rolled back now. */
  hindered?: string;
  rollBack: (revision: number) => void;
}

/** The templates that a workload had, what a rollback to each would change, and the way back. */
export function Revisions({ cluster, namespace, kind, name, hindered, rollBack }: Props) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const list = api.useQuery("get", "/api/v1/clusters/{cluster}/namespaces/{namespace}/workloads/{kind}/{name}/revisions", {
    params: { path: { cluster, namespace, kind, name } },
  });
  if (list.error) return <Failure error={list.error} again={() => void list.refetch()} />;
  if (list.isPending) return <Spin />;
  return (
    <Table<Revision>
      size="middle"
      pagination={false}
      rowKey={({ revision }) => revision}
      dataSource={list.data.items}
      locale={{ emptyText: <Empty description={t("revision.none")} /> }}
      columns={[
        {
          title: t("revision.number"),
          render: (_, { revision, present }) => (
            <>
              {revision} {present && <Tag>{t("revision.present")}</Tag>}
            </>
          ),
        },
        { title: t("workload.images"), render: (_, { images }) => <Images of={images} /> },
        { title: t("revision.cause"), render: (_, { cause }) => cause || "—" },
        { title: t("revision.changes"), render: (_, { present, changes }) => (present ? "—" : t("revision.count", { count: changes.length })) },
        { title: common("table.created"), render: (_, { createdAt }) => <Time at={createdAt} /> },
        {
          title: common("table.actions"),
          render: (_, { revision, present }) => (
            <Tooltip title={present ? t("revision.isPresent") : hindered}>
              <Button size="small" disabled={present || hindered !== undefined} onClick={() => rollBack(revision)}>
                {t("action.rollback")}
              </Button>
            </Tooltip>
          ),
        },
      ]}
      expandable={{
        rowExpandable: ({ present, changes }) => !present && changes.length > 0,
        expandedRowRender: ({ changes }) => (
          <>
            <Typography.Text type="secondary">{t("revision.explained")}</Typography.Text>
            <Changes of={changes} from={t("revision.now")} to={t("revision.then")} />
          </>
        ),
      }}
    />
  );
}
