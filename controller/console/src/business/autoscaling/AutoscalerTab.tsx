// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Card, Flex, Form, Spin, Tooltip, Typography } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas } from "../../api/client";
import { placeBy } from "../../ui/amiss";
import { Failure } from "../../ui/Failure";
import { isRight, marksOf, unmark, useMarks } from "../../ui/marks";
import { useRemoval } from "../act/useRemoval";
import { Facts } from "../details/Facts";
import { type KubernetesObject, useObject } from "../object";
import { SubmitDialog } from "../wizard/SubmitDialog";
import { AutoscalerFields } from "./AutoscalerFields";
import { AUTOSCALER_PLACES, type AutoscalerValues, autoscalerObject, autoscalerOf, otherMetrics } from "./autoscaler";

interface Props {
  cluster: string;
  namespace: string;
  name: string;
  hindered?: string;
  /** After it was saved or taken off. */
  settled?: () => void;
}

/** By what a Deployment is scaled by itself: limits, and the loads that it follows. */
export function AutoscalerTab({ cluster, namespace, name, hindered, settled }: Props) {
  const { t } = useTranslation("business");
  const list = api.useQuery("get", "/api/v1/clusters/{cluster}/horizontalpodautoscalers", {
    params: { path: { cluster }, query: { namespace, target: `Deployment/${name}`, limit: 10 } },
  });
  const row = list.data?.items[0];
  const object = useObject(cluster, namespace, "horizontalpodautoscalers", row?.name ?? "", row !== undefined);
  if (list.error) return <Failure error={list.error} again={() => void list.refetch()} />;
  if (row && object.error) return <Failure error={object.error} again={() => void object.refetch()} />;
  if (list.isPending || (row && !object.data)) return <Spin />;
  return (
    <>
      <Typography.Paragraph type="secondary">{t("autoscaler.about")}</Typography.Paragraph>
      {row && <Standing row={row} />}
      <AutoscalerForm
        key={row?.uid ?? "new"}
        cluster={cluster}
        namespace={namespace}
        name={name}
        hindered={hindered}
        settled={settled}
        base={row && object.data}
      />
    </>
  );
}

function Standing({ row }: { row: Schemas["Autoscaler"] }) {
  const { t } = useTranslation("business");
  return (
    <>
      {row.condition && <Alert type="warning" showIcon title={t("autoscaler.cannot")} description={row.condition} style={{ marginBottom: 16 }} />}
      <Facts
        facts={[
          [t("autoscaler.current"), row.current ?? "—"],
          [t("autoscaler.desired"), row.desired ?? "—"],
          ...(row.metrics ?? []).map(({ name, target, current }): [string, string] => [name, `${current ?? "—"} / ${target}`]),
        ]}
      />
    </>
  );
}

function AutoscalerForm({ cluster, namespace, name, hindered, settled, base }: Props & { base?: KubernetesObject }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const [form] = Form.useForm<AutoscalerValues>();
  const point = useMarks(form);
  const placeOf = (field: string) => placeBy(AUTOSCALER_PLACES, field);
  const removal = useRemoval(cluster, "horizontalpodautoscalers");
  // what was read when the form was begun: a change of somebody else is a conflict, and said
  const [begun, begin] = useState(base);
  const [asked, setAsked] = useState<KubernetesObject>();
  const workload = useObject(cluster, namespace, "deployments", name, asked !== undefined);
  useEffect(() => form.setFieldsValue(begun ? autoscalerOf(begun) : { min: 1, max: 3, cpu: 80 }), [begun, form]);
  const others = begun ? otherMetrics(begun) : 0;
  const submit = async () => {
    if (await isRight(form)) setAsked(autoscalerObject(form.getFieldsValue(), { namespace, name: begun?.metadata.name ?? name }, begun));
  };
  return (
    <Card size="small" title={t("autoscaler.title")}>
      <Form form={form} layout="vertical" disabled={hindered !== undefined} onFinish={() => void submit()} onValuesChange={(changed) => unmark(form, changed)}>
        <AutoscalerFields under={[]} />
        {others > 0 && <Typography.Paragraph type="secondary">{t("autoscaler.others", { count: others })}</Typography.Paragraph>}
        <Flex gap={8}>
          <Tooltip title={hindered}>
            <Button type="primary" htmlType="submit">
              {begun ? common("action.save") : t("autoscaler.start")}
            </Button>
          </Tooltip>
          {begun && (
            <Button danger onClick={() => removal.ask(namespace, begun.metadata.name ?? "", settled)}>
              {common("action.delete")}
            </Button>
          )}
        </Flex>
      </Form>
      {asked && (
        <SubmitDialog
          scaled={workload.data}
          marks={(_, field) => placeOf(field) !== undefined}
          cluster={cluster}
          wanted={[{ object: asked, base: begun }]}
          reload={(present) => {
            setAsked(undefined);
            begin(present);
          }}
          close={({ done, made, refused }) => {
            setAsked(undefined);
            point(
              marksOf(
                refused.flatMap(({ amiss }) => amiss),
                placeOf,
              ),
            );
            if (done && made[0]?.present) begin(made[0].present);
            if (done) settled?.();
          }}
        />
      )}
      {removal.dialog}
    </Card>
  );
}
