// SPDX-License-Identifier: Apache-2.0
import { Space, Tag, Tooltip, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { State } from "../../ui/State";
import { absolute, Time } from "../../ui/Time";

type Fact = Schemas["Fact"];

const GOOD = ["connected", "ready", "running"];

/** What one source says of a node, since when, as of when, and why. */
export function FactCell({ fact }: { fact: Fact }) {
  const { t } = useTranslation("management");
  const lines = [fact.detail, fact.since && t("node.since", { time: absolute(fact.since) }), fact.asOf && t("node.asOf", { time: absolute(fact.asOf) })].filter(
    Boolean,
  );
  return (
    <Tooltip title={<span style={{ whiteSpace: "pre-line" }}>{lines.join("\n")}</span>}>
      <Space orientation="vertical" size={0} tabIndex={0}>
        <Space size={4}>
          <State of={fact.value} />
          {fact.unschedulable && <Tag color="warning">{t("node.cordoned")}</Tag>}
        </Space>
        {fact.detail && !GOOD.includes(fact.value) && (
          <Typography.Text type="danger" style={{ fontSize: 12, display: "block", maxWidth: 220 }}>
            {fact.detail}
          </Typography.Text>
        )}
        {fact.pressures?.map((pressure) => (
          <Tag key={pressure} color="error">
            {pressure}
          </Tag>
        ))}
        <Typography.Text type="secondary" style={{ fontSize: 12 }}>
          <Time at={fact.asOf} />
        </Typography.Text>
      </Space>
    </Tooltip>
  );
}
