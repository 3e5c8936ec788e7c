// SPDX-License-Identifier: Apache-2.0
import { Alert, Card, Flex, Form, Input, InputNumber, Select, Switch, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { RowList, rule } from "../fields/lists";
import { isLabel } from "../names";
import { RuleFields } from "../network/RuleFields";
import type { Access } from "./form";
import { useScene } from "./scene";

const TIGHT = { marginBottom: 0 };
const TYPES = ["ClusterIP", "NodePort", "LoadBalancer", "Headless"] as const;

/** A Service, and an Ingress that leads to it, made with the workload. `there`: of one that runs, and which of them it has. */
export function AccessFields({ there }: { there?: { service: boolean; ingress: boolean } }) {
  const { t } = useTranslation("business");
  const access = Form.useWatch<Access | undefined>("access", { preserve: true });
  const name = Form.useWatch<string | undefined>("name", { preserve: true });
  const { cluster, namespace } = useScene();
  const port = access?.ports?.[0]?.port;
  const urls = (access?.ingress?.rules ?? []).flatMap((one) =>
    (one?.paths ?? []).filter((path) => !path?.service).map((path) => `http://${one.host || "*"}${path?.path || "/"}`),
  );
  return (
    <>
      <Card size="small" title={t("tab.services")} style={{ marginBottom: 16 }}>
        <Form.Item hidden={there !== undefined} name={["access", "on"]} label={t("access.make")} valuePropName="checked" extra={t("access.note")}>
          <Switch />
        </Form.Item>
        {access?.on && (
          <>
            <Flex gap={24} wrap>
              <Form.Item name={["access", "name"]} label={t("access.service")} rules={[rule(isLabel, t("form.labelRule"))]}>
                <Input placeholder={name} maxLength={63} disabled={there?.service || undefined} />
              </Form.Item>
              <Form.Item
                name={["access", "type"]}
                label={t("service.type")}
                extra={t(`access.about.${(access.type ?? "ClusterIP") as "ClusterIP"}`)}
                style={{ flex: 1 }}
              >
                <Select style={{ maxWidth: 240 }} options={TYPES.map((value) => ({ value }))} />
              </Form.Item>
            </Flex>
            <Typography.Paragraph strong>{t("service.ports")}</Typography.Paragraph>
            <AccessPorts
              name={["access", "ports"]}
              nodePorts={access.type === "NodePort" || access.type === "LoadBalancer"}
              onlyTcp={access.type === "LoadBalancer"}
            />
          </>
        )}
      </Card>
      {access?.on && (
        <Card size="small" title={t("access.ingress")} style={{ marginBottom: 16 }}>
          <Form.Item
            name={["access", "ingress", "on"]}
            label={t("access.makeIngress")}
            valuePropName="checked"
            extra={there?.ingress ? t("access.hasIngress") : undefined}
          >
            <Switch disabled={there?.ingress || undefined} />
          </Form.Item>
          {access.ingress?.on && (
            <>
              <Form.Item name={["access", "ingress", "className"]} label={t("ingress.class")}>
                <Input style={{ maxWidth: 240 }} />
              </Form.Item>
              <RuleFields
                name={["access", "ingress", "rules"]}
                cluster={cluster}
                namespace={namespace}
                own={{ service: access.name || name, port: port === undefined ? undefined : String(port) }}
              />
              {urls.length > 0 && <Alert type="info" showIcon title={t("access.ingressNote", { url: urls.join(" ") })} />}
            </>
          )}
        </Card>
      )}
    </>
  );
}

/** The ports of a Service. */
export function AccessPorts({ name, nodePorts, onlyTcp }: { name: (string | number)[]; nodePorts: boolean; onlyTcp?: boolean }) {
  const { t } = useTranslation("business");
  return (
    <RowList name={name} add={t("wizard.addPort")} blank={() => ({ protocol: "TCP" })}>
      {(row) => (
        <>
          <Form.Item name={[row, "name"]} rules={[rule(isLabel, t("form.labelRule"))]} style={TIGHT}>
            <Input aria-label={t("wizard.portName")} placeholder={t("wizard.portName")} />
          </Form.Item>
          <Form.Item name={[row, "port"]} rules={[{ required: true, message: t("form.needValue") }]} style={TIGHT}>
            <InputNumber min={1} max={65_535} precision={0} aria-label={t("access.port")} placeholder={t("access.port")} style={{ width: 130 }} />
          </Form.Item>
          <Form.Item name={[row, "targetPort"]} style={TIGHT}>
            <Input aria-label={t("wizard.containerPort")} placeholder={t("wizard.containerPort")} style={{ width: 130 }} />
          </Form.Item>
          {nodePorts && (
            <Form.Item name={[row, "nodePort"]} style={TIGHT}>
              <InputNumber min={1} max={65_535} precision={0} aria-label={t("access.nodePort")} placeholder={t("access.nodePortAny")} style={{ width: 150 }} />
            </Form.Item>
          )}
          <Form.Item name={[row, "protocol"]} style={TIGHT}>
            <Select
              aria-label={t("wizard.protocol")}
              style={{ width: 90 }}
              options={(onlyTcp ? ["TCP"] : ["TCP", "UDP", "SCTP"]).map((value) => ({ value }))}
            />
          </Form.Item>
        </>
      )}
    </RowList>
  );
}
