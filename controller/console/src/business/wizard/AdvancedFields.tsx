// SPDX-License-Identifier: Apache-2.0
import { Card, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { PairList, RowList, rule } from "../fields/lists";
import { useChoices } from "../fields/ObjectName";
import { LASTING } from "../kinds";
import { isLabelKey, isLabelValue, isSubdomain } from "../names";
import { SchedulingFields } from "./SchedulingFields";
import { StrategyFields } from "./StrategyFields";
import { useScene } from "./scene";

const TIGHT = { marginBottom: 0 };
const IP = /^[0-9a-fA-F.:]+$/;

/** Update strategy, scheduling, network, labels. */
export function AdvancedFields() {
  const { t } = useTranslation("business");
  const { kind, cluster, namespace, editing } = useScene();
  const hostNetwork = Form.useWatch<boolean | undefined>("hostNetwork", { preserve: true });
  const registries = useChoices("secrets", cluster, namespace).filter(({ type }) => type === "kubernetes.io/dockerconfigjson");
  const keyRules = [rule(isLabelKey, t("form.labelKeyRule"))];
  const valueRules = [rule(isLabelValue, t("form.labelValueRule"))];
  return (
    <>
      {LASTING.includes(kind) && <StrategyFields />}
      <SchedulingFields />
      <Card size="small" title={t("network.title")} style={{ marginBottom: 16 }}>
        <Form.Item name="hostNetwork" label={t("network.hostNetwork")} valuePropName="checked" extra={t("network.hostNetworkNote")}>
          <Switch />
        </Form.Item>
        {!hostNetwork && (
          <Form.Item label={t("network.hostAliases")} extra={t("network.hostAliasesNote")}>
            <RowList name={["hostAliases"]} add={t("network.addHostAlias")} blank={() => ({ ip: "", hostnames: [] })}>
              {(row) => (
                <>
                  <Form.Item
                    name={[row, "ip"]}
                    rules={[{ required: true, message: t("form.needValue") }, rule((text) => IP.test(text), t("network.ipRule"))]}
                    style={TIGHT}
                  >
                    <Input aria-label={t("pod.ip")} placeholder={t("pod.ip")} />
                  </Form.Item>
                  <Form.Item name={[row, "hostnames"]} rules={[{ required: true, message: t("form.needValue") }]} style={{ ...TIGHT, flex: 1 }}>
                    <Select
                      mode="tags"
                      open={false}
                      suffixIcon={null}
                      aria-label={t("network.hostnames")}
                      placeholder={t("network.hostnames")}
                      tokenSeparators={[",", " "]}
                    />
                  </Form.Item>
                </>
              )}
            </RowList>
          </Form.Item>
        )}
      </Card>
      <Card size="small" title={t("wizard.more")} style={{ marginBottom: 16 }}>
        <Form.Item label={t("list.labels")}>
          <PairList name={["labels"]} add={t("wizard.addLabel")} keyRules={keyRules} valueRules={valueRules} />
        </Form.Item>
        <Form.Item label={t("details.podLabels")} extra={editing ? t("wizard.podLabelsNote") : undefined}>
          <PairList name={["podLabels"]} add={t("wizard.addLabel")} keyRules={keyRules} valueRules={valueRules} />
        </Form.Item>
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
