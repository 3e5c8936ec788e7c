// SPDX-License-Identifier: Apache-2.0
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Descriptions, Flex, Form, Input, Select, Space, Spin, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Failure";
import { FormDialog } from "../../ui/FormDialog";
import { isLabelKey, isLabelValue, mapOf, type Pair, PairsField, pairsOf } from "../../ui/PairsField";
import { ReasonButton } from "../../ui/ReasonButton";
import { changeNode, merge, readNode, refuseTorn, type Taint, taintMap, taintsOf } from "./nodeObject";

const EFFECTS: Taint["effect"][] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** Labels, taints and annotations: by the first two Kubernetes decides what runs here. */
export function NodeKubernetes({ cluster, node }: { cluster: string; node: string }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  // with what was seen as the dialog opened: what others change from then on is theirs
  const [editing, setEditing] = useState<{ of: "labels"; was: Record<string, string> } | { of: "taints"; was: Taint[] }>();
  const query = useQuery({
    queryKey: ["get", "/api/v1/clusters/{cluster}/objects/nodes/{name}", { cluster, node }],
    queryFn: () => readNode(cluster, node),
  });
  if (!query.data) return query.error ? <Failure error={query.error} again={() => void query.refetch()} /> : <Spin />;
  const { metadata, spec } = query.data;
  const labels = metadata.labels ?? {};
  const taints = spec?.taints ?? [];
  const seenLabels = editing?.of === "labels" ? editing.was : labels;
  const seenTaints = editing?.of === "taints" ? editing.was : taints;
  const torn = (keys: string) => t("node.torn", { keys });
  const saved = (state: "done" | "waiting") => {
    void (state === "waiting" ? message.warning(t("waits")) : message.success(t("saved")));
    void queries.invalidateQueries();
  };
  const editButton = {
    labels: <ReasonButton onClick={() => setEditing({ of: "labels", was: labels })}>{common("action.edit")}</ReasonButton>,
    taints: <ReasonButton onClick={() => setEditing({ of: "taints", was: taints })}>{common("action.edit")}</ReasonButton>,
  };
  return (
    <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
      <Card title={t("node.labels")} size="small" extra={editButton.labels}>
        <Flex gap={4} wrap>
          {Object.entries(labels).map(([key, value]) => (
            <Tag key={key}>{value ? `${key}=${value}` : key}</Tag>
          ))}
        </Flex>
      </Card>
      <Card title={t("node.taints")} size="small" extra={editButton.taints}>
        {taints.length === 0 && t("node.noTaints")}
        <Flex gap={4} wrap>
          {taints.map(({ key, value, effect }) => (
            <Tag key={key + effect} color="warning">
              {`${key}${value ? `=${value}` : ""}:${effect}`}
            </Tag>
          ))}
        </Flex>
      </Card>
      <Card title={t("node.annotations")} size="small">
        <Descriptions column={1} items={Object.entries(metadata.annotations ?? {}).map(([key, value]) => ({ key, label: key, children: value }))} />
      </Card>
      <FormDialog<{ pairs: Pair[] }, "done" | "waiting">
        open={editing?.of === "labels"}
        close={() => setEditing(undefined)}
        title={t("node.labels")}
        width={720}
        initial={{ pairs: pairsOf(seenLabels) }}
        send={({ pairs }) =>
          changeNode(cluster, node, (now) => {
            const next = merge(seenLabels, mapOf(pairs), now.metadata.labels ?? {});
            refuseTorn(next, torn);
            return { ...now, metadata: { ...now.metadata, labels: next.merged } };
          })
        }
        done={saved}
      >
        <PairsField name="pairs" />
      </FormDialog>
      <FormDialog<{ taints: Taint[] }, "done" | "waiting">
        open={editing?.of === "taints"}
        close={() => setEditing(undefined)}
        title={t("node.taints")}
        width={720}
        initial={{ taints: seenTaints }}
        send={({ taints: mine }) =>
          changeNode(cluster, node, (now) => {
            const next = merge(taintMap(seenTaints), taintMap(mine), taintMap(now.spec?.taints));
            refuseTorn(next, torn);
            return { ...now, spec: { ...now.spec, taints: taintsOf(next.merged, now.spec?.taints) } };
          })
        }
        done={saved}
      >
        <TaintFields />
      </FormDialog>
    </Space>
  );
}

function TaintFields() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const rule = (good: (text: string) => boolean, why: string) => ({
    validator: (_: unknown, text?: string) => (good(text ?? "") ? Promise.resolve() : Promise.reject(new Error(why))),
  });
  return (
    <Form.List name="taints">
      {(fields, { add, remove }) => (
        <Flex vertical gap={8}>
          {fields.map((field) => (
            <Flex key={field.key} gap={8} align="start">
              <Form.Item name={[field.name, "key"]} style={{ margin: 0, flex: 1 }} rules={[rule(isLabelKey, common("pairs.keyRule"))]}>
                <Input aria-label={common("pairs.key")} placeholder={common("pairs.key")} />
              </Form.Item>
              <Form.Item name={[field.name, "value"]} style={{ margin: 0, flex: 1 }} rules={[rule(isLabelValue, common("pairs.valueRule"))]}>
                <Input aria-label={common("pairs.value")} placeholder={common("pairs.value")} />
              </Form.Item>
              <Form.Item name={[field.name, "effect"]} style={{ margin: 0 }}>
                <Select
                  aria-label={t("node.effect")}
                  style={{ width: 250 }}
                  options={EFFECTS.map((value) => ({ value, label: `${value} · ${t(`node.effects.${value}`)}` }))}
                />
              </Form.Item>
              <Button aria-label={common("action.delete")} title={common("action.delete")} icon={<DeleteOutlined />} onClick={() => remove(field.name)} />
            </Flex>
          ))}
          <Button icon={<PlusOutlined />} style={{ alignSelf: "start" }} onClick={() => add({ key: "", effect: EFFECTS[0] })}>
            {common("pairs.add")}
          </Button>
        </Flex>
      )}
    </Form.List>
  );
}
