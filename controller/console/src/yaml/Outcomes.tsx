// SPDX-License-Identifier: Apache-2.0
import { Alert, App, Button, Flex, Popconfirm, Table, Tag, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { client, type Problem, type Schemas } from "../api/client";
import { paths } from "../app/paths";
import { Failure } from "../ui/Failure";

type ApplyResult = Schemas["ApplyResult"];
type Outcome = ApplyResult["objects"][number];

/** Kinds that have a page. */
const PAGES: Record<string, string> = {
  Application: "applications",
  Deployment: "deployments",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
  Job: "jobs",
  CronJob: "cronjobs",
  Pod: "pods",
  Service: "services",
  Ingress: "ingresses",
  ConfigMap: "configmaps",
  Secret: "secrets",
  PersistentVolumeClaim: "persistentvolumeclaims",
};

interface Props {
  cluster: string;
  /** For objects that name none. */
  namespace?: string;
  result: ApplyResult;
  dryRun: boolean;
  /** It was to be applied, and the check stopped it. */
  stopped: boolean;
  jump: (line: number, column?: number) => void;
}

/** What became of each object of a manifest, and the way back where some of it failed. */
export function Outcomes({ cluster, namespace, result, dryRun, stopped, jump }: Props) {
  const { t } = useTranslation("yaml");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const [undone, setUndone] = useState<Schemas["UndoResult"]>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  const undo = async () => {
    setBusy(true);
    const { data, error } = await client.POST("/api/v1/clusters/{cluster}/intents/{intent}/undo", { params: { path: { cluster, intent: result.intent } } });
    setBusy(false);
    setProblem(error);
    if (!data) return;
    setUndone(data);
    if (data.state === "done") void message.success(t("import.undone"));
  };
  const word = (one: { ok: boolean; action?: string }) => {
    if (!one.ok) return t("import.action.failed");
    if (dryRun && one.action === "created") return t("import.action.wouldCreate");
    if (dryRun && one.action === "configured") return t("import.action.wouldConfigure");
    return one.action ? t(`import.action.${one.action as "created"}`) : t("import.action.ok");
  };
  const failed = t(stopped ? "import.stopped" : dryRun ? "import.wouldFail" : "import.failed");
  const words = result.state === "done" ? t(dryRun ? "import.checked" : "import.applied") : failed;
  const summary =
    result.state === "waiting" ? (
      <Alert
        type="warning"
        showIcon
        title={t("import.waits")}
        action={<Link to={paths.business(cluster, namespace ?? "-", "intents")}>{t("import.requests")}</Link>}
      />
    ) : (
      <Alert type={result.state === "done" ? "success" : "error"} showIcon title={words} />
    );
  const canUndo = !dryRun && !undone && result.intent !== "" && result.objects.some((one) => one.canUndo);

  return (
    <Flex vertical gap={12}>
      {summary}
      <Table<Outcome>
        size="small"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={result.objects}
        rowKey={(one) => `${one.kind}/${one.namespace ?? ""}/${one.name}`}
        columns={[
          {
            title: t("import.object"),
            render: (_, one) => {
              const page = PAGES[one.kind];
              const text = `${one.kind}/${one.name}`;
              const of = one.namespace ?? namespace;
              return page && of && one.ok && !dryRun && !undone ? <Link to={paths.object(cluster, of, page, one.name)}>{text}</Link> : text;
            },
          },
          { title: common("place.namespace"), render: (_, one) => one.namespace ?? namespace ?? "—" },
          {
            title: t("import.outcome"),
            render: (_, one) => (
              <>
                <Tag color={one.ok ? (one.action === "unchanged" ? "default" : "success") : "error"}>{word(one)}</Tag>
                {one.canUndo && !undone && <Tag color="warning">{t("import.left")}</Tag>}
              </>
            ),
          },
          {
            title: t("import.detail"),
            render: (_, one) =>
              one.message || one.field ? (
                <Flex vertical style={{ maxWidth: 560 }}>
                  {one.field && <Typography.Text code>{one.field}</Typography.Text>}
                  <Typography.Text type={one.ok ? "secondary" : "danger"} style={{ whiteSpace: "pre-wrap" }}>
                    {one.message}
                  </Typography.Text>
                  {one.line !== undefined && (
                    <Button type="link" size="small" style={{ alignSelf: "start", padding: 0 }} onClick={() => jump(one.line as number, one.column)}>
                      {t("import.place", { line: one.line, column: one.column ?? 1 })}
                    </Button>
                  )}
                </Flex>
              ) : (
                "—"
              ),
          },
        ]}
      />
      {canUndo && (
        <Popconfirm title={t("import.undoTitle")} okText={t("import.undo")} onConfirm={() => void undo()}>
          <Button danger loading={busy} style={{ alignSelf: "start" }}>
            {t("import.undo")}
          </Button>
        </Popconfirm>
      )}
      {problem && <Failure error={problem} inline />}
      {undone && (
        <Alert
          type={undone.state === "done" ? "success" : "warning"}
          showIcon
          title={t(undone.state === "done" ? "import.undone" : "import.notUndone")}
          description={
            <Flex vertical>
              {undone.objects.map((one) => (
                <span key={`${one.kind}/${one.namespace ?? ""}/${one.name}`}>
                  {one.kind}/{one.name}: {word(one)} {one.message}
                </span>
              ))}
            </Flex>
          }
        />
      )}
    </Flex>
  );
}
