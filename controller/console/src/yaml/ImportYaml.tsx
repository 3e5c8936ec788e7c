// SPDX-License-Identifier: Apache-2.0
import { CheckOutlined, CloudUploadOutlined, FolderOpenOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Flex, Select, Space, Tooltip, Typography, theme } from "antd";
import { type DragEvent, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Problem, type Schemas } from "../api/client";
import { useNamespaces } from "../app/PlaceChooser";
import { usePlace } from "../app/place";
import { useWhyNot } from "../session/rights";
import { bytes } from "../ui/amounts";
import { Failure } from "../ui/Failure";
import { documentCount, joinDocuments, MOST_BYTES } from "./documents";
import { EXAMPLE } from "./example";
import { fieldPlace } from "./field_place";
import { Outcomes } from "./Outcomes";
import { type Mark, YamlEditor, type YamlEditorHandle } from "./YamlEditor";

const DRAFT = "slipway.yaml-draft";

/** The cluster, or the controller, is out of reach. */
const AWAY = [502, 503, 504];

interface Asked {
  text: string;
  /** The namespace for objects that name none. */
  into?: string;
  dryRun: boolean;
  /** It was to be applied, and the check said no. */
  stopped: boolean;
  result?: Schemas["ApplyResult"];
  problem?: Problem;
}

/** What the server says of places in the text. */
function marksOf({ result, problem, text }: Asked): Mark[] {
  const marks: Mark[] = [];
  for (const one of result?.objects ?? []) if (!one.ok && one.line) marks.push({ line: one.line, column: one.column, message: one.message ?? one.field ?? "" });
  for (const one of problem?.refusals ?? [])
    marks.push({ ...fieldPlace(text, one.line ?? 1, one.field), message: `${one.object} ${one.field}: ${one.message}` });
  if (problem?.line && !problem.refusals) marks.push({ line: problem.line, column: problem.column, message: problem.detail });
  return marks;
}

/** Objects as YAML into a cluster: checked by it, applied, each with its outcome. */
export function ImportYaml() {
  const { t } = useTranslation("yaml");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const { token } = theme.useToken();
  const { cluster, namespace } = usePlace();
  const queries = useQueryClient();
  const namespaces = useNamespaces();
  const reason = useWhyNot(cluster, namespace);
  const editor = useRef<YamlEditorHandle>(null);
  const files = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => window.sessionStorage.getItem(DRAFT) ?? "");
  const [other, setOther] = useState<string>();
  const [asked, setAsked] = useState<Asked>();
  const [busy, setBusy] = useState<"check" | "apply">();
  const [dropping, setDropping] = useState(false);
  const into = namespace ?? other;
  /** What was said holds for what was asked; of another text, or for another namespace, nothing is known. */
  const fits = asked !== undefined && asked.text === text && asked.into === into;
  /** The check said no; to apply it all the same is the user's word. */
  const refused = fits && asked.stopped;
  const marks = useMemo(() => (fits ? marksOf(asked) : []), [fits, asked]);
  const count = documentCount(text);

  const write = (next: string) => {
    setText(next);
    try {
      window.sessionStorage.setItem(DRAFT, next);
    } catch {
      // too long for the browser to keep: it lives as long as the page
    }
  };
  const take = async (chosen: File[]) => {
    const texts: string[] = [];
    for (const file of chosen) {
      if (file.size > MOST_BYTES) {
        void message.error(t("import.tooLarge", { name: file.name, most: bytes(MOST_BYTES) }));
        continue;
      }
      const content = await file.text();
      if (content.includes("\u0000")) void message.error(t("import.notText", { name: file.name }));
      else texts.push(content);
    }
    if (texts.length === 0) return;
    write(joinDocuments([text, ...texts]));
    setAsked(undefined);
  };
  const send = async (dryRun: boolean, stopped = false): Promise<Asked> => {
    const { data, error } = await client.POST("/api/v1/clusters/{cluster}/manifests", {
      params: { path: { cluster }, query: { namespace: into, dryRun } },
      body: text as never,
      bodySerializer: (body: unknown) => body as string,
      headers: { "Content-Type": "application/yaml" },
    });
    return { text, into, dryRun, stopped: stopped && data !== undefined, result: data, problem: error };
  };
  /** Nothing is applied of what would fail, unless the user wants just that. A cluster out of reach checks nothing: then it waits. */
  const ask = async (how: "check" | "apply") => {
    setBusy(how);
    let next = how === "apply" && refused ? undefined : await send(true, how === "apply");
    const away = next?.problem !== undefined && AWAY.includes(next.problem.status);
    if (how === "apply" && (next === undefined || away || next.result?.state === "done")) next = await send(false);
    setBusy(undefined);
    if (!next) return;
    setAsked(next);
    if (!next.dryRun && next.result) void queries.invalidateQueries();
  };
  const jump = (line: number, column?: number) => editor.current?.jump(line, column);
  const drag = (over: boolean) => (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setDropping(over);
  };
  const drop = (event: DragEvent) => {
    const dropped = [...event.dataTransfer.files];
    if (dropped.length === 0) return;
    event.preventDefault();
    event.stopPropagation(); // the editor would put the file's text where it was dropped
    setDropping(false);
    void take(dropped);
  };
  const off = Boolean(reason) || count === 0 || busy !== undefined;

  return (
    <>
      <Typography.Title level={2}>{common("menu.yaml")}</Typography.Title>
      <Typography.Paragraph type="secondary">{t("import.about")}</Typography.Paragraph>
      <Flex vertical gap={12}>
        <Flex justify="space-between" wrap gap={8}>
          <Space wrap>
            {!namespace && (
              <Select
                allowClear
                showSearch
                style={{ minWidth: 280 }}
                aria-label={t("import.namespace")}
                placeholder={t("import.namespace")}
                value={other}
                options={(namespaces.data?.items ?? []).filter((one) => one.cluster.name === cluster).map(({ name }) => ({ value: name, label: name }))}
                onChange={setOther}
              />
            )}
            <Typography.Text type="secondary">{t("import.documents", { count })}</Typography.Text>
          </Space>
          <Space wrap>
            <input
              ref={files}
              type="file"
              multiple
              hidden
              accept=".yaml,.yml,.json,text/yaml,application/yaml"
              aria-label={t("import.open")}
              onChange={(event) => {
                void take([...(event.target.files ?? [])]);
                event.target.value = "";
              }}
            />
            <Button icon={<FolderOpenOutlined />} onClick={() => files.current?.click()}>
              {t("import.open")}
            </Button>
            <Button onClick={() => write(joinDocuments([text, EXAMPLE]))}>{t("import.example")}</Button>
            <Button
              disabled={text === ""}
              onClick={() => {
                write("");
                setAsked(undefined);
              }}
            >
              {t("import.clear")}
            </Button>
          </Space>
        </Flex>
        <div
          onDragEnterCapture={drag(true)}
          onDragOverCapture={drag(true)}
          onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setDropping(false)}
          onDropCapture={drop}
          style={{ position: "relative" }}
        >
          <YamlEditor value={text} label={t("import.editor")} onChange={write} marks={marks} height="max(300px, 46vh)" handle={editor} />
          {dropping && (
            <Flex
              align="center"
              justify="center"
              style={{
                position: "absolute",
                inset: 0,
                pointerEvents: "none",
                background: token.colorPrimaryBg,
                opacity: 0.9,
                border: `2px dashed ${token.colorPrimary}`,
                borderRadius: token.borderRadius,
              }}
            >
              <Typography.Text strong>{t("import.drop")}</Typography.Text>
            </Flex>
          )}
        </div>
        <Space wrap>
          <Tooltip title={reason}>
            <Button icon={<CheckOutlined />} disabled={off} loading={busy === "check"} onClick={() => void ask("check")}>
              {t("import.check")}
            </Button>
          </Tooltip>
          <Tooltip title={reason}>
            <Button type="primary" danger={refused} icon={<CloudUploadOutlined />} disabled={off} loading={busy === "apply"} onClick={() => void ask("apply")}>
              {t(refused ? "import.applyAnyway" : "import.apply")}
            </Button>
          </Tooltip>
        </Space>
        {asked?.problem && (
          <>
            <Failure error={asked.problem} inline />
            {marks.length > 0 && (
              <Alert
                type="error"
                title={
                  <Flex vertical align="start">
                    {marks.map((mark) => (
                      <Button
                        key={`${mark.line}:${mark.column}:${mark.message}`}
                        type="link"
                        size="small"
                        style={{ padding: 0, whiteSpace: "normal", height: "auto", textAlign: "start" }}
                        onClick={() => jump(mark.line, mark.column)}
                      >
                        {t("import.place", { line: mark.line, column: mark.column ?? 1 })}: {mark.message}
                      </Button>
                    ))}
                  </Flex>
                }
              />
            )}
          </>
        )}
        {asked?.result && (
          <Outcomes
            key={`${asked.result.intent}${asked.dryRun}`}
            cluster={cluster}
            namespace={asked.into}
            result={asked.result}
            dryRun={asked.dryRun}
            stopped={asked.stopped}
            jump={jump}
          />
        )}
      </Flex>
    </>
  );
}
