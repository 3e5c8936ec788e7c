// SPDX-License-Identifier: Apache-2.0
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Flex, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

export interface Pair {
  key: string;
  value?: string;
}

const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

export function isLabelKey(text: string): boolean {
  return KEY.test(text);
}

export function isLabelValue(text: string): boolean {
  return VALUE.test(text);
}

/** Pairs of a form as a map, and back. */
export function mapOf(pairs: Pair[] = []): Record<string, string> {
  return Object.fromEntries(pairs.filter(({ key }) => key).map(({ key, value }) => [key.trim(), (value ?? "").trim()]));
}

export function pairsOf(map: Record<string, string> = {}): Pair[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}

/** Labels, or other keys with values, that a form changes one by one. `free`: any text may be a key or a value. */
export function PairsField({ name, free }: { name: string | (string | number)[]; free?: boolean }) {
  const { t } = useTranslation();
  const { getFieldValue } = Form.useFormInstance();
  const once = (key: string) => ((getFieldValue(name) ?? []) as (Pair | undefined)[]).filter((pair) => pair?.key === key).length < 2;
  const refuse = (why: string) => Promise.reject(new Error(why));
  return (
    <Form.List name={name}>
      {(fields, { add, remove }, { errors }) => (
        <Flex vertical gap={8}>
          {fields.map((field) => (
            <Flex key={field.key} gap={8} align="start">
              <Form.Item
                name={[field.name, "key"]}
                style={{ margin: 0, flex: 1 }}
                rules={[
                  {
                    validator: (_, key?: string) =>
                      !key || !(free || isLabelKey(key)) ? refuse(t("pairs.keyRule")) : once(key) ? Promise.resolve() : refuse(t("pairs.twice")),
                  },
                ]}
              >
                <Input aria-label={t("pairs.key")} placeholder={t("pairs.key")} />
              </Form.Item>
              <Form.Item
                name={[field.name, "value"]}
                style={{ margin: 0, flex: 1 }}
                rules={[{ validator: (_, value?: string) => (free || isLabelValue(value ?? "") ? Promise.resolve() : refuse(t("pairs.valueRule"))) }]}
              >
                <Input aria-label={t("pairs.value")} placeholder={t("pairs.value")} />
              </Form.Item>
              <Button aria-label={t("action.delete")} title={t("action.delete")} icon={<DeleteOutlined />} onClick={() => remove(field.name)} />
            </Flex>
          ))}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined />} style={{ alignSelf: "start" }} onClick={() => add({ key: "", value: "" })}>
            {t("pairs.add")}
          </Button>
        </Flex>
      )}
    </Form.List>
  );
}
