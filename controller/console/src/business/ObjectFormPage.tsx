// SPDX-License-Identifier: Apache-2.0
import { Button, Card, Col, Flex, Form, Input, Row, Spin, Typography } from "antd";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import type { Path } from "../ui/amiss";
import { Failure } from "../ui/Failure";
import { isRight, marksOf, unmark, useMarks } from "../ui/marks";
import { useWhyNot } from "../session/rights";
import { ReasonButton } from "../ui/ReasonButton";
import { isSubdomain } from "./names";
import { rule } from "./fields/lists";
import { useStray, YamlSide } from "./fields/YamlSide";
import { kindOf, type Resource } from "./kinds";
import { NamespaceSelect, useNamespaceOfPlace } from "./NamespaceSelect";
import { type KubernetesObject, useBegun } from "./object";
import { readObject } from "./wizard/bothways";
import { SubmitDialog } from "./wizard/SubmitDialog";

export interface Named {
  /** What the YAML beside the form says beyond the form. */
  base?: KubernetesObject;
  namespace?: string;
  name: string;
}

interface Props<Values extends Named> {
  resource: Exclude<Resource, "horizontalpodautoscalers">;
  editing: boolean;
  /** Of a new object. */
  blank: () => Omit<Values, keyof Named>;
  read: (object: KubernetesObject) => Values;
  /** Keeps of `base` what the form does not know. */
  write: (values: Values, base?: KubernetesObject) => KubernetesObject;
  /** Where the form has a field of the object that the API server names. */
  placeOf: (field: string, values: Values) => Path | undefined;
  fields: (values: Values, namespace: string | undefined, base?: KubernetesObject) => ReactNode;
  /** Values of a Secret are shown to nobody who looks over the shoulder. */
  secret?: boolean;
  nameRule?: (name: string) => boolean;
}

/** Makes or changes an object of some kind by a form, with its YAML beside it. The cluster is asked by a dry run first. */
export function ObjectFormPage<Values extends Named>(props: Props<Values>) {
  const { cluster, namespace } = usePlace();
  const { name = "" } = useParams();
  const { base, times, failure, again, reload } = useBegun(cluster, namespace ?? "", props.resource, name, props.editing);
  if (!props.editing) return <ObjectForm {...props} reload={reload} />;
  if (!base) return failure ? <Failure error={failure} again={again} /> : <Spin style={{ display: "block", margin: "15vh auto" }} />;
  return <ObjectForm key={times} {...props} base={base} reload={reload} />;
}

function ObjectForm<Values extends Named>(props: Props<Values> & { base?: KubernetesObject; reload: (present: KubernetesObject) => void }) {
  const { resource, editing, base, secret } = props;
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, segment, ...place } = usePlace();
  const [form] = Form.useForm<Values>();
  const initial = useMemo(() => (base ? props.read(base) : ({ ...props.blank(), name: "", namespace: place.namespace } as Values)), [base]);
  useNamespaceOfPlace(form, !editing);
  const filled = Form.useWatch((all: Values) => all, { form, preserve: true });
  const values = filled && "name" in filled ? filled : initial; // before the first drawing the form is empty
  const [asked, setAsked] = useState<KubernetesObject>();
  const point = useMarks(form);
  const placeOf = (field: string) => props.placeOf(field, form.getFieldsValue(true) as Values);
  const word = t(`kind.${resource}`);
  const mayNot = useWhyNot(cluster, values.namespace ?? place.namespace); // whoever comes by an address
  const { stray, note } = useStray();
  const read = (object: KubernetesObject): Values => ({ ...props.read(object), base: object });
  const write = (now: Values) => props.write(now, now.base ?? base);
  const submit = async () => {
    if (await isRight(form)) setAsked(write(structuredClone(form.getFieldsValue(true) as Values)));
  };
  return (
    <>
      <Typography.Title level={2} style={{ marginTop: 0 }}>
        {editing ? `${common("action.edit")} · ${kindOf(resource)} ${initial.name}` : t("list.create", { kind: word })}
      </Typography.Title>
      <Row gutter={16}>
        <Col xs={24} xl={secret ? 24 : 14}>
          {note}
          <Form
            form={form}
            layout="vertical"
            initialValues={initial}
            disabled={stray.unshown !== undefined}
            onFinish={() => void submit()}
            onValuesChange={(changed) => unmark(form, changed)}
          >
            {!editing && (
              <Card size="small" title={t("wizard.basics")} style={{ marginBottom: 16 }}>
                {!place.namespace && (
                  <Form.Item name="namespace" label={common("place.namespace")} rules={[{ required: true }]}>
                    <NamespaceSelect cluster={cluster} />
                  </Form.Item>
                )}
                <NameField check={props.nameRule ?? isSubdomain} />
              </Card>
            )}
            {props.fields(values, values.namespace ?? place.namespace, base)}
            <Flex gap={8}>
              <Button
                disabled={false}
                onClick={() => void go(editing ? paths.object(cluster, segment, resource, initial.name) : paths.business(cluster, segment, resource))}
              >
                {common("action.cancel")}
              </Button>
              <ReasonButton reason={(stray.unshown && t("yaml.correct")) || mayNot} type="primary" onClick={() => void submit()}>
                {editing ? common("action.save") : common("action.create")}
              </ReasonButton>
            </Flex>
          </Form>
        </Col>
        {!secret && (
          <Col xs={24} xl={10}>
            <YamlSide
              form={form}
              initial={initial}
              objects={(now) => [write(now)]}
              read={(text) =>
                readObject(kindOf(resource), text, { isNew: !editing, namespace: place.namespace, name: editing ? initial.name : undefined }, read, write)
              }
              stray={stray}
            />
          </Col>
        )}
      </Row>
      {asked && (
        <SubmitDialog
          marks={(_, field) => placeOf(field) !== undefined}
          cluster={cluster}
          wanted={[{ object: asked, base }]}
          reload={(present) => {
            setAsked(undefined);
            props.reload(present);
          }}
          close={({ done, refused }) => {
            setAsked(undefined);
            point(
              marksOf(
                refused.flatMap(({ amiss }) => amiss),
                placeOf,
              ),
            );
            if (done) void go(paths.object(cluster, asked.metadata.namespace ?? segment, resource, asked.metadata.name ?? ""));
          }}
        />
      )}
    </>
  );
}

function NameField({ check }: { check: (name: string) => boolean }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  return (
    <Form.Item name="name" label={common("table.name")} rules={[{ required: true }, rule(check, t("form.nameRule"))]}>
      <Input maxLength={253} style={{ maxWidth: 400 }} autoFocus />
    </Form.Item>
  );
}
