// SPDX-License-Identifier: Apache-2.0
import { Card, Form, type FormInstance } from "antd";
import { useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Value, writeYaml } from "../../yaml/write_yaml";
import type { KubernetesObject } from "../object";

interface Props<Values> {
  form: FormInstance<Values>;
  /** What the form shows before it was drawn. */
  initial: Values;
  objects: (values: Values) => KubernetesObject[];
}

/** What a form makes, as YAML, while somebody fills it in. It follows the form by itself: the form is not drawn anew for it. */
export function YamlPreview<Values extends object>({ form, initial, objects }: Props<Values>) {
  const { t } = useTranslation("business");
  const filled = Form.useWatch((all: Values) => all, { form, preserve: true });
  const values = useDeferredValue(filled && "name" in filled ? filled : initial);
  const yaml = useMemo(
    () =>
      objects(values)
        .map(({ status: _, ...object }) => writeYaml(object as Value)) // what the cluster says of it nobody writes
        .join("---\n"),
    [values],
  );
  return (
    <Card size="small" title="YAML" style={{ position: "sticky", top: 80 }}>
      <pre tabIndex={0} aria-label={t("wizard.preview")} style={{ margin: 0, maxHeight: "calc(100vh - 200px)", overflow: "auto", fontSize: 12 }}>
        {yaml}
      </pre>
    </Card>
  );
}
