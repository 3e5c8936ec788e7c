// SPDX-License-Identifier: Apache-2.0
import { Card, Flex, Form, Input, InputNumber, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { rule } from "../fields/lists";
import { isSchedule } from "../names";
import { useScene } from "./scene";

/** When a CronJob runs, and what makes a Job done. */
export function BatchFields() {
  const { t } = useTranslation("business");
  const { kind, editing } = useScene();
  const cron = kind === "cronjobs";
  const figures = (of: readonly (readonly [name: string, word: string, min: number])[]) =>
    of.map(([name, word, min]) => (
      <Form.Item key={name} name={["batch", name]} label={word}>
        <InputNumber min={min} precision={0} disabled={(name === "completions" && editing && !cron) || undefined} />
      </Form.Item>
    ));
  const ofSchedule = [
    ["startingDeadlineSeconds", t("cron.startingDeadline"), 0],
    ["successfulJobsHistoryLimit", t("cron.keepGood"), 0],
    ["failedJobsHistoryLimit", t("cron.keepFailed"), 0],
  ] as const;
  const ofJob = [
    ["completions", t("wizard.completions"), 1],
    ["parallelism", t("wizard.parallelism"), 0],
    ["backoffLimit", t("wizard.backoffLimit"), 0],
    ["activeDeadlineSeconds", t("wizard.deadlineSeconds"), 1],
  ] as const;
  return (
    <Card size="small" title={t("wizard.batch")} style={{ marginBottom: 16 }}>
      {cron && (
        <>
          <Form.Item
            name={["batch", "schedule"]}
            label={t("cron.schedule")}
            rules={[{ required: true }, rule(isSchedule, t("cron.invalid"))]}
            extra={t("cron.rule")}
          >
            <Input placeholder="0 3 * * *" style={{ maxWidth: 300, fontFamily: "monospace" }} />
          </Form.Item>
          <Form.Item name={["batch", "concurrencyPolicy"]} label={t("cron.concurrency")}>
            <Select style={{ maxWidth: 500 }} options={(["Forbid", "Allow", "Replace"] as const).map((value) => ({ value, label: t(`cron.${value}`) }))} />
          </Form.Item>
          <Flex gap={24} wrap>
            {figures(ofSchedule)}
          </Flex>
        </>
      )}
      <Flex gap={24} wrap>
        {figures(ofJob)}
      </Flex>
      <Form.Item name={["batch", "restartPolicy"]} label={t("wizard.restartPolicy")} rules={[{ required: true }]}>
        <Radio.Group
          options={[
            { value: "Never", label: t("wizard.restartNever") },
            { value: "OnFailure", label: t("wizard.restartOnFailure") },
          ]}
        />
      </Form.Item>
    </Card>
  );
}
