// SPDX-License-Identifier: Apache-2.0
import { Card, Flex, Form, Input, InputNumber, Select, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { rule } from "../fields/lists";
import { isCountOrShare } from "../names";
import type { Strategy } from "./form";
import { useScene } from "./scene";

/** How a new version takes the place of the old one. */
export function StrategyFields() {
  const { t } = useTranslation("business");
  const { kind, lacks } = useScene();
  const mode = Form.useWatch<Strategy["mode"] | undefined>(["strategy", "mode"], { preserve: true });
  const modes: Strategy["mode"][] = kind === "deployments" ? ["startFirst", "stopFirst", "recreate", "custom"] : ["rolling", "onDelete"];
  const partial = kind === "statefulsets" ? lacks("statefulsets.maxUnavailable") : undefined;
  const ready = kind === "statefulsets" ? lacks("statefulsets.minReadySeconds") : undefined;
  const counted = [rule(isCountOrShare, t("form.countRule"))];
  return (
    <Card size="small" title={t("workload.strategy")} style={{ marginBottom: 16 }}>
      <Form.Item name={["strategy", "mode"]} label={t("workload.strategy")} extra={mode && t(`strategy.about.${mode}`)}>
        <Select style={{ maxWidth: 360 }} options={modes.map((value) => ({ value, label: t(`strategy.${value}`) }))} />
      </Form.Item>
      <Flex gap={24} wrap>
        {(mode === "startFirst" || mode === "stopFirst") && (
          <Form.Item name={["strategy", "batch"]} label={t("strategy.batch")} rules={[{ required: true }]}>
            <InputNumber min={1} precision={0} />
          </Form.Item>
        )}
        {mode === "custom" && (
          <Form.Item name={["strategy", "maxSurge"]} label={t("strategy.maxSurge")} rules={counted}>
            <Input placeholder="25%" style={{ width: 120 }} />
          </Form.Item>
        )}
        {(mode === "custom" || mode === "rolling") && (
          <Tooltip title={partial}>
            <Form.Item name={["strategy", "maxUnavailable"]} label={t("strategy.maxUnavailable")} rules={counted}>
              <Input placeholder={mode === "custom" ? "25%" : "1"} disabled={partial !== undefined || undefined} style={{ width: 120 }} />
            </Form.Item>
          </Tooltip>
        )}
        {mode === "rolling" && kind === "statefulsets" && (
          <Form.Item name={["strategy", "partition"]} label={t("strategy.partition")} tooltip={t("strategy.partitionNote")}>
            <InputNumber min={0} precision={0} />
          </Form.Item>
        )}
        {mode !== "onDelete" && (
          <Tooltip title={ready}>
            <Form.Item name={["strategy", "minReadySeconds"]} label={t("strategy.minReadySeconds")} tooltip={t("strategy.minReadyNote")}>
              <InputNumber min={0} precision={0} disabled={ready !== undefined || undefined} />
            </Form.Item>
          </Tooltip>
        )}
      </Flex>
    </Card>
  );
}
