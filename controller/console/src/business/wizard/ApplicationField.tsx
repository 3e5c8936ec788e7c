// SPDX-License-Identifier: Apache-2.0
import { Form } from "antd";
import { useTranslation } from "react-i18next";
import { ObjectName } from "../fields/ObjectName";
import { rule } from "../fields/lists";
import { isLabel } from "../names";
import { useScene } from "./scene";

/** The application that a workload belongs to, by its label. */
export function ApplicationField() {
  const { t } = useTranslation("business");
  const { cluster, namespace } = useScene();
  return (
    <Form.Item name="application" label={t("list.application")} rules={[rule(isLabel, t("form.labelRule"))]} extra={t("wizard.applicationNote")}>
      <ObjectName list="applications" cluster={cluster} namespace={namespace} label={t("list.application")} />
    </Form.Item>
  );
}
