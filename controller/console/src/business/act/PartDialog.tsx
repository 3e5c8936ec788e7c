// SPDX-License-Identifier: Apache-2.0
import { Alert, Form, Modal, Spin } from "antd";
import { type ReactNode, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Failure";
import { goTo, isRight, type Mark, mark, marksOf, unmark } from "../../ui/marks";
import { AutoscalerTab } from "../autoscaling/AutoscalerTab";
import { type Begun, type KubernetesObject, useBegun } from "../object";
import type { WorkloadForm } from "../wizard/form";
import { ApplicationField } from "../wizard/ApplicationField";
import { LabelFields } from "../wizard/LabelFields";
import { NetworkFields } from "../wizard/NetworkFields";
import { objectOf } from "../wizard/object";
import { placeIn } from "../wizard/places";
import { formOf } from "../wizard/reading";
import { SchedulingFields } from "../wizard/SchedulingFields";
import { SceneContext, useKubernetes } from "../wizard/scene";
import { StrategyFields } from "../wizard/StrategyFields";
import { SubmitDialog } from "../wizard/SubmitDialog";
import { AccessDialog } from "./AccessDialog";
import type { Edit, Target } from "./rules";

/** The edits that are a part of the workload's form. */
const PARTS: Partial<Record<Edit, ReactNode>> = {
  strategy: <StrategyFields />,
  scheduling: <SchedulingFields />,
  network: <NetworkFields />,
  labels: (
    <>
      <ApplicationField />
      <LabelFields />
    </>
  ),
};
/** Those that change the pod template. */
const RESTARTING: Edit[] = ["scheduling", "network"];

export interface EditProps {
  cluster: string;
  target: Target;
  edit: Edit;
  close: () => void;
}

/** Edits one side of a workload that there is. */
export function EditDialog(props: EditProps) {
  const { t } = useTranslation("business");
  const { cluster, target, edit, close } = props;
  if (edit === "access") return <AccessDialog {...props} />;
  if (edit !== "autoscaler") return <PartDialog {...props} />;
  return (
    <Modal open title={`${t("edit.autoscaler")} · ${target.name}`} width={720} footer={null} onCancel={close}>
      <AutoscalerTab cluster={cluster} namespace={target.namespace} name={target.name} settled={close} />
    </Modal>
  );
}

function PartDialog({ cluster, target, edit, close }: EditProps) {
  const begun = useBegun(cluster, target.namespace, target.kind, target.name);
  return <PartForm key={begun.base ? begun.times : "none"} cluster={cluster} target={target} edit={edit} close={close} {...begun} />;
}

type FormProps = EditProps & Begun;

function PartForm({ cluster, target, edit, base, failure, again, reload, close }: FormProps) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { kind, namespace, name } = target;
  const [form] = Form.useForm<WorkloadForm>();
  const prefix = useId(); // the page below may have a form with fields of the same names
  const kubernetes = useKubernetes(cluster);
  const initial = useMemo(() => base && formOf(kind, base), [base, kind]);
  const [asked, setAsked] = useState<KubernetesObject>();
  const [wrong, setWrong] = useState<Mark[]>([]);
  const placeOf = (of: KubernetesObject, field: string) => placeIn(kind, form.getFieldsValue(true) as WorkloadForm, of, field);
  const submit = async () => {
    if (await isRight(form)) setAsked(objectOf(kind, structuredClone(form.getFieldsValue(true) as WorkloadForm), { isNew: false }));
  };
  return (
    <>
      <Modal
        open={!asked}
        afterOpenChange={(open) => open && wrong.length > 0 && goTo(form, mark(form, wrong))}
        title={`${t(`edit.${edit}`)} · ${name}`}
        width={800}
        onCancel={close}
        onOk={() => void submit()}
        okText={common("action.save")}
        okButtonProps={{ disabled: !initial }}
      >
        {!initial && (failure ? <Failure error={failure} again={again} inline /> : <Spin />)}
        {initial && (
          <SceneContext value={{ cluster, namespace, kind, editing: true, ...kubernetes }}>
            {RESTARTING.includes(edit) && <Alert type="info" showIcon title={t("edit.restarts")} style={{ marginBottom: 16 }} />}
            <Form form={form} name={prefix} layout="vertical" initialValues={initial} onValuesChange={(changed) => unmark(form, changed)}>
              {PARTS[edit]}
            </Form>
          </SceneContext>
        )}
      </Modal>
      {asked && (
        <SubmitDialog
          marks={(of, field) => placeOf(of, field) !== undefined}
          cluster={cluster}
          wanted={[{ object: asked, base }]}
          reload={reload}
          close={({ done, refused }) => {
            setAsked(undefined);
            if (done) return close();
            setWrong(refused.flatMap(({ object, amiss }) => marksOf(amiss, (field) => placeOf(object, field))));
          }}
        />
      )}
    </>
  );
}
