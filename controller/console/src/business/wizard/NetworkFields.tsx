// SPDX-License-Identifier: Apache-2.0
import { Card, Form, Input, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { HostNames } from "../fields/HostNames";
import { RowList, rule } from "../fields/lists";

const TIGHT = { marginBottom: 0 };
const IP = /^[0-9a-fA-F.:]+$/;

/** The node's network or one of their own, and the names that the pods know beside DNS. */
export function NetworkFields() {
  const { t } = useTranslation("business");
  const hostNetwork = Form.useWatch<boolean | undefined>("hostNetwork", { preserve: true });
  return (
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
                  <HostNames />
                </Form.Item>
              </>
            )}
          </RowList>
        </Form.Item>
      )}
    </Card>
  );
}
