// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Col, Flex, Form, Row, Spin, Steps, Switch, Typography } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { paths } from "../../app/paths";
import { usePlace } from "../../app/place";
import type { Path } from "../../ui/amiss";
import { Failure } from "../../ui/Failure";
import { type Mark, mark, unmark } from "../../ui/marks";
import { useWhyNot } from "../../session/rights";
import { ReasonButton } from "../../ui/ReasonButton";
import { useStray, YamlSide } from "../fields/YamlSide";
import { kindOf, LASTING, type WorkloadPlural } from "../kinds";
import { useNamespaceOfPlace } from "../NamespaceSelect";
import { type KubernetesObject, useBegun } from "../object";
import { AccessFields } from "./AccessFields";
import { AdvancedFields } from "./AdvancedFields";
import { BasicFields } from "./BasicFields";
import { BatchFields } from "./BatchFields";
import { objectsOf, readWorkload } from "./bothways";
import { ContainerFields } from "./ContainerFields";
import { FellAway } from "./FellAway";
import { newForm, type WorkloadForm } from "./form";
import { carriedOver, type Fallen } from "./kindChange";
import { formOf } from "./reading";
import { PlannedList } from "./PlannedList";
import { placeIn } from "./places";
import { type Ended, keyOf, SubmitDialog } from "./SubmitDialog";
import { type Scene, SceneContext, useKubernetes } from "./scene";
import { VolumeFields } from "./VolumeFields";

/** A workload that is filled in, and waits for the others to be made with it. */
export interface Planned {
  kind: WorkloadPlural;
  form: WorkloadForm;
  /** It is there already: another of those that were made with it was refused. */
  made?: boolean;
  /** Those of its objects that are, while others of them were refused. */
  there?: string[];
  /** Why the cluster does not take it. */
  refused?: string;
}

/** What a form lost that is of another kind now, and what it was. */
export interface KindChange {
  lost: Fallen[];
  before: Planned;
}

export interface Plans {
  planned: Planned[];
  /** One of them that is taken up again. */
  draft?: Planned;
  add: (one: Planned) => void;
  /** Takes one of them up again; what was begun in the form waits in its place. */
  change: (at: number, present?: Planned) => void;
  drop: (at: number) => void;
  /** The present one is of another kind from now on. */
  become: (one: Planned, turned?: KindChange) => void;
  /** How it became what it is. */
  turned?: KindChange;
  /** What became of those that were asked for; the last may be the present one, which is done with then. */
  settle: (planned: Planned[], isPresentMade: boolean) => void;
}

/** What a field is folded into is open by then. */
const FOLD_MS = 350;

type Step = "basics" | "containers" | "access" | "advanced";

/** An object's key as people say it: without its namespace. */
const spoken = (key: string) => key.replace(/\/.*\//, "/");

/** In which step a field stands. */
function stepOf(path: (string | number)[], steps: Step[]): Step {
  const first = String(path[0]);
  if (
    [
      "strategy",
      "scaling",
      "scheduling",
      "hostNetwork",
      "hostAliases",
      "labels",
      "podLabels",
      "pullSecrets",
      "serviceName",
      "terminationGracePeriodSeconds",
    ].includes(first)
  )
    return "advanced";
  if (first === "access") return "access";
  if (["containers", "volumes", "claimTemplates"].includes(first)) return "containers";
  return steps[0];
}

/** Makes a workload in three steps, or changes one that there is. */
export function WizardPage({ kind, editing, plans }: { kind: WorkloadPlural; editing: boolean; plans?: Plans }) {
  const { cluster, namespace } = usePlace();
  const { name = "" } = useParams();
  const [search] = useSearchParams();
  const kubernetes = useKubernetes(cluster);
  const { base, times, failure, again, reload } = useBegun(cluster, namespace ?? "", kind, name, editing);
  if (editing && failure && !base) return <Failure error={failure} again={again} />;
  if (kubernetes.pending || (editing && !base)) return <Spin style={{ display: "block", margin: "15vh auto" }} />;
  const scene: Scene = { cluster, namespace, kind, editing, ...kubernetes };
  return (
    <Wizard
      key={`${kind}/${name}/${times}`}
      scene={scene}
      base={editing ? base : undefined}
      plans={plans}
      application={search.get("application") ?? undefined}
      only={editing && search.get("part") === "containers" ? "containers" : undefined}
      reload={reload}
    />
  );
}

interface Props {
  scene: Scene;
  base?: KubernetesObject;
  plans?: Plans;
  application?: string;
  /** The one step that is shown. */
  only?: Step;
  reload: (present: KubernetesObject) => void;
}

function Wizard({ scene, base, plans, application, only, reload }: Props) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { kind, cluster, editing } = scene;
  const place = usePlace();
  const [form] = Form.useForm<WorkloadForm>();
  const planned = plans?.planned ?? [];
  const beginning = (): WorkloadForm => {
    if (base) return formOf(kind, base);
    const before = planned.at(-1)?.form;
    return plans?.draft?.form ?? { ...newForm(kind), namespace: place.namespace ?? before?.namespace, application: application ?? before?.application };
  };
  const initial = useMemo<WorkloadForm>(() => beginning(), [base, kind]);
  useNamespaceOfPlace(form, !editing);
  const name = Form.useWatch("name", { form, preserve: true }) ?? initial.name;
  const namespace = Form.useWatch("namespace", { form, preserve: true }) ?? initial.namespace;
  const [there, setThere] = useState(plans?.draft?.there ?? []);
  const [step, setStep] = useState(0);
  const [preview, setPreview] = useState(true);
  const [asked, setAsked] = useState<Planned[]>();
  const lasting = LASTING.includes(kind);
  const all: Step[] = [...(lasting ? [] : (["basics"] as const)), "containers", ...(lasting && !editing ? (["access"] as const) : []), "advanced"];
  const steps = only ? [only] : all;
  const making = { isNew: !editing, kubernetesVersion: scene.kubernetesVersion };
  const { stray, note } = useStray();
  const present = (): Planned => ({ kind, form: structuredClone(read()), there });
  const last = step === steps.length - 1;
  const mayNot = useWhyNot(cluster, namespace ?? place.namespace); // whoever comes by an address
  const amiss = (stray.unshown && t("yaml.correct")) || mayNot;
  const read = () => form.getFieldsValue(true) as WorkloadForm;

  const [shown, setShown] = useState<Path>();
  const show = (field: Path) => {
    setStep(Math.max(0, steps.indexOf(stepOf(field, steps))));
    setShown([...field]);
    setTimeout(() => form.scrollToField(field as never, { block: "center", focus: true }), FOLD_MS);
  };

  /** Fields of all steps are checked at the end, those of the present one before the next. */
  const check = async (all: boolean): Promise<boolean> => {
    try {
      if (all) await form.validateFields();
      else {
        const names = form.getFieldsError().map(({ name }) => name as unknown as (string | number)[]);
        await form.validateFields(names.filter((name) => stepOf(name, steps) === steps[step]) as never);
      }
      return true;
    } catch (error) {
      const wrong = (error as { errorFields?: { name: (string | number)[] }[] }).errorFields?.[0]?.name;
      if (wrong) show(wrong);
      return false;
    }
  };
  const words: Record<Step, string> = {
    basics: t("wizard.step.basics"),
    containers: t("wizard.step.containers"),
    access: t("tab.services"),
    advanced: t("wizard.step.advanced"),
  };
  const shownWhen = (one: Step) => ({ display: steps[step] === one ? undefined : "none" });
  const word = t(`kind.${kind}`);
  const submit = async () => {
    const others = planned.filter(({ made }) => !made);
    // with others planned, a form that nobody began is none of them
    if (others.length > 0 && !read().name) setAsked(others);
    else if ((await check(true)) && isAlone()) setAsked([...others, present()]);
  };
  const next = async () => {
    if ((await check(true)) && isAlone()) plans?.add(present());
  };
  /** Of several that are made in one go each has a name of its own; a dry run of one does not know of the others. */
  const isAlone = () => {
    const taken = planned.flatMap((one) => objectsOf(one.kind, one.form, making)).map(keyOf);
    const twice = objectsOf(kind, read(), making).find((object) => taken.includes(keyOf(object)));
    if (!twice) return true;
    const place = twice.kind === kindOf(kind) ? ["name"] : ["access", "name"];
    point([{ place, words: t("wizard.twice", { name: `${twice.kind} ${twice.metadata.name ?? ""}` }) }]);
    return false;
  };
  /** What is still to be made of one. */
  const leftOf = (one: Planned) => objectsOf(one.kind, one.form, making).filter((object) => !one.there?.includes(keyOf(object)));
  const thereNow = there.filter((key) => key.split("/")[1] === (namespace ?? ""));
  const point = (wrong: Mark[]) => {
    const first = mark(form, wrong) ?? wrong[0]?.place;
    if (first) show(first);
  };
  /** Where a field of an object of the present form stands. */
  const placeOf = (object: KubernetesObject, field: string) =>
    objectsOf(kind, read(), making).some((own) => keyOf(own) === keyOf(object)) ? placeIn(kind, read(), object, field) : undefined;
  const leave = (all: Planned[]) => {
    const [{ kind: made, form: first }] = all;
    const where = first.namespace ?? place.segment;
    if (all.length + planned.filter((one) => one.made).length === 1) void go(paths.object(cluster, where, made, first.name));
    else void go(first.application ? paths.object(cluster, where, "applications", first.application) : paths.business(cluster, place.segment, kind));
  };
  /** Some are refused: what is wrong is said where it stands, and what is made already is not made again. */
  const settle = (all: Planned[], { made, refused }: Ended) => {
    const written = made.map(({ object }) => keyOf(object));
    const states = all.map((one) => {
      const keys = leftOf(one).map(keyOf);
      const left = keys.filter((key) => !written.includes(key));
      const there = [...(one.there ?? []), ...keys.filter((key) => written.includes(key))];
      return { ...one, made: left.length === 0, there, refused: refused.find(({ object }) => left.includes(keyOf(object)))?.amiss[0]?.words };
    });
    const isPresent = (one: Planned) => one.kind === kind && one.form.name === read().name && one.form.namespace === read().namespace;
    const mine = states.find(isPresent);
    plans?.settle([...planned.filter((one) => one.made), ...states.filter((one) => one !== mine || one.made)], mine?.made ?? false);
    if (mine?.made) return;
    if (mine) setThere(mine.there);
    point(
      refused.flatMap(({ object, amiss }) =>
        amiss.flatMap(({ field, words }) => {
          const place = placeOf(object, field);
          return place ? [{ place, words: `${field}: ${words}` }] : [];
        }),
      ),
    );
  };
  const back = () => void go(editing ? paths.object(cluster, place.segment, kind, name) : paths.business(cluster, place.segment, kind));
  const become = (next: WorkloadPlural) => {
    const { form: carried, lost } = carriedOver(kind, next, present().form, scene.lacks);
    plans?.become({ kind: next, form: carried, there }, lost.length > 0 ? { lost, before: present() } : undefined);
  };
  const { turned } = plans ?? {};
  const context: Scene = { ...scene, shown, become, namespace: namespace ?? place.namespace };

  return (
    <SceneContext value={context}>
      <Flex align="center" justify="space-between" wrap gap={12} style={{ marginBottom: 16 }}>
        <Typography.Title level={2} style={{ margin: 0 }}>
          {editing ? `${only ? words[only] : common("action.edit")} · ${kindOf(kind)} ${name}` : t("list.create", { kind: word })}
        </Typography.Title>
        <span>
          <Switch id="preview" checked={preview} disabled={stray.unshown !== undefined} onChange={setPreview} />{" "}
          <label htmlFor="preview">{t("wizard.preview")}</label>
        </span>
      </Flex>
      {!only && (
        <Steps
          size="small"
          current={step}
          onChange={(next) => (next < step ? setStep(next) : void check(false).then((good) => good && setStep(next)))}
          items={steps.map((one) => ({ title: words[one] }))}
          style={{ marginBottom: 16 }}
        />
      )}
      <Row gutter={16}>
        <Col xs={24} xl={preview ? 14 : 24}>
          {note}
          {turned && <FellAway kind={kind} lost={turned.lost} undo={() => plans?.become(turned.before)} />}
          <Form
            form={form}
            layout="vertical"
            initialValues={initial}
            disabled={stray.unshown !== undefined}
            onValuesChange={(changed) => unmark(form, changed)}
          >
            {!lasting && (
              <div style={shownWhen("basics")}>
                <BasicFields />
                <BatchFields />
              </div>
            )}
            <div style={shownWhen("containers")}>
              {lasting && !only && <BasicFields />}
              <VolumeFields />
              <ContainerFields />
            </div>
            {lasting && !editing && (
              <div style={shownWhen("access")}>
                <AccessFields />
              </div>
            )}
            <div style={shownWhen("advanced")}>
              <AdvancedFields />
            </div>
          </Form>
          {thereNow.length > 0 && (
            <Alert type="info" showIcon title={t("wizard.there", { names: thereNow.map(spoken).join(", ") })} style={{ marginBottom: 16 }} />
          )}
          {plans && planned.length > 0 && <PlannedList plans={plans} change={(at) => plans.change(at, read().name ? present() : undefined)} />}
          <Flex gap={8} wrap>
            <Button onClick={back}>{common("action.cancel")}</Button>
            {step > 0 && <Button onClick={() => setStep(step - 1)}>{common("action.previous")}</Button>}
            {!last && (
              <ReasonButton reason={amiss} type={editing ? "default" : "primary"} onClick={() => void check(false).then((good) => good && setStep(step + 1))}>
                {t("wizard.next", { step: words[steps[step + 1]] })}
              </ReasonButton>
            )}
            {last && plans && (
              <ReasonButton reason={amiss} onClick={() => void next()}>
                {t("wizard.addAnother")}
              </ReasonButton>
            )}
            {(last || editing || planned.length > 0) && (
              <ReasonButton reason={amiss} type="primary" onClick={() => void submit()}>
                {editing ? common("action.save") : common("action.create")}
              </ReasonButton>
            )}
          </Flex>
        </Col>
        {preview && (
          <Col xs={24} xl={10}>
            <YamlSide
              form={form}
              initial={initial}
              objects={(now) => objectsOf(kind, now, making)}
              read={(text) => readWorkload(kind, text, { ...making, namespace: place.namespace, name: editing ? initial.name : undefined })}
              stray={stray}
            />
          </Col>
        )}
      </Row>
      {asked && (
        <SubmitDialog
          marks={(object, field) => placeOf(object, field) !== undefined}
          cluster={cluster}
          wanted={asked.flatMap((one) => leftOf(one).map((object) => ({ object, base })))}
          reload={(present) => {
            setAsked(undefined);
            reload(present);
          }}
          close={(ended) => {
            setAsked(undefined);
            if (ended.done) leave(asked);
            else settle(asked, ended);
          }}
        />
      )}
    </SceneContext>
  );
}
