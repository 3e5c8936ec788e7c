// SPDX-License-Identifier: Apache-2.0
import { DeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Flex, Skeleton, Space, Tabs, Tooltip, Typography } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { client } from "../api/client";
import { read } from "../api/read";
import { paths } from "../app/paths";
import { useOutOfReach, useWhyNot } from "../session/rights";
import { Failure, problemOf } from "../ui/Failure";
import { ObjectYaml } from "../ui/ObjectYaml";
import { StaleNote } from "../ui/StaleNote";
import { State } from "../ui/State";
import { DeletePods } from "./DeletePods";
import { PodEvents } from "./PodEvents";
import { PodOverview } from "./PodOverview";
import { containersOf, type PodObject, stateName } from "./pod_object";

const PodTerminals = lazy(() => import("./PodTerminals").then((m) => ({ default: m.PodTerminals })));
const LogView = lazy(() => import("./LogView").then((m) => ({ default: m.LogView })));

const TABS = ["overview", "events", "logs", "terminal", "yaml"] as const;
type Tab = (typeof TABS)[number];
/** News of pods concern a query by this path (api/live.ts); the object itself comes from the API server. */
const KEY = "/api/v1/clusters/{cluster}/pods/object";

/** A pod: what it is, what happened to it, what it says, and a shell in it. */
export function PodDetails() {
  const { t } = useTranslation("pods");
  const { t: common } = useTranslation();
  const { cluster = "", namespace = "", name = "", tab } = useParams();
  const go = useNavigate();
  const whyNot = useWhyNot(cluster, namespace);
  const outOfReach = useOutOfReach(cluster);
  const [deleting, setDeleting] = useState(false);
  const shown: Tab = TABS.find((one) => one === tab) ?? "overview";

  const object = useQuery({
    queryKey: ["get", KEY, { cluster, namespace, name }],
    queryFn: async () =>
      (await read(
        client.GET("/api/v1/clusters/{cluster}/namespaces/{namespace}/objects/{resource}/{name}", {
          params: { path: { cluster, namespace, resource: "pods", name } },
        }),
      )) as unknown as PodObject,
  });
  const row = useQuery({
    queryKey: ["get", "/api/v1/clusters/{cluster}/pods", { cluster, namespace, name, one: true }],
    queryFn: () => read(client.GET("/api/v1/clusters/{cluster}/pods", { params: { path: { cluster }, query: { namespace, search: name, limit: 500 } } })),
  });
  const told = row.data?.items.find((one) => one.name === name);
  const pod = object.data;
  const containers = pod
    ? containersOf(pod).map((one) => ({ name: one.name, init: one.init, state: stateName(one.status?.state), restarts: one.status?.restartCount ?? 0 }))
    : (told?.containers ?? []).map((one) => ({ name: one.name, init: one.init ?? false, state: one.state, restarts: one.restarts }));
  const running = containers.filter(({ init }) => !init);

  const gone = object.error !== null && problemOf(object.error).status === 404;
  const reason = whyNot ?? outOfReach ?? (gone ? t("gone") : undefined);

  const page = (which: Tab) => {
    const pending = object.isPending ? <Skeleton active /> : null; // what went wrong stands above
    switch (which) {
      case "overview":
        return pod ? <PodOverview cluster={cluster} pod={pod} /> : pending;
      case "events":
        return <PodEvents cluster={cluster} namespace={namespace} name={name} />;
      case "logs":
        return containers.length > 0 ? <LogView key={pod?.metadata.uid} cluster={cluster} namespace={namespace} pod={name} containers={containers} /> : pending;
      case "terminal":
        return <PodTerminals cluster={cluster} namespace={namespace} pod={name} containers={running} />;
      case "yaml":
        return <ObjectYaml cluster={cluster} namespace={namespace} resource="pods" name={name} readOnly />;
    }
  };
  return (
    <>
      <Flex justify="space-between" align="start" wrap gap={8}>
        <Space wrap align="center" size="middle">
          <Typography.Title level={2} style={{ margin: 0 }} copyable={{ tooltips: [common("action.copy"), common("action.copied")] }}>
            {name}
          </Typography.Title>
          {told && <State of={told.status} why={told.reason} />}
        </Space>
        <Tooltip title={reason}>
          <Button danger icon={<DeleteOutlined />} disabled={Boolean(reason)} onClick={() => setDeleting(true)}>
            {common("action.delete")}
          </Button>
        </Tooltip>
      </Flex>
      {row.data?.stale && <StaleNote why={row.data.stale} asOf={row.data.asOf} />}
      {gone && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBlock: 16 }}
          title={pod ? t("goneSince") : t("gone")}
          action={<Link to={paths.business(cluster, namespace, "pods")}>{t("terminals.toPods")}</Link>}
        />
      )}
      {object.error && !gone && <Failure error={object.error} again={() => void object.refetch()} />}
      <Tabs
        style={{ marginTop: 8 }}
        activeKey={shown}
        destroyOnHidden
        onChange={(next) => go(paths.object(cluster, namespace, "pods", name, next === "overview" ? undefined : next))}
        items={TABS.map((key) => ({ key, label: t(`tab.${key}`), children: <Suspense fallback={<Skeleton active />}>{page(key)}</Suspense> }))}
      />
      <DeletePods
        cluster={cluster}
        pods={deleting ? [{ namespace, name }] : undefined}
        close={(deleted) => {
          setDeleting(false);
          if (deleted) go(paths.business(cluster, namespace, "pods"));
        }}
      />
    </>
  );
}
