// SPDX-License-Identifier: Apache-2.0
import { Form } from "antd";
import { useTranslation } from "react-i18next";
import { PairList, rule } from "../fields/lists";
import { APPLICATION_LABEL } from "../kinds";
import { isLabelKey, isLabelValue } from "../names";
import { type KubernetesObject, part } from "../object";
import { useScene } from "./scene";

/** The labels of a workload and of its pods. Those by which it finds its pods stay as they are. */
export function LabelFields() {
  const { t } = useTranslation("business");
  const { editing } = useScene();
  const base = Form.useWatch<KubernetesObject | undefined>("base", { preserve: true });
  const keyRules = [rule(isLabelKey, t("form.labelKeyRule"))];
  const valueRules = [rule(isLabelValue, t("form.labelValueRule"))];
  const notApplication = rule((key) => key !== APPLICATION_LABEL, t("wizard.applicationKey", { field: t("list.application") }));
  const fixed = editing ? Object.keys(part(base, "spec", "selector", "matchLabels")) : [];
  return (
    <>
      <Form.Item label={t("list.labels")}>
        <PairList name={["labels"]} add={t("wizard.addLabel")} keyRules={[...keyRules, notApplication]} valueRules={valueRules} />
      </Form.Item>
      <Form.Item label={t("details.podLabels")} extra={editing ? t("wizard.podLabelsRestart") : undefined}>
        <PairList
          name={["podLabels"]}
          add={t("wizard.addLabel")}
          keyRules={keyRules}
          valueRules={valueRules}
          fixed={(key) => (fixed.includes(key) ? t("wizard.podLabelsNote") : undefined)}
        />
      </Form.Item>
    </>
  );
}
