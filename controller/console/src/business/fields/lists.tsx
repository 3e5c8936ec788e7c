// SPDX-License-Identifier: Apache-2.0
import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Flex, Form, Input, Tooltip } from "antd";
import type { Rule } from "antd/es/form";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Path } from "../../ui/amiss";

/** A rule of a field: what `check` does not take is refused with `why`; nothing is always fine. */
export function rule(check: (text: string) => boolean, why: string): Rule {
  return {
    validator: (_, text?: string | number) =>
      text === undefined || text === null || text === "" || check(String(text)) ? Promise.resolve() : Promise.reject(new Error(why)),
  };
}

interface Rows {
  /** Where the list stands in the form; within another list without that one's path, which `under` is. */
  name: Path;
  add: string;
  /** What a new row holds. */
  blank: () => unknown;
  children: (at: number) => ReactNode;
  disabled?: boolean;
  /** Why a row stays. */
  fixed?: (at: number) => string | undefined;
}

/** A list in a form: a row each, each with a button that takes it away, and one that adds a row. */
export function RowList({ name, add, blank, children, disabled, fixed }: Rows) {
  const { t } = useTranslation();
  return (
    <Form.List name={name}>
      {(fields, { add: append, remove }, { errors }) => (
        <Flex vertical gap={8}>
          {fields.map((field) => (
            <Flex key={field.key} gap={8} align="start">
              <Flex gap={8} flex={1} wrap>
                {children(field.name)}
              </Flex>
              <Tooltip title={fixed?.(field.name)}>
                <Button
                  type="text"
                  disabled={disabled || fixed?.(field.name) !== undefined || undefined}
                  aria-label={t("action.delete")}
                  icon={<MinusCircleOutlined />}
                  onClick={() => remove(field.name)}
                />
              </Tooltip>
            </Flex>
          ))}
          <div>
            <Button size="small" disabled={disabled} icon={<PlusOutlined />} onClick={() => append(blank())}>
              {add}
            </Button>
          </div>
          <Form.ErrorList errors={errors} />
        </Flex>
      )}
    </Form.List>
  );
}

interface Pairs {
  name: Path;
  add: string;
  keyName?: string;
  keyRules?: Rule[];
  valueRules?: Rule[];
  disabled?: boolean;
  /** Why a key stays as it is. */
  fixed?: (key: string) => string | undefined;
}

/** Keys and values: labels, selectors. */
export function PairList({ name, add, keyRules = [], valueRules = [], disabled, keyName, fixed }: Pairs) {
  const { t } = useTranslation("business");
  const pairs = Form.useWatch<{ key?: string }[] | undefined>(name, { preserve: true });
  const stays = fixed && ((at: number) => fixed(pairs?.[at]?.key ?? ""));
  const keyWord = keyName ?? t("form.key");
  return (
    <RowList name={name} add={add} blank={() => ({ key: "", value: "" })} disabled={disabled} fixed={stays}>
      {(at) => (
        <>
          <Form.Item name={[at, "key"]} rules={[{ required: true, message: t("form.needKey") }, ...keyRules]} style={{ flex: 1, marginBottom: 0 }}>
            <Input aria-label={keyWord} placeholder={keyWord} disabled={disabled || stays?.(at) !== undefined || undefined} />
          </Form.Item>
          <Form.Item name={[at, "value"]} rules={valueRules} style={{ flex: 1, marginBottom: 0 }}>
            <Input aria-label={t("form.value")} placeholder={t("form.value")} disabled={disabled || stays?.(at) !== undefined || undefined} />
          </Form.Item>
        </>
      )}
    </RowList>
  );
}

/** A list of texts, one field each: the parts of a command. */
export function TextList({ name, add, label }: { name: Path; add: string; label: string }) {
  const { t } = useTranslation("business");
  return (
    <RowList name={name} add={add} blank={() => ""}>
      {(at) => (
        <Form.Item name={at} rules={[{ required: true, message: t("form.needValue") }]} style={{ flex: 1, marginBottom: 0 }}>
          <Input.TextArea autoSize={{ minRows: 1, maxRows: 8 }} aria-label={label} style={{ fontFamily: "monospace" }} />
        </Form.Item>
      )}
    </RowList>
  );
}
