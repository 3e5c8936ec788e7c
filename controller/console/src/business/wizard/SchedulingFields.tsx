// SPDX-License-Identifier: Apache-2.0
import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Card, Collapse, Flex, Form, Input, InputNumber, Select, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useNodeNames } from "../../pods/node_names";
import type { Path } from "../../ui/amiss";
import { PairList, RowList, rule } from "../fields/lists";
import { isLabelKey, isLabelValue } from "../names";
import { AFFINITIES, type Pair, type Rule, type WorkloadForm } from "./form";
import { useFolds, useScene } from "./scene";

const TIGHT = { marginBottom: 0 };
const NODE_OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];
const POD_OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"];

/** On which nodes the pods run. */
export function SchedulingFields() {
  const { t } = useTranslation("business");
  const folds = useFolds((shown) => (shown[0] === "scheduling" ? String(shown[1]) : undefined));
  return (
    <Card size="small" title={t("scheduling.title")} style={{ marginBottom: 16 }}>
      <Form.Item label={t("scheduling.nodeSelector")} extra={t("scheduling.nodeSelectorNote")}>
        <PairList
          name={["scheduling", "nodeSelector"]}
          add={t("scheduling.addRule")}
          keyName={t("scheduling.nodeLabel")}
          keyRules={[rule(isLabelKey, t("form.labelKeyRule"))]}
          valueRules={[rule(isLabelValue, t("form.labelValueRule"))]}
        />
      </Form.Item>
      <HostChoice />
      <Collapse
        {...folds}
        items={[
          ...AFFINITIES.map((kind) => ({
            key: kind,
            label: t(`scheduling.${kind}`),
            forceRender: true,
            children: (
              <>
                <Form.Item label={t("scheduling.required")} extra={t(kind === "nodeAffinity" ? "scheduling.requiredNodes" : "scheduling.requiredPods")}>
                  <Terms path={["scheduling", kind, "required"]} pods={kind !== "nodeAffinity"} />
                </Form.Item>
                <Form.Item label={t("scheduling.preferred")} extra={t("scheduling.preferredNote")}>
                  <Terms path={["scheduling", kind, "preferred"]} pods={kind !== "nodeAffinity"} weighted />
                </Form.Item>
              </>
            ),
          })),
          { key: "tolerations", label: t("scheduling.tolerations"), forceRender: true, children: <Tolerations /> },
        ]}
      />
    </Card>
  );
}

const HOST = "kubernetes.io/hostname";

/** One node by its name, for who may list them. */
function HostChoice() {
  const { t } = useTranslation("business");
  const { cluster } = useScene();
  const form = Form.useFormInstance<WorkloadForm>();
  const nodes = useNodeNames(cluster);
  const selector = Form.useWatch<Pair[] | undefined>(["scheduling", "nodeSelector"], { preserve: true }) ?? [];
  if (nodes.length === 0) return null;
  const choose = (host: string | undefined) => {
    const others = selector.filter((pair) => pair?.key !== HOST);
    form.setFieldValue(["scheduling", "nodeSelector"], host ? [...others, { key: HOST, value: host }] : others);
  };
  return (
    <Form.Item label={t("scheduling.host")}>
      <Select
        allowClear
        showSearch
        aria-label={t("scheduling.host")}
        placeholder={t("scheduling.anyHost")}
        value={selector.find((pair) => pair?.key === HOST)?.value}
        onChange={choose}
        options={nodes.map((value) => ({ value }))}
        style={{ maxWidth: 400 }}
      />
    </Form.Item>
  );
}

/** The terms of one affinity, each with its rules. */
function Terms({ path, pods, weighted }: { path: Path; pods: boolean; weighted?: boolean }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const blank = { rules: [{ key: "", operator: "In", values: [] }], ...(weighted && { weight: 1 }), ...(pods && { topologyKey: "kubernetes.io/hostname" }) };
  return (
    <Form.List name={path}>
      {(fields, { add, remove }) => (
        <Flex vertical gap={8}>
          {fields.map(({ key, name }) => (
            <Card
              key={key}
              size="small"
              extra={<Button type="text" aria-label={common("action.delete")} icon={<MinusCircleOutlined />} onClick={() => remove(name)} />}
            >
              <Flex gap={16} wrap>
                {weighted && (
                  <Form.Item name={[name, "weight"]} label={t("scheduling.weight")} rules={[{ required: true }]}>
                    <InputNumber min={1} max={100} precision={0} />
                  </Form.Item>
                )}
                {pods && (
                  <Form.Item
                    name={[name, "topologyKey"]}
                    label={t("scheduling.topologyKey")}
                    rules={[{ required: true }, rule(isLabelKey, t("form.labelKeyRule"))]}
                  >
                    <Input style={{ width: 260 }} />
                  </Form.Item>
                )}
              </Flex>
              <RowList name={[name, "rules"]} add={t("scheduling.addRule")} blank={() => ({ key: "", operator: "In", values: [] })}>
                {(row) => <RuleRow path={[...path, name, "rules", row]} row={row} pods={pods} />}
              </RowList>
            </Card>
          ))}
          <div>
            <Button size="small" icon={<PlusOutlined />} onClick={() => add(structuredClone(blank))}>
              {t("scheduling.addTerm")}
            </Button>
          </div>
        </Flex>
      )}
    </Form.List>
  );
}

function RuleRow({ path, row, pods }: { path: Path; row: number; pods: boolean }) {
  const { t } = useTranslation("business");
  const one = Form.useWatch<Rule | undefined>(path, { preserve: true });
  const needsNone = one?.operator === "Exists" || one?.operator === "DoesNotExist";
  const word = pods ? t("scheduling.podLabel") : t("scheduling.nodeLabel");
  return (
    <>
      <Form.Item
        name={[row, "key"]}
        rules={[{ required: true, message: t("form.needKey") }, rule(isLabelKey, t("form.labelKeyRule"))]}
        style={{ ...TIGHT, flex: 1 }}
      >
        <Input aria-label={word} placeholder={word} />
      </Form.Item>
      <Form.Item name={[row, "operator"]} style={TIGHT}>
        <Select aria-label={t("scheduling.operator")} style={{ width: 140 }} options={(pods ? POD_OPERATORS : NODE_OPERATORS).map((value) => ({ value }))} />
      </Form.Item>
      {!needsNone && (
        <Form.Item name={[row, "values"]} rules={[{ required: true, message: t("form.needValue") }]} style={{ ...TIGHT, flex: 2 }}>
          <Select mode="tags" open={false} suffixIcon={null} aria-label={t("form.value")} placeholder={t("scheduling.values")} tokenSeparators={[",", " "]} />
        </Form.Item>
      )}
    </>
  );
}

function Tolerations() {
  const { t } = useTranslation("business");
  return (
    <>
      <Typography.Paragraph type="secondary">{t("scheduling.tolerationsNote")}</Typography.Paragraph>
      <RowList name={["scheduling", "tolerations"]} add={t("scheduling.addToleration")} blank={() => ({ operator: "Equal" })}>
        {(row) => (
          <>
            <Form.Item name={[row, "key"]} rules={[rule(isLabelKey, t("form.labelKeyRule"))]} style={{ ...TIGHT, flex: 1 }}>
              <Input aria-label={t("scheduling.taint")} placeholder={t("scheduling.taint")} />
            </Form.Item>
            <Form.Item name={[row, "operator"]} style={TIGHT}>
              <Select aria-label={t("scheduling.operator")} style={{ width: 110 }} options={["Equal", "Exists"].map((value) => ({ value }))} />
            </Form.Item>
            <Form.Item name={[row, "value"]} style={{ ...TIGHT, flex: 1 }}>
              <Input aria-label={t("form.value")} placeholder={t("form.value")} />
            </Form.Item>
            <Form.Item name={[row, "effect"]} style={TIGHT}>
              <Select
                allowClear
                aria-label={t("scheduling.effect")}
                placeholder={t("scheduling.effect")}
                style={{ width: 170 }}
                options={["NoSchedule", "PreferNoSchedule", "NoExecute"].map((value) => ({ value }))}
              />
            </Form.Item>
          </>
        )}
      </RowList>
    </>
  );
}
