// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { Form, Modal, Segmented, Spin } from "antd";
import { type ReactNode, useEffect, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../../ui/Failure";
import { goTo, isRight, type Mark, mark, marksOf, unmark } from "../../ui/marks";
import { selects } from "../details/ServicesOf";
import { readList } from "../lists";
import { type KubernetesObject, part, readObject } from "../object";
import { AccessFields } from "../wizard/AccessFields";
import { accessObjects, accessOf } from "../wizard/access";
import type { WorkloadForm } from "../wizard/form";
import { placeIn } from "../wizard/places";
import { formOf } from "../wizard/reading";
import { SceneContext } from "../wizard/scene";
import { type Ended, keyOf, SubmitDialog } from "../wizard/SubmitDialog";
import type { EditProps } from "./PartDialog";

interface Way {
  service?: KubernetesObject;
  ingress?: KubernetesObject;
}

interface Read {
  workload: KubernetesObject;
  ways: Way[];
}

/** The workload, the Services before it, and the Ingresses that lead to each. */
async function readWays(cluster: string, { namespace, kind, name }: EditProps["target"]): Promise<Read> {
  const [workload, services, ingresses] = await Promise.all([
    readObject(cluster, namespace, kind, name),
    readList("services", cluster, { namespace, limit: 500 }),
    readList("ingresses", cluster, { namespace, limit: 500 }),
  ]);
  const labels = part(workload, "spec", "template", "metadata", "labels") as Record<string, string>;
  const before = services.items.filter(({ selector }) => selects(selector, labels));
  const ways = before.map(async ({ name: of }): Promise<Way[]> => {
    const leading = ingresses.items.filter(({ paths }) => paths.some(({ service }) => service === of));
    const service = await readObject(cluster, namespace, "services", of);
    if (leading.length === 0) return [{ service }];
    return Promise.all(leading.map(async (one) => ({ service, ingress: await readObject(cluster, namespace, "ingresses", one.name) })));
  });
  return { workload, ways: (await Promise.all(ways)).flat() };
}

/** The ways once one of them is written, be it a new one: a Service may be part of several. */
function renewed(ways: Way[], at: number, written: Way): Way[] {
  const isSame = ({ service }: Way) => service !== undefined && service.metadata.name === written.service?.metadata.name;
  const others = ways.map((one) => (isSame(one) ? { ...one, service: written.service } : one));
  return [...others.slice(0, at), written, ...others.slice(at + 1)];
}

/** By which Service a workload is reached, and by which Ingress that one: changes those that there are, or makes new ones. */
export function AccessDialog(props: EditProps) {
  const { t } = useTranslation("business");
  const { cluster, target, close } = props;
  const key = ["access", cluster, target.namespace, target.kind, target.name];
  const read = useQuery({ queryKey: key, queryFn: () => readWays(cluster, target), staleTime: 0, gcTime: 0 });
  // what was read when it was opened: a change of somebody else is told as a conflict, not written over
  const [begun, begin] = useState<Read>();
  useEffect(() => {
    if (read.data) begin((now) => now ?? read.data);
  }, [read.data]);
  const [chosen, choose] = useState(0);
  const data = begun ?? read.data;
  if (!data) {
    return (
      <Modal open title={`${t("edit.access")} · ${target.name}`} width={800} footer={null} onCancel={close}>
        {read.error ? <Failure error={read.error} again={() => void read.refetch()} inline /> : <Spin />}
      </Modal>
    );
  }
  const { workload, ways } = data;
  const names = ways.map(({ service }) => service?.metadata.name ?? "");
  // a Service to which several Ingresses lead is told by each of them
  const labels = ways.map(({ ingress }, at) =>
    names.filter((name) => name === names[at]).length > 1 ? `${names[at]} · ${ingress?.metadata.name}` : names[at],
  );
  const options = [...labels.map((label, value) => ({ value, label })), { value: ways.length, label: t("edit.another") }];
  return (
    <AccessForm
      key={chosen}
      {...props}
      workload={workload}
      way={ways[chosen] ?? {}}
      taken={[...new Set(names)]}
      choice={ways.length > 0 && <Segmented<number> value={chosen} onChange={choose} options={options} style={{ marginBottom: 16 }} />}
      begin={(way) => begin({ workload, ways: renewed(ways, chosen, way) })}
    />
  );
}

interface FormProps extends EditProps {
  workload: KubernetesObject;
  way: Way;
  /** The names of the Services before it. */
  taken: string[];
  choice: ReactNode;
  /** Goes on from what is written by now. */
  begin: (way: Way) => void;
}

function AccessForm({ cluster, target, close, workload, way, taken, choice, begin }: FormProps) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { kind, name } = target;
  const [form] = Form.useForm<WorkloadForm>();
  const prefix = useId(); // the page below may have a form with fields of the same names
  const [asked, setAsked] = useState<KubernetesObject[]>();
  const [wrong, setWrong] = useState<Mark[]>([]);
  const bases = [way.service, way.ingress];
  const initial = useMemo(() => {
    const access = { ...accessOf(name, way.service, way.ingress), on: true };
    if (!way.service && taken.includes(name)) access.name = `${name}-${taken.length + 1}`;
    return { ...formOf(kind, workload), access };
  }, []);
  const values = () => form.getFieldsValue(true) as WorkloadForm;
  const placeOf = (of: KubernetesObject, field: string) => placeIn(kind, values(), of, field);
  const submit = async () => {
    if (await isRight(form)) setAsked(accessObjects(kind, structuredClone(values())));
  };
  const end = ({ done, made, refused }: Ended) => {
    setAsked(undefined);
    if (done) return close();
    const now = (base: KubernetesObject | undefined, at: number) => {
      const mine = asked?.[at];
      return (mine && made.find(({ object }) => keyOf(object) === keyOf(mine))?.present) ?? base;
    };
    const [service, ingress] = bases.map(now);
    if (made.length > 0) begin({ service, ingress });
    if (service !== way.service) form.setFieldValue(["access", "base"], service);
    if (ingress !== way.ingress) form.setFieldValue(["access", "ingress", "base"], ingress);
    setWrong(refused.flatMap(({ object, amiss }) => marksOf(amiss, (field) => placeOf(object, field))));
  };
  return (
    <>
      <Modal
        open={!asked}
        afterOpenChange={(open) => open && wrong.length > 0 && goTo(form, mark(form, wrong))}
        title={`${t("edit.access")} · ${name}`}
        width={800}
        onCancel={close}
        onOk={() => void submit()}
        okText={way.service ? common("action.save") : common("action.create")}
      >
        {choice}
        <Form form={form} name={prefix} layout="vertical" initialValues={initial} onValuesChange={(changed) => unmark(form, changed)}>
          <SceneContext value={{ cluster, namespace: target.namespace, kind, editing: true, lacks: () => undefined }}>
            <AccessFields there={{ service: way.service !== undefined, ingress: way.ingress !== undefined }} />
          </SceneContext>
        </Form>
      </Modal>
      {asked && (
        <SubmitDialog
          marks={(of, field) => placeOf(of, field) !== undefined}
          cluster={cluster}
          wanted={asked.map((object, index) => ({ object, base: bases[index] }))}
          close={end}
        />
      )}
    </>
  );
}
