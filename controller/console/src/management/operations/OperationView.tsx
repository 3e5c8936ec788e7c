// SPDX-License-Identifier: Apache-2.0
import { Alert, Badge, Card, Flex, Progress, Space, Table, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { Duration } from "../../ui/Duration";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import { byNode, type NodeProgress, span } from "./nodeProgress";
import { StepList, useStepName } from "./StepList";

export type Operation = Schemas["Operation"];

const NODES_PER_PAGE = 20;

/** Whether it still goes on, so that it is read again soon. */
export function goesOn({ state }: Operation): boolean {
  return state === "waiting" || state === "running";
}

export function useOperationName(): (operation: Operation) => string {
  const { t } = useTranslation("management");
  return ({ kind }) => t(`operation.kind.${kind}`);
}

/** How far it is. What runs here is under way; of machines and pods the same word means that they serve. */
export function ProgressState({ of, why }: { of: Operation["state"]; why?: string }) {
  const { t } = useTranslation("management");
  return of === "running" ? <Badge status="processing" text={t("operation.running")} /> : <State of={of} why={why} />;
}

/** Goes on with an operation from its failed step. */
export function RetryOperation({ operation }: { operation: Operation }) {
  const { t } = useTranslation("management");
  const queries = useQueryClient();
  if (operation.state !== "failed") return null;
  const failed = operation.steps.find(({ state }) => state === "failed");
  return (
    <ConfirmButton
      title={t("operation.retryTitle")}
      what={t("operation.retryWhat", { step: failed?.name ?? "" })}
      act={() => read(client.POST("/api/v1/operations/{operation}/retry", { params: { path: { operation: operation.id } } }))}
      said={t("operation.retried")}
      done={() => void queries.invalidateQueries()}
    >
      {t("operation.retry")}
    </ConfirmButton>
  );
}

/** One operation: its steps, and how far each of its nodes is. */
export function OperationView({ operation, linked }: { operation: Operation; linked?: boolean }) {
  const { t } = useTranslation("management");
  const nameOf = useOperationName();
  const done = operation.steps.filter(({ state }) => state === "done").length;
  const nodes = byNode(operation.nodeSteps ?? []);
  const title = (
    <Flex gap={12} align="center" wrap>
      {linked ? <Link to={paths.operation(operation.id)}>{nameOf(operation)}</Link> : nameOf(operation)}
      <ProgressState of={operation.state} />
      <Typography.Text type="secondary" style={{ fontWeight: "normal" }}>
        <Time at={operation.createdAt} /> · <Duration from={operation.createdAt} to={operation.endedAt} />
        {operation.by && <> · {operation.by}</>}
      </Typography.Text>
    </Flex>
  );
  return (
    <Card title={title} extra={<RetryOperation operation={operation} />} data-operation={operation.id} data-state={operation.state}>
      <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
        {goesOn(operation) && (
          <Progress
            percent={Math.round((done / Math.max(operation.steps.length, 1)) * 100)}
            format={() => t("operation.steps", { done, count: operation.steps.length })}
            status="active"
            aria-label={t("operation.progress")}
          />
        )}
        {operation.error && <Alert type="error" showIcon title={t("operation.failed")} description={operation.error} />}
        <StepList steps={operation.steps} />
        {nodes.length > 0 && (
          <>
            <Typography.Title level={3} style={{ fontSize: 16, margin: 0 }}>
              {t("operation.nodes")}
            </Typography.Title>
            <NodeTable nodes={nodes} />
          </>
        )}
      </Space>
    </Card>
  );
}

function NodeTable({ nodes }: { nodes: NodeProgress[] }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const stepName = useStepName();
  const urgent = nodes.filter(({ state }) => state === "failed").map(({ node }) => node);
  return (
    <Table<NodeProgress>
      key={urgent.join()}
      size="small"
      rowKey={({ node }) => node}
      dataSource={nodes}
      pagination={nodes.length > NODES_PER_PAGE ? { pageSize: NODES_PER_PAGE, showSizeChanger: false } : false}
      expandable={{ expandedRowRender: ({ steps }) => <StepList steps={steps} />, defaultExpandedRowKeys: urgent }}
      columns={[
        { title: t("operation.node"), dataIndex: "node" },
        { title: common("table.status"), render: (_, { state }) => <ProgressState of={state} /> },
        { title: t("operation.progress"), render: (_, { done, steps }) => t("operation.steps", { done, count: steps.length }) },
        {
          title: t("operation.now"),
          render: (_, { at }) =>
            at && (
              <>
                {stepName(at.name)}{" "}
                <Typography.Text type={at.error ? "danger" : "secondary"}>
                  {at.error ?? (at.waitingFor && `${t("operation.waitingFor")} ${at.waitingFor}`)}
                </Typography.Text>
              </>
            ),
        },
        { title: t("operation.took"), render: (_, { steps }) => <Duration {...span(steps)} /> },
      ]}
    />
  );
}
