// SPDX-License-Identifier: Apache-2.0
import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, LoadingOutlined, RightOutlined } from "@ant-design/icons";
import { Collapse, Flex, Space, theme, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Duration } from "../../ui/Duration";
import { TextBlock } from "../../ui/TextBlock";

export type Step = Schemas["Step"];

/** The sign of a step's state. */
export function StepSign({ state }: { state: Step["state"] }) {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const label = t(`state.${state}`);
  if (state === "done") return <CheckCircleFilled aria-label={label} style={{ color: token.colorSuccess }} />;
  if (state === "failed") return <CloseCircleFilled aria-label={label} style={{ color: token.colorError }} />;
  if (state === "running") return <LoadingOutlined aria-label={label} style={{ color: token.colorInfo }} />;
  return <ClockCircleOutlined aria-label={label} style={{ color: token.colorTextQuaternary }} />;
}

/** What a step is called in the page's language. */
export function useStepName(): (name: string) => string {
  const { t } = useTranslation("management");
  return (name) => t(`step.${name}` as "step.pki", { defaultValue: name });
}

function StepHead({ step }: { step: Step }) {
  const { t } = useTranslation("management");
  const nameOf = useStepName();
  return (
    <Flex gap={12} align="center" wrap style={{ width: "100%" }}>
      <StepSign state={step.state} />
      <Typography.Text type={step.state === "waiting" ? "secondary" : undefined}>{nameOf(step.name)}</Typography.Text>
      <Typography.Text type="secondary" code style={{ fontSize: 12 }}>
        {step.name}
      </Typography.Text>
      {step.attempts > 1 && <Typography.Text type="warning">{t("operation.attempts", { count: step.attempts })}</Typography.Text>}
      <span style={{ flex: 1 }} />
      {step.startedAt && (
        <Typography.Text type="secondary">
          <Duration from={step.startedAt} to={step.endedAt} />
        </Typography.Text>
      )}
    </Flex>
  );
}

function StepBody({ step }: { step: Step }) {
  const { t } = useTranslation("management");
  return (
    <Space orientation="vertical" style={{ width: "100%" }}>
      {step.waitingFor && (
        <Typography.Text>
          {t("operation.waitingFor")} {step.waitingFor}
        </Typography.Text>
      )}
      {step.error && (
        <Typography.Text type="danger" style={{ whiteSpace: "pre-wrap" }}>
          {step.error}
        </Typography.Text>
      )}
      {step.logTail && <TextBlock text={step.logTail} label={t("operation.logOf", { step: step.name })} height={220} tail />}
    </Space>
  );
}

/** Steps in their order; what failed or waits is open, the rest opens by a click. */
export function StepList({ steps }: { steps: Step[] }) {
  const says = (step: Step) => Boolean(step.error || step.logTail || step.waitingFor);
  const urgent = steps.filter((step) => step.state === "failed" || step.waitingFor).map((step) => step.name);
  return (
    <Collapse
      size="small"
      bordered={false}
      key={urgent.join()}
      defaultActiveKey={urgent}
      expandIcon={({ isActive, collapsible }) => (
        <RightOutlined rotate={isActive ? 90 : 0} style={{ visibility: collapsible === "disabled" ? "hidden" : undefined }} />
      )}
      items={steps.map((step) => ({
        key: step.name,
        label: <StepHead step={step} />,
        children: says(step) ? <StepBody step={step} /> : null,
        collapsible: says(step) ? undefined : ("disabled" as const),
      }))}
    />
  );
}
