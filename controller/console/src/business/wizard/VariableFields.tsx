// SPDX-License-Identifier: Apache-2.0
import { Form, Input, Select, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { RowList, rule } from "../fields/lists";
import { KeyName, ObjectName } from "../fields/ObjectName";
import { isVariable } from "../names";
import type { Variable } from "./form";
import { useScene } from "./scene";

const TIGHT = { marginBottom: 0 };

/** The variables of one container, plain or from ConfigMaps and Secrets. */
export function VariableFields({ at }: { at: number }) {
  const { t } = useTranslation("business");
  return (
    <>
      <RowList name={[at, "variables"]} add={t("wizard.addVariable")} blank={() => ({ name: "", from: "value", value: "" })}>
        {(row) => <VariableRow at={at} row={row} />}
      </RowList>
      <Typography.Paragraph strong style={{ marginBlock: "16px 8px" }}>
        {t("wizard.variableSets")}
      </Typography.Paragraph>
      <RowList name={[at, "variableSets"]} add={t("wizard.addVariableSet")} blank={() => ({ from: "configMap", source: "" })}>
        {(row) => <SetRow at={at} row={row} />}
      </RowList>
    </>
  );
}

function VariableRow({ at, row }: { at: number; row: number }) {
  const { t } = useTranslation("business");
  const { cluster, namespace } = useScene();
  const one = Form.useWatch<Variable | undefined>(["containers", at, "variables", row], { preserve: true });
  const from = one?.from ?? "value";
  const list = from === "secret" ? "secrets" : "configmaps";
  return (
    <>
      <Form.Item
        name={[row, "name"]}
        rules={[{ required: true, message: t("form.needValue") }, rule(isVariable, t("wizard.variableRule"))]}
        style={{ ...TIGHT, flex: 2 }}
      >
        <Input aria-label={t("wizard.variable")} placeholder={t("wizard.variable")} />
      </Form.Item>
      <Form.Item name={[row, "from"]} style={{ ...TIGHT, width: 130 }}>
        <Select
          aria-label={t("wizard.variableFrom")}
          options={(["value", "configMap", "secret", ...(from === "other" ? ["other"] : [])] as const).map((value) => ({
            value,
            label: t(`wizard.from.${value as "value"}`),
          }))}
        />
      </Form.Item>
      {from === "value" && (
        <Form.Item name={[row, "value"]} style={{ ...TIGHT, flex: 3 }}>
          <Input aria-label={t("form.value")} placeholder={t("form.value")} />
        </Form.Item>
      )}
      {(from === "configMap" || from === "secret") && (
        <>
          <Form.Item name={[row, "source"]} rules={[{ required: true, message: t("form.needValue") }]} style={{ ...TIGHT, flex: 2 }}>
            <ObjectName list={list} cluster={cluster} namespace={namespace} label={t(`wizard.from.${from}`)} />
          </Form.Item>
          <Form.Item name={[row, "key"]} rules={[{ required: true, message: t("form.needKey") }]} style={{ ...TIGHT, flex: 1 }}>
            <KeyName list={list} cluster={cluster} namespace={namespace} source={one?.source} label={t("form.key")} />
          </Form.Item>
        </>
      )}
      {from === "other" && <Typography.Text type="secondary">{t("wizard.kept")}</Typography.Text>}
    </>
  );
}

function SetRow({ at, row }: { at: number; row: number }) {
  const { t } = useTranslation("business");
  const { cluster, namespace } = useScene();
  const from = Form.useWatch<"configMap" | "secret" | undefined>(["containers", at, "variableSets", row, "from"], { preserve: true }) ?? "configMap";
  return (
    <>
      <Form.Item name={[row, "from"]} style={{ ...TIGHT, width: 130 }}>
        <Select
          aria-label={t("wizard.variableFrom")}
          options={(["configMap", "secret"] as const).map((value) => ({ value, label: t(`wizard.from.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name={[row, "source"]} rules={[{ required: true, message: t("form.needValue") }]} style={{ ...TIGHT, flex: 2 }}>
        <ObjectName list={from === "secret" ? "secrets" : "configmaps"} cluster={cluster} namespace={namespace} label={t(`wizard.from.${from}`)} />
      </Form.Item>
      <Form.Item name={[row, "prefix"]} style={{ ...TIGHT, flex: 1 }}>
        <Input aria-label={t("wizard.prefix")} placeholder={t("wizard.prefix")} />
      </Form.Item>
    </>
  );
}
