// SPDX-License-Identifier: Apache-2.0
import { DownloadOutlined, PauseOutlined, CaretRightOutlined, ReloadOutlined } from "@ant-design/icons";
import { Badge, Button, Checkbox, Select, Tooltip } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { client, madeProblem } from "../api/client";
import { Failure } from "../ui/Failure";
import { useNow } from "../ui/Time";
import { LogPane } from "./LogPane";
import { LogStore } from "./log_lines";
import { type LogPhase, LogSession } from "./log_session";
import { saveLog } from "./save_log";
import { apiPath, browser, query } from "./sockets";
import { useAddress } from "../ui/address";

const PROTOCOL = "slipway.log.v1";
export const TAILS = [100, 1_000, 10_000, 100_000];
const TAIL = 1_000;
/** In seconds. */
export const SINCES = [60, 600, 3_600, 86_400];
const HEIGHT = "max(320px, calc(100vh - 370px))";

const LIGHTS: Record<LogPhase["is"], "success" | "processing" | "warning" | "error" | "default"> = {
  following: "success",
  connecting: "processing",
  waiting: "warning",
  lost: "warning",
  paused: "default",
  ended: "default",
  failed: "error",
};

interface Props {
  cluster: string;
  namespace: string;
  pod: string;
  containers: { name: string; init: boolean; restarts: number }[];
}

/** The log of a pod's container, as it is written. What is chosen stands in the page's address. */
export function LogView({ cluster, namespace, pod, containers }: Props) {
  const { t } = useTranslation("pods");
  const { t: common } = useTranslation();
  const [address, changeAddress] = useAddress();
  const [store] = useState(() => new LogStore());
  const [session, setSession] = useState<LogSession>();
  const [, setChanges] = useState(0);
  const [turn, setTurn] = useState(0);
  const [problem, setProblem] = useState<unknown>();

  const path = apiPath("clusters", cluster, "namespaces", namespace, "pods", pod, "log");
  const first = containers.find(({ init }) => !init)?.name ?? containers[0]?.name;
  const container = containers.some(({ name }) => name === address.get("container")) ? (address.get("container") as string) : first;
  const previous = address.get("previous") === "true";
  const tail = TAILS.includes(Number(address.get("tail"))) ? Number(address.get("tail")) : TAIL;
  const since = SINCES.includes(Number(address.get("since"))) ? Number(address.get("since")) : undefined;
  const choose = (change: Record<string, string | undefined>) =>
    changeAddress((next) => {
      for (const [key, value] of Object.entries(change)) {
        if (value === undefined) next.delete(key);
        else next.set(key, value);
      }
    });

  useEffect(() => {
    if (!container) return undefined;
    store.clear();
    const asked = { container, previous: previous || undefined, follow: previous ? undefined : true, timestamps: true, tailLines: tail, sinceSeconds: since };
    const made = new LogSession(
      browser(PROTOCOL),
      {
        bytes: (data) => store.bytes(data),
        gap: (why) => store.say("gap", t("log.gap", { why })),
        restart: (cursorLost) => {
          store.clear();
          if (cursorLost) store.say("gap", t("log.cursorLost"));
        },
        ended: () => store.flush(),
        changed: () => {
          if (made.phase.is === "waiting") store.say("note", t("log.waitingLine", { why: made.phase.why }));
          setChanges((count) => count + 1);
        },
      },
      (cursor) => `${path}?${query({ ...asked, cursor })}`,
    );
    setSession(made);
    const opening = setTimeout(() => made.open()); // not for a page that is left at once
    const onLine = () => made.phase.is === "lost" && made.resume();
    window.addEventListener("online", onLine);
    return () => {
      clearTimeout(opening);
      window.removeEventListener("online", onLine);
      made.close();
    };
  }, [cluster, namespace, pod, container, previous, tail, since, turn, store]);

  const phase: LogPhase = session?.phase ?? { is: "connecting" };
  const restarts = containers.find(({ name }) => name === container)?.restarts ?? 0;
  const download = async () => {
    if (!container) return;
    setProblem(undefined);
    // a file that is saved says nothing of why it could not be read
    const { error } = await client.GET("/api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/log", {
      params: { path: { cluster, namespace, pod }, query: { container, limitBytes: 1, previous } },
      parseAs: "text",
    });
    if (error) setProblem(error);
    else saveLog(`${path}?${query({ container, previous: previous || undefined, timestamps: true })}`, `${pod}-${container}.log`);
  };

  const tools = (
    <>
      <Select
        aria-label={t("container")}
        style={{ minWidth: 150 }}
        value={container}
        options={containers.map(({ name, init }) => ({ value: name, label: init ? `${name} (${t("init")})` : name }))}
        onChange={(name) => choose({ container: name })}
      />
      <Select
        aria-label={t("log.tail")}
        style={{ minWidth: 130 }}
        value={tail}
        options={TAILS.map((count) => ({ value: count, label: t("log.tailOf", { count }) }))}
        onChange={(count) => choose({ tail: count === TAIL ? undefined : String(count) })}
      />
      <Select
        aria-label={t("log.since")}
        style={{ minWidth: 130 }}
        value={since ?? 0}
        options={[{ value: 0, label: t("log.sinceStart") }, ...SINCES.map((seconds) => ({ value: seconds, label: t(`log.since${seconds as 60}`) }))]}
        onChange={(seconds) => choose({ since: seconds === 0 ? undefined : String(seconds) })}
      />
      <Tooltip title={restarts === 0 && !previous ? t("log.noPrevious") : undefined}>
        <Checkbox
          checked={previous}
          disabled={restarts === 0 && !previous}
          onChange={(event) => choose({ previous: event.target.checked ? "true" : undefined })}
        >
          {t("log.previous")}
        </Checkbox>
      </Tooltip>
      {phase.is === "paused" ? (
        <Button type="primary" icon={<CaretRightOutlined />} onClick={() => session?.resume()}>
          {t("log.resume")}
        </Button>
      ) : (
        <Button icon={<PauseOutlined />} disabled={phase.is === "ended" || phase.is === "failed"} onClick={() => session?.pause()}>
          {t("log.pause")}
        </Button>
      )}
      {(phase.is === "ended" || phase.is === "failed" || phase.is === "lost") && (
        <Button icon={<ReloadOutlined />} onClick={() => (phase.is === "lost" ? session?.resume() : setTurn(turn + 1))}>
          {common("action.retry")}
        </Button>
      )}
      <Tooltip title={t("log.download")}>
        <Button aria-label={t("log.download")} icon={<DownloadOutlined />} onClick={() => void download()} />
      </Tooltip>
    </>
  );
  return (
    <>
      {problem !== undefined && <Failure error={problem} />}
      {phase.is === "failed" && <Failure error={madeProblem(phase.why, phase.status)} title={t("log.notReadable")} again={() => setTurn(turn + 1)} />}
      <LogPane
        store={store}
        label={t("log.of", { name: `${pod}/${container ?? ""}` })}
        tools={tools}
        height={HEIGHT}
        status={
          <span data-phase={phase.is}>
            <Badge status={LIGHTS[phase.is]} text={<PhaseText phase={phase} />} />
          </span>
        }
      />
    </>
  );
}

function PhaseText({ phase }: { phase: LogPhase }) {
  const { t } = useTranslation("pods");
  const now = useNow();
  switch (phase.is) {
    case "waiting":
      return t("log.phase.waiting", { why: phase.why });
    case "lost": {
      const words = t("log.phase.lost", { count: Math.max(1, Math.ceil((phase.until - Math.max(now, Date.now())) / 1000)) });
      return phase.why ? `${words} (${phase.why})` : words;
    }
    case "ended":
      return t(`log.phase.${phase.how}`);
    case "failed":
      return t("log.phase.failed", { why: phase.why });
    default:
      return t(`log.phase.${phase.is}`);
  }
}
