// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Card, Form, type FormInstance, Skeleton, Typography } from "antd";
import { lazy, type ReactNode, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mark } from "../../yaml/YamlEditor";
import type { KubernetesObject } from "../object";
import { told } from "../sameness";
import { type Shown, type Unshown, written, yamlOf } from "../wizard/bothways";

const YamlEditor = lazy(() => import("../../yaml/YamlEditor").then((m) => ({ default: m.YamlEditor })));

const PAUSE_MS = 300;
const NONE: readonly Mark[] = [];

/** How a form stands to the text beside it. */
export interface Stray {
  /** Why the form cannot follow the text: it keeps what it had, and nothing is to be changed there. */
  unshown?: Unshown;
  /** How often somebody gave a text up for what the form says. */
  given: number;
  tell: (unshown: Unshown | undefined) => void;
}

/** The words of why a form does not follow the text. */
function useUnshownWords() {
  const { t } = useTranslation("business");
  return ({ why, what, line, column }: Unshown) => t("yaml.at", { line, column, what: t(`yaml.${why}`, { what }) });
}

/** What a form and the YAML beside it need of each other, and the form's words while it cannot follow. */
export function useStray(): { stray: Stray; note: ReactNode } {
  const { t } = useTranslation("business");
  const words = useUnshownWords();
  const [unshown, tell] = useState<Unshown>();
  const [given, give] = useState(0);
  const back = () => {
    tell(undefined);
    give(given + 1);
  };
  const note = unshown && (
    <Alert
      type="warning"
      showIcon
      title={words(unshown)}
      description={t("yaml.kept")}
      action={<Button onClick={back}>{t("yaml.back")}</Button>}
      style={{ position: "sticky", top: 72, zIndex: 2, marginBottom: 16 }}
    />
  );
  return { stray: { unshown, given, tell }, note };
}

/** All values of a form set anew, and nothing of what was there kept: Ant Design would merge them. */
function setValues<Values extends object>(form: FormInstance<Values>, values: Values) {
  const names = new Set([...Object.keys(form.getFieldsValue(true) as object), ...Object.keys(values)]);
  form.setFields([...names].map((name) => ({ name: [name] as never, value: (values as Record<string, unknown>)[name] as never, errors: [] })));
}

interface Props<Values> {
  form: FormInstance<Values>;
  /** What the form shows before it was drawn. */
  initial: Values;
  objects: (values: Values) => KubernetesObject[];
  read: (text: string) => Shown<Values>;
  stray: Stray;
}

/** What a form makes, as YAML beside it. A change of either shows in the other. It follows the form by itself: the form is not drawn anew for it. */
export function YamlSide<Values extends object>({ form, initial, objects, read, stray }: Props<Values>) {
  const { t } = useTranslation("business");
  const words = useUnshownWords();
  const filled = Form.useWatch((all: Values) => all, { form, preserve: true });
  const values = useDeferredValue(filled && "name" in filled ? filled : initial);
  const [text, setText] = useState(() => yamlOf(objects(initial)));
  /** What the text means; as long as the form means the same, the text stays as somebody wrote it. */
  const meaning = useRef<string>(undefined);
  meaning.current ??= told(objects(initial).map(written));
  const waiting = useRef<{ timer: number; text: string }>(undefined);

  const follow = (now: Values) => {
    const meant = objects(now).map(written);
    if (told(meant) === meaning.current && stray.given === seen.current) return;
    seen.current = stray.given;
    meaning.current = told(meant);
    setText(yamlOf(meant));
  };
  const seen = useRef(stray.given);
  const take = (next: string) => {
    window.clearTimeout(waiting.current?.timer);
    waiting.current = undefined;
    const shown = read(next);
    stray.tell("unshown" in shown ? shown.unshown : undefined);
    if ("unshown" in shown) return;
    meaning.current = told(objects(shown.values).map(written));
    setValues(form, shown.values);
  };
  useEffect(() => () => window.clearTimeout(waiting.current?.timer), []);
  useEffect(() => {
    if (!waiting.current && !stray.unshown) follow(values);
  }, [values, stray.given]);
  const marks = useMemo(() => (stray.unshown ? [{ ...stray.unshown, message: words(stray.unshown) }] : NONE), [stray.unshown]);

  return (
    <Card size="small" title="YAML" style={{ position: "sticky", top: 80 }} styles={{ body: { padding: 0 } }}>
      <div onBlur={() => waiting.current && take(waiting.current.text)}>
        <Suspense fallback={<Skeleton active style={{ padding: 16 }} />}>
          <YamlEditor
            value={text}
            label={t("wizard.preview")}
            height="calc(100vh - 220px)"
            marks={marks}
            onChange={(next) => {
              if (next === text) return; // the form's own writing
              setText(next);
              window.clearTimeout(waiting.current?.timer);
              waiting.current = { text: next, timer: window.setTimeout(() => take(next), PAUSE_MS) };
            }}
          />
        </Suspense>
      </div>
      <Typography.Paragraph type="secondary" style={{ margin: 0, padding: "6px 12px", fontSize: 12 }}>
        {t("yaml.note")}
      </Typography.Paragraph>
    </Card>
  );
}
