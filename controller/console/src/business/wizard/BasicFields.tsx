// SPDX-License-Identifier: Apache-2.0
import { Card, ConfigProvider, Form, Input, InputNumber, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import { usePlace } from "../../app/place";
import { rule } from "../fields/lists";
import { LASTING, type WorkloadPlural } from "../kinds";
import { isLabel, isSubdomain } from "../names";
import { NamespaceSelect } from "../NamespaceSelect";
import { ApplicationField } from "./ApplicationField";
import { useScene } from "./scene";

/** Namespace, name, what it is for, and how many there shall be. */
export function BasicFields() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster, kind, editing, become } = useScene();
  const place = usePlace();
  const { componentDisabled } = ConfigProvider.useConfig(); // Segmented does not ask the form by itself
  const lasting = LASTING.includes(kind);
  const strict = kind === "statefulsets" || kind === "cronjobs" || kind === "jobs";
  return (
    <Card size="small" title={t("wizard.basics")} style={{ marginBottom: 16 }}>
      {!editing && lasting && (
        <Form.Item label={t("application.kind")}>
          <Segmented<WorkloadPlural>
            value={kind}
            disabled={componentDisabled}
            options={LASTING.map((value) => ({ value, label: t(`kind.${value}`) }))}
            onChange={(next) => become?.(next)}
          />
        </Form.Item>
      )}
      {!place.namespace && (
        <Form.Item name="namespace" label={common("place.namespace")} rules={[{ required: true }]}>
          <NamespaceSelect cluster={cluster} />
        </Form.Item>
      )}
      <Form.Item name="name" label={t("wizard.name")} rules={[{ required: true }, rule(strict ? isLabel : isSubdomain, t("form.labelRule"))]}>
        <Input disabled={editing || undefined} maxLength={63} style={{ maxWidth: 400 }} autoFocus={!editing} />
      </Form.Item>
      <Form.Item name="description" label={t("wizard.description")}>
        <Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} maxLength={1024} />
      </Form.Item>
      <ApplicationField />
      {(kind === "deployments" || kind === "statefulsets") && (
        <Form.Item name="replicas" label={t("workload.replicas")} rules={[{ required: true }]}>
          <InputNumber min={0} max={10_000} precision={0} />
        </Form.Item>
      )}
    </Card>
  );
}
