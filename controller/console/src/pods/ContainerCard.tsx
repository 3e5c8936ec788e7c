// SPDX-License-Identifier: Apache-2.0
import { Card, Descriptions, Flex, Space, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { State } from "../ui/State";
import { Time } from "../ui/Time";
import { type ContainerState, probeText, type ShownContainer, stateName, valueSource } from "./pod_object";

/** A container: its state and the one before, what it runs, and with what. `logs`: the address of its log. */
export function ContainerCard({ of, logs }: { of: ShownContainer; logs: string }) {
  const { t } = useTranslation("pods");
  const { status } = of;
  const restarts = status?.restartCount ?? 0;
  const list = (items?: string[]) =>
    items?.length ? (
      <Typography.Text code style={{ whiteSpace: "pre-wrap" }}>
        {items.join(" ")}
      </Typography.Text>
    ) : (
      "—"
    );
  const amounts = (all?: Record<string, string>) =>
    all
      ? Object.entries(all)
          .map(([name, amount]) => `${name} ${amount}`)
          .join(", ")
      : "—";
  const env = [...(of.env ?? []).map(({ name, valueFrom }) => ({ name, from: valueFrom && valueSource(valueFrom) }))];
  const sources = (of.envFrom ?? []).flatMap(({ configMapRef, secretRef }) =>
    [configMapRef && `configMap ${configMapRef.name}`, secretRef && `secret ${secretRef.name}`].filter(Boolean),
  );
  const port = ({ containerPort, protocol = "TCP", name }: NonNullable<ShownContainer["ports"]>[number]) =>
    `${name ? `${name} ` : ""}${containerPort}/${protocol}`;
  const last = status?.lastState && stateName(status.lastState) !== "unknown" ? status.lastState : undefined;
  return (
    <Card
      size="small"
      title={
        <Space wrap>
          <Typography.Title level={4} style={{ margin: 0, fontSize: 14 }}>
            {of.name}
          </Typography.Title>
          {of.init && <Tag>{t("init")}</Tag>}
          <StateWords state={status?.state} />
          <State of={status?.ready ? "ready" : "not_ready"} />
        </Space>
      }
      extra={
        <Space>
          <Link to={`${logs}?container=${encodeURIComponent(of.name)}`}>{t("tab.logs")}</Link>
          {restarts > 0 && <Link to={`${logs}?container=${encodeURIComponent(of.name)}&previous=true`}>{t("log.previous")}</Link>}
        </Space>
      }
    >
      <Descriptions
        size="small"
        styles={{ label: { whiteSpace: "nowrap" } }}
        column={{ xs: 1, lg: 2 }}
        items={[
          {
            key: "image",
            label: t("image"),
            span: "filled",
            children: <Typography.Text copyable={of.image ? { text: of.image } : false}>{of.image ?? "—"}</Typography.Text>,
          },
          { key: "restarts", label: t("restarts"), children: restarts },
          { key: "last", label: t("lastState"), children: last ? <StateWords state={last} /> : "—" },
          { key: "requests", label: t("requests"), children: amounts(of.resources?.requests) },
          { key: "limits", label: t("limits"), children: amounts(of.resources?.limits) },
          {
            key: "ports",
            label: t("ports"),
            span: "filled",
            children: of.ports?.length ? of.ports.map(port).join(", ") : "—",
          },
          { key: "command", label: t("command"), span: "filled", children: list(of.command) },
          { key: "args", label: t("args"), span: "filled", children: list(of.args) },
          ...(
            [
              ["liveness", of.livenessProbe],
              ["readiness", of.readinessProbe],
              ["startup", of.startupProbe],
            ] as const
          ).flatMap(([key, probe]) => (probe ? [{ key, label: t(`probe.${key}`), children: <Typography.Text code>{probeText(probe)}</Typography.Text> }] : [])),
          {
            key: "env",
            label: t("env"),
            span: "filled",
            children:
              env.length + sources.length === 0 ? (
                "—"
              ) : (
                <Space wrap size={4}>
                  {env.map(({ name, from }) => (
                    <Tag key={name}>{from ? `${name} ← ${from}` : name}</Tag>
                  ))}
                  {sources.map((source) => (
                    <Tag key={source} color="cyan">{`* ← ${source}`}</Tag>
                  ))}
                </Space>
              ),
          },
          {
            key: "mounts",
            label: t("mounts"),
            span: "filled",
            children: of.volumeMounts?.length ? (
              <Flex vertical>
                {of.volumeMounts.map(({ name, mountPath, readOnly, subPath }) => (
                  <span key={mountPath}>
                    <Typography.Text code>{mountPath}</Typography.Text> ← {subPath ? `${name}/${subPath}` : name} {readOnly && <Tag>{t("readOnly")}</Tag>}
                  </span>
                ))}
              </Flex>
            ) : (
              "—"
            ),
          },
        ]}
      />
    </Card>
  );
}

/** A state with what is known of it: since when, why, with what code. */
function StateWords({ state }: { state?: ContainerState }) {
  const { t } = useTranslation("pods");
  const name = stateName(state);
  if (state?.running) {
    return (
      <Space size={4}>
        <State of="running" />{" "}
        <Typography.Text type="secondary">
          <Time at={state.running.startedAt} />
        </Typography.Text>
      </Space>
    );
  }
  if (state?.terminated) {
    const { exitCode, reason, message, signal, finishedAt } = state.terminated;
    return (
      <Space size={4} wrap>
        <State of={reason ?? (exitCode === 0 ? "Completed" : "Error")} why={message} />
        <Typography.Text type="secondary">
          {t("exitCode", { code: exitCode })} {signal ? t("signal", { signal }) : null} <Time at={finishedAt} />
        </Typography.Text>
      </Space>
    );
  }
  return <State of={state?.waiting?.reason ?? name} why={state?.waiting?.message} />;
}
