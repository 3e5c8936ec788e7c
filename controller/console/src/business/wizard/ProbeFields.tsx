// SPDX-License-Identifier: Apache-2.0
import { Flex, Form, Input, InputNumber, Radio, Tooltip, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Path } from "../../ui/amiss";
import { TextList } from "../fields/lists";
import { PROBE_FIGURES, type ProbeHow, type PROBES } from "./form";
import { useScene } from "./scene";

/** One health check of a container. `name`: below the list of containers. */
export function ProbeFields({ at, probe }: { at: number; probe: (typeof PROBES)[number] }) {
  const { t } = useTranslation("business");
  const { lacks } = useScene();
  const whole: Path = ["containers", at, probe];
  const how = Form.useWatch<ProbeHow | undefined>([...whole, "how"], { preserve: true }) ?? "none";
  const lacking = probe === "startupProbe" ? lacks("pods.startupProbe") : undefined;
  const ways: ProbeHow[] = ["none", "http", "https", "tcp", "exec"];
  if (how === "other") ways.push("other");
  const figure = (name: (typeof PROBE_FIGURES)[number]) => (
    <Form.Item key={name} name={[at, probe, name]} label={t(`probe.${name}`)} style={{ marginBottom: 8 }}>
      <InputNumber min={name === "initialDelaySeconds" ? 0 : 1} max={name === "successThreshold" && probe !== "readinessProbe" ? 1 : undefined} precision={0} />
    </Form.Item>
  );
  return (
    <div style={{ marginBottom: 16 }}>
      <Tooltip title={lacking}>
        <Form.Item name={[at, probe, "how"]} label={t(`wizard.${probe}`)} style={{ marginBottom: 8 }} extra={t(`probe.about.${probe}`)}>
          <Radio.Group
            disabled={(lacking !== undefined && how === "none") || undefined}
            options={ways.map((value) => ({ value, label: t(`probe.${value as "http"}`) }))}
          />
        </Form.Item>
      </Tooltip>
      {(how === "http" || how === "https" || how === "tcp") && (
        <Flex gap={16} wrap>
          {how !== "tcp" && (
            <Form.Item name={[at, probe, "path"]} label={t("probe.path")} style={{ marginBottom: 8 }}>
              <Input placeholder="/" />
            </Form.Item>
          )}
          <Form.Item name={[at, probe, "port"]} label={t("probe.port")} rules={[{ required: true }]} style={{ marginBottom: 8 }}>
            <Input placeholder="8080" />
          </Form.Item>
        </Flex>
      )}
      {how === "exec" && <TextList name={[at, probe, "command"]} add={t("wizard.addCommand")} label={t("probe.exec")} />}
      {how === "other" && <Typography.Text type="secondary">{t("wizard.kept")}</Typography.Text>}
      {how !== "none" && (
        <Flex gap={16} wrap style={{ marginTop: 8 }}>
          {PROBE_FIGURES.map(figure)}
        </Flex>
      )}
    </div>
  );
}
