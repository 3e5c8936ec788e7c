// SPDX-License-Identifier: Apache-2.0
import { Alert, Card, Descriptions, Space, Spin, Table, Tabs, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { api, type Schemas } from "../../api/client";
import { paths } from "../../app/paths";
import { bytes } from "../../ui/amounts";
import { Failure } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import { StepList } from "../operations/StepList";
import { FactCell } from "./FactCell";
import { MachineConsole } from "./MachineConsole";
import { NodeActions } from "./NodeActions";
import { NodeKubernetes } from "./NodeKubernetes";
import { NodeMeters } from "./NodeMeters";
import { NodeShell } from "./NodeShell";

type Node = Schemas["Node"];

const SOON_MS = 5_000;
const TABS = ["overview", "labels", "steps", "console", "shell"] as const;

/** One node; its tabs stand in the address. */
export function NodePage() {
  const { t } = useTranslation("management");
  const go = useNavigate();
  const { cluster = "", node: name = "", tab } = useParams();
  const query = api.useQuery("get", "/api/v1/clusters/{cluster}/nodes/{node}", { params: { path: { cluster, node: name } } }, { refetchInterval: SOON_MS });
  const node = query.data;
  if (!node) return query.error ? <Failure error={query.error} again={() => void query.refetch()} /> : <Spin />;
  const at = TABS.find((one) => one === tab) ?? "overview";
  const shown = {
    overview: () => <NodeOverview node={node} />,
    labels: () => <NodeKubernetes cluster={cluster} node={node.name} />,
    steps: () => <StepList steps={node.steps} />,
    console: () => <MachineConsole machine={node.id} name={node.name} />,
    shell: () => <NodeShell cluster={cluster} node={node} />,
  };
  return (
    <>
      <PageHead
        title={node.name}
        state={
          <Space size={8}>
            <State of={node.kubernetes.value} why={node.kubernetes.detail} />
            <Tag>{t(`node.${node.role}`)}</Tag>
            {node.gateway && <Tag title={t("node.gatewayWhat")}>{t("node.gateway")}</Tag>}
            {node.kubernetes.unschedulable && <Tag color="warning">{t("node.cordoned")}</Tag>}
          </Space>
        }
        actions={<NodeActions cluster={cluster} node={node} />}
      />
      {query.error && <Failure error={query.error} again={() => void query.refetch()} />}
      {node.trouble && <Alert type="error" showIcon style={{ marginBottom: 16 }} title={t("node.trouble")} description={node.trouble} />}
      <Tabs
        activeKey={at}
        onChange={(next) => go(paths.node(cluster, node.name, next), { replace: true })}
        items={TABS.map((key) => ({ key, label: t(`node.tab.${key}`), children: key === at ? shown[key]() : null }))}
        destroyOnHidden
      />
    </>
  );
}

function NodeOverview({ node }: { node: Node }) {
  const { t } = useTranslation("management");
  const { facts, health, agent } = node;
  const pressure = (value?: number) => (value === undefined ? "—" : `${value.toFixed(1)} %`);
  return (
    <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
      <Card title={t("node.facts")} size="small">
        <Descriptions
          column={{ xs: 1, md: 3 }}
          layout="vertical"
          items={[
            { key: "link", label: t("node.link"), children: <FactCell fact={node.link} /> },
            { key: "kubernetes", label: t("node.kubernetes"), children: <FactCell fact={node.kubernetes} /> },
            { key: "machine", label: t("node.machine"), children: <FactCell fact={node.machine} /> },
          ]}
        />
      </Card>
      <Card title={t("node.what")} size="small">
        <Descriptions
          column={{ xs: 1, md: 2, xl: 3 }}
          items={[
            { key: "address", label: t("node.address"), children: node.address ?? "—" },
            { key: "podCidr", label: t("node.podCidr"), children: node.podCidr ?? "—" },
            { key: "flavor", label: t("node.flavor"), children: node.flavor ?? "—" },
            { key: "cpus", label: t("node.cpus"), children: facts?.cpus ?? "—" },
            { key: "memory", label: t("node.memory"), children: facts?.memoryBytes ? bytes(facts.memoryBytes) : "—" },
            { key: "os", label: t("node.os"), children: facts?.os ?? "—" },
            { key: "kernel", label: t("node.kernel"), children: facts?.kernel ?? "—" },
            { key: "kubelet", label: t("node.kubelet"), children: facts?.kubeletVersion ?? node.kubernetes.version ?? "—" },
            { key: "containerd", label: t("node.containerd"), children: facts?.containerdVersion ?? "—" },
            { key: "agent", label: t("node.agent"), children: <AgentWords agent={agent} /> },
            { key: "rtt", label: t("node.roundTrip"), children: node.link.roundTripMs === undefined ? "—" : `${node.link.roundTripMs} ms` },
            { key: "clock", label: t("node.clock"), children: node.link.clockOffsetMs === undefined ? "—" : `${node.link.clockOffsetMs} ms` },
          ]}
        />
      </Card>
      <Card title={t("node.health")} size="small" extra={<Time at={health?.asOf} />}>
        <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
          <NodeMeters health={health} allDisks />
          {health && (
            <Descriptions
              column={{ xs: 1, md: 4 }}
              items={[
                { key: "load", label: t("node.load"), children: health.load1?.toFixed(2) ?? "—" },
                { key: "cpuPressure", label: t("node.cpuPressure"), children: pressure(health.cpuPressure) },
                { key: "memoryPressure", label: t("node.memoryPressure"), children: pressure(health.memoryPressure) },
                { key: "ioPressure", label: t("node.ioPressure"), children: pressure(health.ioPressure) },
              ]}
            />
          )}
        </Space>
      </Card>
      <Card title={t("node.units")} size="small">
        <Table
          size="small"
          pagination={false}
          rowKey="name"
          dataSource={health?.units ?? []}
          columns={[
            { title: t("node.unit"), dataIndex: "name" },
            { title: t("node.unitState"), render: (_, { state }) => <State of={state ?? "unknown"} /> },
          ]}
        />
      </Card>
    </Space>
  );
}

/** Which program the agent is; another one that is wanted is said beside it. */
function AgentWords({ agent }: { agent?: Schemas["NodeAgent"] }) {
  const { t } = useTranslation("management");
  if (!agent) return <>—</>;
  const { release } = agent;
  const other = release && release.state !== "settled";
  return (
    <Space size={8} wrap>
      {agent.version ?? "—"}
      {release?.fromImage && <Tag>{t("node.ofImage")}</Tag>}
      {other && <State of={release.state === "failed" ? "failed" : "processing"} why={release.error ?? t("node.wanted", { version: release.wanted })} />}
    </Space>
  );
}
