// SPDX-License-Identifier: Apache-2.0
import { CopyOutlined, DownloadOutlined, EditOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Flex, Skeleton, Space, Tooltip } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWhyNot } from "../session/rights";
import { useMe } from "../session/me";
import { saveText } from "../ui/csv";
import { Failure } from "../ui/Failure";
import type { ObjectYamlProps } from "../ui/ObjectYaml";
import { ConflictView } from "./ConflictView";
import { DiffView } from "./DiffView";
import { fieldPlace } from "./field_place";
import { mergeThree } from "./merge_three";
import { type ObjectText, readObject, replaceObject, type ReplaceOutcome, withVersion } from "./objects";
import { YamlEditor } from "./YamlEditor";

type Step =
  | { at: "read" }
  | { at: "edit" }
  /** What it would be is shown before it is saved. */
  | { at: "review"; would: ObjectText }
  /** Somebody changed it meanwhile: `before` is what we both began with. */
  | { at: "conflict"; before: string; mine: string; theirs: ObjectText; conflicts: number };

/** The inside of ui/ObjectYaml. */
export function ObjectEditor({ readOnly = false, height = "max(360px, calc(100vh - 360px))", onSaved, ...place }: ObjectYamlProps) {
  const { t } = useTranslation("yaml");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const me = useMe();
  const whyNot = useWhyNot(place.cluster, place.namespace);
  const key = ["get", `/api/v1/clusters/{cluster}/${place.resource}/yaml`, place]; // news of its kind read it anew (api/live.ts)
  const object = useQuery({ queryKey: key, queryFn: () => readObject(place), staleTime: 0 });
  const [step, setStep] = useState<Step>({ at: "read" });
  /** What the edit began with. */
  const [base, setBase] = useState<ObjectText>();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<ReplaceOutcome>();
  /** The answer of a Secret's check tells no values: what is compared is what was written. */
  const withheld = place.resource === "secrets";
  const title = `${place.resource}/${place.name}`;

  const edit = async () => {
    const { data } = await object.refetch(); // what was read a while ago is changed more often than what is new
    if (!data) return;
    setBase(data);
    setText(data.text);
    setOutcome(undefined);
    setStep({ at: "edit" });
  };
  const leave = () => {
    setStep({ at: "read" });
    setOutcome(undefined);
    void object.refetch();
  };
  const conflict = async (found: ReplaceOutcome & { is: "changed" }, mine: string) => {
    if (!base) return;
    const theirs = found.present ?? (await readObject(place));
    const merged = mergeThree(base.text, mine, theirs.text);
    setStep({ at: "conflict", before: base.text, mine, theirs, conflicts: merged.conflicts });
    setBase(theirs);
    setText(withVersion(merged.text, theirs.version));
  };
  const send = async (dryRun: boolean) => {
    setBusy(true);
    try {
      const found = await replaceObject(place, text, dryRun);
      setOutcome(found);
      if (found.is === "changed") await conflict(found, text);
      else if (found.is === "refused") setStep({ at: "edit" });
      else if (found.is === "done" && dryRun) setStep({ at: "review", would: found.object });
      else if (found.is === "done") {
        queries.setQueryData(key, found.object);
        setStep({ at: "read" });
        void message.success(t("saved"));
        onSaved?.();
      } else setStep({ at: "read" });
    } catch (why) {
      void message.error(String((why as { detail?: string }).detail ?? why));
    } finally {
      setBusy(false);
    }
  };

  const problem = outcome?.is === "refused" ? outcome.problem : undefined;
  const marks = useMemo(() => {
    if (!problem?.line && !problem?.field) return [];
    const place = problem.line ? { line: problem.line, column: problem.column } : fieldPlace(text, 1, problem.field ?? "");
    return [{ ...place, message: problem.detail }];
  }, [problem]);

  const copy = async (what: string) => {
    await navigator.clipboard.writeText(what);
    void message.success(common("action.copied"));
  };

  if (object.isPending) return <Skeleton active />;
  if (!object.data) return <Failure error={object.error} again={() => void object.refetch()} />;

  const reason = !place.namespace && me.role !== "administrator" ? common("problem.denied") : whyNot;
  const notes = (
    <>
      {withheld && <Alert type="info" showIcon title={t("secretNote")} />}
      {outcome?.is === "waiting" && (
        <Alert type="warning" showIcon title={t("waits")} description={outcome.result.message} closable={{ onClose: () => setOutcome(undefined) }} />
      )}
      {problem && <Failure error={problem} inline />}
      {object.error && <Failure error={object.error} again={() => void object.refetch()} inline />}
    </>
  );

  if (step.at === "conflict" && base) {
    return (
      <ConflictView
        before={step.before}
        mine={step.mine}
        theirs={step.theirs.text}
        conflicts={step.conflicts}
        merged={text}
        onChange={setText}
        busy={busy}
        takeTheirs={leave}
        save={() => void send(false)}
        back={() => setStep({ at: "edit" })}
        problem={problem}
      />
    );
  }
  if (step.at === "review" && base) {
    return (
      <Flex vertical gap={12}>
        {notes}
        {!withheld && step.would.text === base.text && <Alert type="warning" showIcon title={t("wouldNot")} />}
        <DiffView
          before={base.text}
          after={withheld ? text : step.would.text}
          beforeLabel={t("now")}
          afterLabel={t(withheld ? "mine" : "would")}
          height={height}
        />
        <Space>
          <Button type="primary" loading={busy} onClick={() => void send(false)}>
            {common("action.save")}
          </Button>
          <Button onClick={() => setStep({ at: "edit" })}>{t("editOn")}</Button>
          <Button onClick={leave}>{common("action.cancel")}</Button>
        </Space>
      </Flex>
    );
  }
  if (step.at === "edit") {
    return (
      <Flex vertical gap={12}>
        {notes}
        <YamlEditor
          value={text}
          label={t("editorOf", { name: title })}
          marks={marks}
          height={height}
          onChange={(next) => {
            setText(next);
            if (outcome) setOutcome(undefined);
          }}
        />
        <Space>
          <Button type="primary" loading={busy} disabled={text === base?.text} onClick={() => void send(true)}>
            {t("review")}
          </Button>
          <Button onClick={leave}>{common("action.cancel")}</Button>
        </Space>
      </Flex>
    );
  }
  return (
    <Flex vertical gap={12}>
      {notes}
      <Space wrap>
        {!readOnly && (
          <Tooltip title={reason}>
            <Button type="primary" icon={<EditOutlined />} disabled={Boolean(reason)} onClick={() => void edit()}>
              {t("edit")}
            </Button>
          </Tooltip>
        )}
        <Button icon={<CopyOutlined />} onClick={() => void copy(object.data.text)}>
          {common("action.copy")}
        </Button>
        <Button icon={<DownloadOutlined />} onClick={() => saveText(`${place.name}.yaml`, object.data.text, "application/yaml")}>
          {common("action.download")}
        </Button>
      </Space>
      <YamlEditor value={object.data.text} label={t("editorOf", { name: title })} readOnly height={height} />
    </Flex>
  );
}
