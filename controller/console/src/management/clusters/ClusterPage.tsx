// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Result, Spin, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { ALL, paths } from "../../app/paths";
import { Failure, kindOf, problemOf } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { State } from "../../ui/State";
import { ClusterNodes } from "./ClusterNodes";
import { ClusterOverview } from "./ClusterOverview";
import { DeleteCluster } from "./DeleteCluster";
import { Kubeconfig } from "./Kubeconfig";
import { Timeline } from "./Timeline";

export type Cluster = Schemas["Cluster"];

const SOON_MS = 3_000;
const TABS = { overview: ClusterOverview, nodes: ClusterNodes, timeline: Timeline, kubeconfig: Kubeconfig, delete: DeleteCluster } as const;
type Tab = keyof typeof TABS;

/** One cluster; its tabs stand in the address. */
export function ClusterPage() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster: name = "", tab = "overview" } = useParams();
  const query = api.useQuery(
    "get",
    "/api/v1/clusters/{cluster}",
    { params: { path: { cluster: name } } },
    { refetchInterval: ({ state }) => (state.data?.operation ? SOON_MS : false) },
  );
  const cluster = query.data;
  if (query.error && kindOf(problemOf(query.error)) === "not_found") {
    return (
      <Result
        status="404"
        title={t("cluster.gone", { name })}
        subTitle={t("cluster.goneHint")}
        extra={[
          <Button key="list" type="primary" onClick={() => go(paths.management("clusters"))}>
            {common("menu.clusters")}
          </Button>,
          <Button key="operations" onClick={() => go(paths.management("operations"))}>
            {common("menu.operations")}
          </Button>,
        ]}
      />
    );
  }
  if (!cluster) return query.error ? <Failure error={query.error} again={() => void query.refetch()} /> : <Spin />;
  const at: Tab = tab in TABS ? (tab as Tab) : "overview";
  const Shown = TABS[at];
  return (
    <>
      <PageHead
        title={cluster.name}
        state={<State of={cluster.state} why={cluster.reason} />}
        actions={<Button onClick={() => go(paths.business(cluster.name, ALL, "applications"))}>{t("cluster.business")}</Button>}
      />
      {query.error && <Failure error={query.error} again={() => void query.refetch()} />}
      {cluster.reason && <Alert type={cluster.state === "creating" ? "info" : "warning"} showIcon style={{ marginBottom: 16 }} title={cluster.reason} />}
      {cluster.operation && at !== "timeline" && (
        <Alert
          type="info"
          showIcon
          style={{ marginBottom: 16 }}
          title={t("cluster.worked")}
          action={<Link to={paths.cluster(cluster.name, "timeline")}>{t("cluster.tab.timeline")}</Link>}
        />
      )}
      <Tabs
        activeKey={at}
        onChange={(next) => go(paths.cluster(cluster.name, next), { replace: true })}
        items={(Object.keys(TABS) as Tab[]).map((key) => ({
          key,
          label: t(`cluster.tab.${key}`),
          children: key === at ? <Shown cluster={cluster} /> : null,
        }))}
        destroyOnHidden
      />
    </>
  );
}
