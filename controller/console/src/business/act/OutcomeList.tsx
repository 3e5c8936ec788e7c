// SPDX-License-Identifier: Apache-2.0
import { CheckCircleFilled, ClockCircleFilled, CloseCircleFilled, MinusCircleFilled } from "@ant-design/icons";
import { Flex, Typography, theme } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";

type Outcome = Pick<Schemas["ActionOutcome"], "kind" | "namespace" | "name" | "ok"> &
  Partial<Pick<Schemas["ActionOutcome"], "waiting" | "unchanged" | "message" | "made" | "rule">>;

/** What became of each object: done, as it was, waiting for the cluster, or refused in the server's words. `beforehand`: what would. */
export function OutcomeList({ outcomes, beforehand }: { outcomes: Outcome[]; beforehand?: boolean }) {
  const { t } = useTranslation("business");
  const { token } = theme.useToken();
  const look = (one: Outcome) => {
    if (!one.ok) return { icon: <CloseCircleFilled style={{ color: token.colorError }} />, text: one.message ?? t("outcome.failed") };
    if (one.waiting) return { icon: <ClockCircleFilled style={{ color: token.colorWarning }} />, text: t("outcome.waiting") };
    if (one.unchanged) return { icon: <MinusCircleFilled style={{ color: token.colorTextTertiary }} />, text: t("outcome.unchanged") };
    if (beforehand) return { icon: <CheckCircleFilled style={{ color: token.colorTextTertiary }} />, text: "" };
    return { icon: <CheckCircleFilled style={{ color: token.colorSuccess }} />, text: one.made ? t("outcome.made", { name: one.made }) : t("outcome.done") };
  };
  return (
    <ul style={{ listStyle: "none", margin: 0, padding: 0, maxHeight: "45vh", overflow: "auto" }}>
      {outcomes.map((one) => {
        const { icon, text } = look(one);
        return (
          <li key={`${one.kind}/${one.namespace}/${one.name}`} style={{ paddingBlock: 4 }}>
            <Flex gap={8} align="baseline">
              {icon}
              <span>
                <Typography.Text strong>
                  {one.namespace}/{one.name}
                </Typography.Text>{" "}
                <Typography.Text type="secondary">{one.kind}</Typography.Text> {text}
              </span>
            </Flex>
          </li>
        );
      })}
    </ul>
  );
}
