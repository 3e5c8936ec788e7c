// SPDX-License-Identifier: Apache-2.0
import { DownloadOutlined, ReloadOutlined } from "@ant-design/icons";
import { Alert, Badge, Breadcrumb, Button, Empty, Input, Select, Tooltip, Typography } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Problem } from "../api/client";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import { Failure } from "../ui/Failure";
import { LogPane } from "./LogPane";
import { SINCES, TAILS } from "./LogView";
import { LogStore } from "./log_lines";
import { saveLog } from "./save_log";
import { apiPath, query } from "./sockets";
import { useAddress } from "../ui/address";

const TAIL = 1_000;
const HEIGHT = "max(320px, calc(100vh - 350px))";

/** The logs of several pods in the order of their times, as they are now; pods or labels stand in the page's address. */
export function MergedLogs() {
  const { t } = useTranslation("pods");
  const { t: common } = useTranslation();
  const { cluster, namespace } = usePlace();
  const [address, change] = useAddress();
  const [store] = useState(() => new LogStore(true));
  const [turn, setTurn] = useState(0);
  const [reading, setReading] = useState(false);
  const [problem, setProblem] = useState<Problem | Error>();

  const pods = address.getAll("pod");
  const labels = address.get("labels") ?? undefined;
  const container = address.get("container") ?? undefined;
  const tail = TAILS.includes(Number(address.get("tail"))) ? Number(address.get("tail")) : TAIL;
  const since = SINCES.includes(Number(address.get("since"))) ? Number(address.get("since")) : undefined;
  const named = pods.length > 0 || labels !== undefined;
  const asked = query({ pod: pods, labels, container, tailLines: tail, sinceSeconds: since });
  const path = namespace && named ? `${apiPath("clusters", cluster, "namespaces", namespace, "log")}?${asked}` : undefined;
  const choose = (key: string, value?: string) =>
    change((next) => {
      if (value) next.set(key, value);
      else next.delete(key);
    });

  useEffect(() => {
    if (!path) return undefined;
    const stop = new AbortController();
    const read = async () => {
      store.clear();
      setProblem(undefined);
      setReading(true);
      const answer = await fetch(path, { signal: stop.signal });
      if (!answer.ok) throw (await answer.json()) as Problem;
      const reader = answer.body?.getReader();
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) store.bytes(part.value);
      store.flush();
    };
    read()
      .catch((why: Problem | Error) => !stop.signal.aborted && setProblem(why))
      .finally(() => !stop.signal.aborted && setReading(false));
    return () => stop.abort();
  }, [path, turn, store]);

  const tools = (
    <>
      <Input.Search
        allowClear
        style={{ width: 180 }}
        aria-label={t("container")}
        placeholder={t("log.firstContainer")}
        defaultValue={container}
        onSearch={(name) => choose("container", name.trim())}
      />
      <Select
        aria-label={t("log.tail")}
        style={{ minWidth: 130 }}
        value={tail}
        options={TAILS.map((count) => ({ value: count, label: t("log.tailOf", { count }) }))}
        onChange={(count) => choose("tail", count === TAIL ? undefined : String(count))}
      />
      <Select
        aria-label={t("log.since")}
        style={{ minWidth: 130 }}
        value={since ?? 0}
        options={[{ value: 0, label: t("log.sinceStart") }, ...SINCES.map((seconds) => ({ value: seconds, label: t(`log.since${seconds as 60}`) }))]}
        onChange={(seconds) => choose("since", seconds === 0 ? undefined : String(seconds))}
      />
      <Button icon={<ReloadOutlined />} loading={reading} onClick={() => setTurn(turn + 1)}>
        {common("action.refresh")}
      </Button>
      <Tooltip title={t("log.download")}>
        <Button
          aria-label={t("log.download")}
          icon={<DownloadOutlined />}
          disabled={!path || Boolean(problem)}
          onClick={() => path && saveLog(path, `${namespace}.log`)}
        />
      </Tooltip>
    </>
  );
  return (
    <>
      <Breadcrumb
        style={{ marginBottom: 16 }}
        items={[{ title: <Link to={paths.business(cluster, namespace ?? "-", "pods")}>{common("menu.pods")}</Link> }, { title: t("log.merged") }]}
      />
      <Typography.Title level={2}>{t("log.merged")}</Typography.Title>
      {!path ? (
        <Empty description={t("log.mergedNone")} />
      ) : (
        <>
          <Typography.Paragraph type="secondary" ellipsis={{ rows: 2, expandable: true, symbol: common("action.more") }}>
            {t("log.mergedOf", { what: labels ?? pods.join(", ") })}
          </Typography.Paragraph>
          {problem && <Failure error={problem} again={() => setTurn(turn + 1)} />}
          <LogPane
            store={store}
            label={t("log.merged")}
            tools={tools}
            height={HEIGHT}
            status={<Badge status={reading ? "processing" : "default"} text={t(reading ? "log.reading" : "log.asRead")} />}
          />
          <Alert type="info" showIcon style={{ marginTop: 8 }} title={t("log.notFollowed")} />
        </>
      )}
    </>
  );
}
