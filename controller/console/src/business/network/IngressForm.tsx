// SPDX-License-Identifier: Apache-2.0
import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Card, Flex, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { usePlace } from "../../app/place";
import { placeBy } from "../../ui/amiss";
import { RowList, rule } from "../fields/lists";
import { ObjectName, useChoices } from "../fields/ObjectName";
import { isSubdomain } from "../names";
import { ObjectFormPage } from "../ObjectFormPage";
import { INGRESS_PLACES, ingressObject, ingressOf, type IngressPath, type IngressValues } from "./ingress";

const TIGHT = { marginBottom: 0 };
const EXAMPLE = "example.com";

/** Makes or changes an Ingress. */
export function IngressForm({ editing }: { editing: boolean }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster } = usePlace();
  const hostRule = rule((text) => isSubdomain(text.replace(/^\*\./, "")), t("ingress.hostRule"));
  return (
    <ObjectFormPage<IngressValues>
      resource="ingresses"
      editing={editing}
      blank={() => ({ rules: [{ paths: [{ path: "/", pathType: "Prefix" }] }], tls: [] })}
      read={ingressOf}
      write={ingressObject}
      placeOf={(field) => placeBy(INGRESS_PLACES, field)}
      fields={(_, namespace) => (
        <>
          <Card size="small" style={{ marginBottom: 16 }}>
            <Form.Item name="className" label={t("ingress.class")} extra={t("ingress.classNote")}>
              <Input style={{ maxWidth: 300 }} />
            </Form.Item>
          </Card>
          <Form.List name="rules">
            {(fields, { add, remove }) => (
              <>
                {fields.map(({ key, name: at }) => (
                  <Card
                    key={key}
                    size="small"
                    title={t("ingress.rule")}
                    style={{ marginBottom: 16 }}
                    extra={<Button type="text" aria-label={common("action.delete")} icon={<MinusCircleOutlined />} onClick={() => remove(at)} />}
                  >
                    <Form.Item name={[at, "host"]} label={t("ingress.host")} rules={[hostRule]} extra={t("ingress.hostNote")}>
                      <Input placeholder={EXAMPLE} style={{ maxWidth: 400 }} />
                    </Form.Item>
                    <RowList name={[at, "paths"]} add={t("ingress.addPath")} blank={() => ({ path: "/", pathType: "Prefix" })}>
                      {(row) => <PathRow rule={at} row={row} cluster={cluster} namespace={namespace} />}
                    </RowList>
                  </Card>
                ))}
                <Button size="small" icon={<PlusOutlined />} style={{ marginBottom: 16 }} onClick={() => add({ paths: [{ path: "/", pathType: "Prefix" }] })}>
                  {t("ingress.addRule")}
                </Button>
              </>
            )}
          </Form.List>
          <Card size="small" title={t("ingress.tls")} style={{ marginBottom: 16 }}>
            <RowList name={["tls"]} add={t("ingress.addTls")} blank={() => ({ hosts: [] })}>
              {(row) => (
                <>
                  <Form.Item name={[row, "hosts"]} style={{ ...TIGHT, flex: 2 }}>
                    <Select
                      mode="tags"
                      open={false}
                      suffixIcon={null}
                      aria-label={t("network.hostnames")}
                      placeholder={t("network.hostnames")}
                      tokenSeparators={[",", " "]}
                    />
                  </Form.Item>
                  <Form.Item name={[row, "secret"]} style={{ ...TIGHT, flex: 1 }}>
                    <ObjectName list="secrets" cluster={cluster} namespace={namespace} label={t("ingress.certificate")} />
                  </Form.Item>
                </>
              )}
            </RowList>
          </Card>
        </>
      )}
    />
  );
}

function PathRow({ rule: at, row, cluster, namespace }: { rule: number; row: number; cluster: string; namespace?: string }) {
  const { t } = useTranslation("business");
  const one = Form.useWatch<IngressPath | undefined>(["rules", at, "paths", row], { preserve: true });
  const services = useChoices("services", cluster, namespace);
  const ports = services.find(({ name }) => name === one?.service)?.ports ?? [];
  return (
    <Flex vertical gap={4} flex={1}>
      <Flex gap={8} wrap>
        <Form.Item name={[row, "path"]} rules={[rule((text) => text.startsWith("/"), t("wizard.pathRule"))]} style={{ ...TIGHT, flex: 1 }}>
          <Input aria-label={t("ingress.path")} placeholder={t("ingress.path")} />
        </Form.Item>
        <Form.Item name={[row, "pathType"]} style={TIGHT}>
          <Select
            aria-label={t("ingress.pathType")}
            style={{ width: 190 }}
            options={["Prefix", "Exact", "ImplementationSpecific"].map((value) => ({ value }))}
          />
        </Form.Item>
        <Form.Item name={[row, "service"]} rules={[{ required: !one?.base, message: t("form.needValue") }]} style={{ ...TIGHT, flex: 1 }}>
          <ObjectName list="services" cluster={cluster} namespace={namespace} label={t("access.service")} />
        </Form.Item>
        <Form.Item name={[row, "port"]} rules={[{ required: !one?.base, message: t("form.needValue") }]} style={TIGHT}>
          <AutoComplete
            aria-label={t("access.port")}
            placeholder={t("access.port")}
            style={{ width: 120 }}
            options={ports.map(({ port, name }) => ({ value: String(port), label: name ? `${port} (${name})` : String(port) }))}
          />
        </Form.Item>
      </Flex>
    </Flex>
  );
}
