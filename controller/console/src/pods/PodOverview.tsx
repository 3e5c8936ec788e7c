// SPDX-License-Identifier: Apache-2.0
import { Alert, Card, Descriptions, Flex, Space, Table, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { paths } from "../app/paths";
import { useMe } from "../session/me";
import { State } from "../ui/State";
import { Time } from "../ui/Time";
import { ContainerCard } from "./ContainerCard";
import { containersOf, type PodObject, volumeSource } from "./pod_object";
import { Owner } from "./columns";

/** Kinds of volumes that have a page: their resource. */
const VOLUME_PAGES: Record<string, string> = { persistentVolumeClaim: "persistentvolumeclaims", configMap: "configmaps", secret: "secrets" };

/** What a pod is and how it stands, from its object. */
export function PodOverview({ cluster, pod }: { cluster: string; pod: PodObject }) {
  const { t } = useTranslation("pods");
  const { t: common } = useTranslation();
  const me = useMe();
  const { metadata, spec, status } = pod;
  const addresses = status?.podIPs?.map(({ ip }) => ip).join(", ") || status?.podIP || "—";
  const owner = metadata.ownerReferences?.find(({ controller }) => controller) ?? metadata.ownerReferences?.[0];
  const node = spec.nodeName && me.role === "administrator" ? <Link to={paths.node(cluster, spec.nodeName)}>{spec.nodeName}</Link> : (spec.nodeName ?? "—");
  const labels = Object.entries(metadata.labels ?? {});
  return (
    <Flex vertical gap={16}>
      {metadata.deletionTimestamp && (
        <Alert
          type="warning"
          showIcon
          title={
            <>
              {t("leaving")} <Time at={metadata.deletionTimestamp} />
            </>
          }
        />
      )}
      {status?.message && <Alert type="error" showIcon title={status.reason ?? status.phase} description={status.message} />}
      <Card
        size="small"
        title={
          <Typography.Title level={3} style={{ margin: 0, fontSize: 16 }}>
            {t("basics")}
          </Typography.Title>
        }
      >
        <Descriptions
          size="small"
          styles={{ label: { whiteSpace: "nowrap" } }}
          column={{ xs: 1, md: 2, xl: 3 }}
          items={[
            { key: "namespace", label: common("place.namespace"), children: metadata.namespace },
            { key: "node", label: t("node"), children: node },
            { key: "hostIp", label: t("hostIp"), children: status?.hostIP ?? "—" },
            { key: "podIp", label: t("podIp"), children: addresses },
            { key: "owner", label: t("owner"), children: <Owner cluster={cluster} namespace={metadata.namespace} owner={owner} /> },
            { key: "phase", label: t("phase"), children: status?.phase ?? "—" },
            { key: "qos", label: t("qos"), children: status?.qosClass ?? "—" },
            { key: "restart", label: t("restartPolicy"), children: spec.restartPolicy ?? "Always" },
            { key: "account", label: t("serviceAccount"), children: spec.serviceAccountName ?? "default" },
            { key: "created", label: common("table.created"), children: <Time at={metadata.creationTimestamp} /> },
            { key: "started", label: t("started"), children: <Time at={status?.startTime} /> },
            ...(spec.hostNetwork ? [{ key: "hostNetwork", label: t("hostNetwork"), children: t("yes") }] : []),
            {
              key: "labels",
              label: t("labels"),
              span: "filled" as const,
              children: (
                <Space wrap size={4}>
                  {labels.length === 0 ? "—" : labels.map(([key, value]) => <Tag key={key}>{value ? `${key}=${value}` : key}</Tag>)}
                </Space>
              ),
            },
          ]}
        />
      </Card>
      <Typography.Title level={3} style={{ margin: 0, fontSize: 16 }}>
        {t("containers")}
      </Typography.Title>
      {containersOf(pod).map((one) => (
        <ContainerCard key={`${one.init}${one.name}`} of={one} logs={paths.object(cluster, metadata.namespace, "pods", metadata.name, "logs")} />
      ))}
      <Card
        size="small"
        title={
          <Typography.Title level={3} style={{ margin: 0, fontSize: 16 }}>
            {t("conditions")}
          </Typography.Title>
        }
      >
        <Table
          size="small"
          pagination={false}
          scroll={{ x: "max-content" }}
          rowKey="type"
          dataSource={status?.conditions ?? []}
          columns={[
            { title: t("condition.type"), dataIndex: "type" },
            { title: common("table.status"), render: (_, one) => <State of={one.status} /> },
            { title: t("event.reason"), render: (_, one) => one.reason ?? "—" },
            { title: t("event.message"), render: (_, one) => one.message ?? "—" },
            { title: t("condition.since"), render: (_, one) => <Time at={one.lastTransitionTime} /> },
          ]}
        />
      </Card>
      {(spec.volumes?.length ?? 0) > 0 && (
        <Card
          size="small"
          title={
            <Typography.Title level={3} style={{ margin: 0, fontSize: 16 }}>
              {t("volumes")}
            </Typography.Title>
          }
        >
          <Table
            size="small"
            pagination={false}
            rowKey="name"
            dataSource={spec.volumes}
            columns={[
              { title: common("table.name"), dataIndex: "name" },
              { title: t("volume.type"), render: (_, one) => volumeSource(one).type },
              {
                title: t("volume.of"),
                render: (_, one) => {
                  const { type, of } = volumeSource(one);
                  const page = VOLUME_PAGES[type];
                  return of && page ? <Link to={paths.object(cluster, metadata.namespace, page, of)}>{of}</Link> : (of ?? "—");
                },
              },
            ]}
          />
        </Card>
      )}
    </Flex>
  );
}
