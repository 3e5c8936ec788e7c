// SPDX-License-Identifier: Apache-2.0
import { Card, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { AutoscalerFields } from "../autoscaling/AutoscalerFields";
import { rule } from "../fields/lists";
import { useChoices } from "../fields/ObjectName";
import { LASTING } from "../kinds";
import { isSubdomain } from "../names";
import { LabelFields } from "./LabelFields";
import { NetworkFields } from "./NetworkFields";
import { SchedulingFields } from "./SchedulingFields";
import { StrategyFields } from "./StrategyFields";
import { useScene } from "./scene";

/** Update strategy, scheduling, network, labels. */
export function AdvancedFields() {
  const { t } = useTranslation("business");
  const { kind, cluster, namespace, editing } = useScene();
  const registries = useChoices("secrets", cluster, namespace).filter(({ type }) => type === "kubernetes.io/dockerconfigjson");
  return (
    <>
      {LASTING.includes(kind) && <StrategyFields />}
      {kind === "deployments" && !editing && <ScalingFields />}
      <SchedulingFields />
      <NetworkFields />
      <Card size="small" title={t("wizard.more")} style={{ marginBottom: 16 }}>
        <LabelFields />
        <Form.Item name="pullSecrets" label={t("wizard.pullSecrets")} extra={t("wizard.pullSecretsNote")}>
          <Select mode="tags" style={{ maxWidth: 400 }} options={registries.map(({ name }) => ({ value: name }))} />
        </Form.Item>
        {kind === "statefulsets" && (
          <Form.Item name="serviceName" label={t("wizard.serviceName")} rules={[rule(isSubdomain, t("form.labelRule"))]} extra={t("wizard.serviceNameNote")}>
            <Input disabled={editing || undefined} style={{ maxWidth: 300 }} />
          </Form.Item>
        )}
        <Form.Item name="terminationGracePeriodSeconds" label={t("wizard.grace")}>
          <InputNumber min={0} precision={0} placeholder="30" />
        </Form.Item>
      </Card>
    </>
  );
}

/** An autoscaler that is made with the Deployment. */
function ScalingFields() {
  const { t } = useTranslation("business");
  const on = Form.useWatch<boolean | undefined>(["scaling", "on"], { preserve: true });
  return (
    <Card size="small" title={t("autoscaler.title")} style={{ marginBottom: 16 }}>
      <Form.Item name={["scaling", "on"]} label={t("autoscaler.start")} valuePropName="checked" extra={t("autoscaler.about")}>
        <Switch />
      </Form.Item>
      {on && <AutoscalerFields under={["scaling"]} />}
    </Card>
  );
}
