// SPDX-License-Identifier: Apache-2.0
import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { AutoComplete, Button, Card, Flex, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Path } from "../../ui/amiss";
import { RowList, rule } from "../fields/lists";
import { ObjectName, useChoices } from "../fields/ObjectName";
import { isSubdomain } from "../names";
import { type IngressPath, newPath } from "./ingress";

const TIGHT = { marginBottom: 0 };
const EXAMPLE = "example.com";

interface Props {
  /** Where they stand in the form. */
  name: Path;
  cluster: string;
  namespace?: string;
  /** The Service and its port to which paths lead that say no other. */
  own?: { service?: string; port?: string };
}

/** Which hosts and paths lead to which Services. */
export function RuleFields({ name, ...place }: Props) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const hostRule = rule((text) => isSubdomain(text.replace(/^\*\./, "")), t("ingress.hostRule"));
  return (
    <Form.List name={name}>
      {(fields, { add, remove }, { errors }) => (
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
              <RowList name={[at, "paths"]} add={t("ingress.addPath")} blank={newPath}>
                {(row) => <PathRow path={[...name, at, "paths", row]} row={row} {...place} />}
              </RowList>
            </Card>
          ))}
          <Form.ErrorList errors={errors} />
          <Button size="small" icon={<PlusOutlined />} style={{ marginBottom: 16 }} onClick={() => add({ paths: [newPath()] })}>
            {t("ingress.addRule")}
          </Button>
        </>
      )}
    </Form.List>
  );
}

function PathRow({ path, row, cluster, namespace, own }: Omit<Props, "name"> & { path: Path; row: number }) {
  const { t } = useTranslation("business");
  const one = Form.useWatch<IngressPath | undefined>(path, { preserve: true });
  const services = useChoices("services", cluster, namespace);
  const ports = services.find(({ name }) => name === (one?.service || own?.service))?.ports ?? [];
  const required = [{ required: !one?.base && !own, message: t("form.needValue") }];
  return (
    <Flex vertical gap={4} flex={1}>
      <Flex gap={8} wrap>
        <Form.Item name={[row, "path"]} rules={[rule((text) => text.startsWith("/"), t("wizard.pathRule"))]} style={{ ...TIGHT, flex: 1, minWidth: 120 }}>
          <Input aria-label={t("ingress.path")} placeholder={t("ingress.path")} />
        </Form.Item>
        <Form.Item name={[row, "pathType"]} style={TIGHT}>
          <Select
            aria-label={t("ingress.pathType")}
            style={{ width: 190 }}
            options={["Prefix", "Exact", "ImplementationSpecific"].map((value) => ({ value }))}
          />
        </Form.Item>
        <Form.Item name={[row, "service"]} rules={required} style={{ ...TIGHT, flex: 1 }}>
          <ObjectName
            list="services"
            cluster={cluster}
            namespace={namespace}
            label={own ? t("ingress.toService") : t("access.service")}
            placeholder={own?.service}
          />
        </Form.Item>
        <Form.Item name={[row, "port"]} rules={required} style={TIGHT}>
          <AutoComplete
            aria-label={own ? t("ingress.toPort") : t("access.port")}
            placeholder={own?.port ?? t("access.port")}
            style={{ width: 120 }}
            options={ports.map(({ port, name }) => ({ value: String(port), label: name ? `${port} (${name})` : String(port) }))}
          />
        </Form.Item>
      </Flex>
    </Flex>
  );
}
