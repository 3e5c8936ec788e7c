// SPDX-License-Identifier: Apache-2.0
import { Button, Empty, Space, Spin } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { Failure } from "../../ui/Failure";
import { goesOn, OperationView } from "../operations/OperationView";
import type { Cluster } from "./ClusterPage";

const AT_FIRST = 5;
const MOST = 500;
const SOON_MS = 2_000;

/** What was done with the cluster, newest first, and how far it is. Log tails tell no event, so they are read again while one goes on. */
export function Timeline({ cluster }: { cluster: Cluster }) {
  const { t } = useTranslation("management");
  const [limit, setLimit] = useState(AT_FIRST);
  const list = api.useQuery(
    "get",
    "/api/v1/operations",
    { params: { query: { cluster: cluster.id, limit } } },
    {
      refetchInterval: ({ state }) => (cluster.operation || state.data?.items.some(goesOn) ? SOON_MS : false),
      placeholderData: (before) => before,
    },
  );
  if (!list.data) return list.error ? <Failure error={list.error} again={() => void list.refetch()} /> : <Spin />;
  return (
    <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
      {list.error && <Failure error={list.error} again={() => void list.refetch()} />}
      {list.data.items.length === 0 && <Empty description={t("operation.none")} />}
      {list.data.items.map((operation) => (
        <OperationView key={operation.id} operation={operation} linked />
      ))}
      {list.data.nextCursor && limit < MOST && <Button onClick={() => setLimit(MOST)}>{t("operation.older")}</Button>}
    </Space>
  );
}
