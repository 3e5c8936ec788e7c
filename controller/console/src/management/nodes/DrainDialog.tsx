// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Flex, Form, InputNumber, Modal, Progress, Space, Spin, Table, Tag, Tooltip, Typography } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { client, type Problem } from "../../api/client";
import { paths } from "../../app/paths";
import { Failure } from "../../ui/Failure";
import { ReasonButton } from "../../ui/ReasonButton";
import { after, drain, type DrainedPod, type DrainOptions, leaving, missing, nameOf, progress, type Standing } from "./drain";

const PATH = "/api/v1/clusters/{cluster}/nodes/{node}/drain";
const ROUND_MS = 3_000;
const MOST_GRACE_SECONDS = 3_600;

const COLOURS: Record<DrainedPod["state"], string> = {
  evicts: "default",
  evicted: "processing",
  going: "processing",
  gone: "success",
  waits: "warning",
  refused: "error",
  stays: "default",
};

interface Props {
  cluster: string;
  node: string;
  close: () => void;
}

/** Empties a node: first what would happen, then round after round until nothing is left or somebody stops it. */
export function DrainDialog({ cluster, node, close }: Props) {
  const { t } = useTranslation("management");
  const queries = useQueryClient();
  const [options, setOptions] = useState<DrainOptions>({ force: false, deleteLocalData: false });
  const [pods, setPods] = useState<DrainedPod[]>();
  const [refused, setRefused] = useState<Problem>();
  const [standing, setStanding] = useState<Standing>();
  const [asked, setAsked] = useState(0);
  /** Of the drain that runs: ends its pause, and it. */
  const stop = useRef<() => void>(undefined);

  useEffect(() => {
    let over = false;
    const { force, deleteLocalData } = options;
    void client.POST(PATH, { params: { path: { cluster, node } }, body: { force, deleteLocalData, dryRun: true } }).then(({ data, error }) => {
      if (over) return;
      setRefused(error);
      if (data) setPods(data.pods);
    });
    return () => {
      over = true;
    };
  }, [cluster, node, options, asked]);
  useEffect(() => () => stop.current?.(), []);

  const begin = () => {
    let over = false;
    let wake = () => {};
    stop.current = () => {
      over = true;
      wake();
    };
    setStanding({ is: "runs" });
    const world = {
      round: (asks: DrainOptions) => client.POST(PATH, { params: { path: { cluster, node } }, body: { ...asks, dryRun: false } }),
      pause: () =>
        new Promise<void>((done) => {
          wake = done;
          setTimeout(done, over ? 0 : ROUND_MS);
        }),
    };
    const tell = (next: Standing, round?: Parameters<typeof after>[1]) => {
      setStanding(next);
      if (round) setPods((before) => after(before ?? [], round));
      if (next.is !== "runs") void queries.invalidateQueries();
    };
    void drain(world, options, tell, () => over);
  };

  const runs = standing?.is === "runs";
  const needed = missing(pods ?? []);
  const why = needed.size > 0 ? t("drain.needsLeave") : undefined;
  const footer = (
    <Space>
      {!runs && <Button onClick={close}>{t(standing ? "drain.close" : "drain.cancel")}</Button>}
      {runs && (
        <Button danger onClick={() => stop.current?.()}>
          {t("drain.stop")}
        </Button>
      )}
      {standing?.is !== "empty" && (
        <ReasonButton type="primary" danger loading={runs} disabled={!pods} reason={runs ? undefined : why} onClick={begin}>
          {t(standing && !runs ? "drain.again" : "drain.begin")}
        </ReasonButton>
      )}
    </Space>
  );
  return (
    <Modal
      open
      width={860}
      title={t("drain.title", { name: node })}
      footer={footer}
      onCancel={close}
      mask={{ closable: !runs }}
      closable={!runs}
      keyboard={!runs}
    >
      <Flex vertical gap={12}>
        <Typography.Text>{t("drain.what")}</Typography.Text>
        <Form layout="vertical" disabled={runs}>
          <Space orientation="vertical" size={4}>
            <Checkbox checked={options.force} onChange={({ target }) => setOptions({ ...options, force: target.checked })}>
              {t("drain.force")}
            </Checkbox>
            <Checkbox checked={options.deleteLocalData} onChange={({ target }) => setOptions({ ...options, deleteLocalData: target.checked })}>
              {t("drain.deleteLocalData")}
            </Checkbox>
            <Space>
              <label htmlFor="drain-grace">{t("drain.grace")}</label>
              <InputNumber
                id="drain-grace"
                min={1}
                max={MOST_GRACE_SECONDS}
                precision={0}
                value={options.graceSeconds}
                placeholder={t("drain.ownGrace")}
                suffix={t("drain.seconds")}
                onChange={(seconds) => setOptions({ ...options, graceSeconds: seconds ?? undefined })}
                style={{ width: 180 }}
              />
            </Space>
          </Space>
        </Form>
        {refused && !standing && <Failure error={refused} inline again={() => setAsked(asked + 1)} />}
        <How standing={standing} node={node} />
        {standing && pods && (
          <Progress
            aria-label={t("drain.title", { name: node })}
            percent={progress(pods)}
            status={runs ? "active" : standing.is === "empty" ? "success" : "normal"}
          />
        )}
        {pods ? <Pods cluster={cluster} pods={pods} runs={runs} /> : !refused && <Spin />}
      </Flex>
    </Modal>
  );
}

/** In words how it stands. */
function How({ standing, node }: { standing?: Standing; node: string }) {
  const { t } = useTranslation("management");
  switch (standing?.is) {
    case "runs":
      return standing.trouble ? <Alert type="warning" showIcon title={t("drain.passing")} description={standing.trouble.detail} /> : null;
    case "empty":
      return <Alert type="success" showIcon role="status" title={t("drain.empty", { name: node })} description={t("drain.cordoned")} />;
    case "stopped":
      return <Alert type="info" showIcon role="status" title={t("drain.stopped")} description={t("drain.cordoned")} />;
    case "failed":
      return <Failure error={standing.why} inline />;
    default:
      return null;
  }
}

function Pods({ cluster, pods, runs }: { cluster: string; pods: DrainedPod[]; runs: boolean }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const all = leaving(pods);
  const staying = pods.filter(({ state }) => state === "stays");
  return (
    <>
      <Table<DrainedPod>
        size="small"
        rowKey={nameOf}
        dataSource={all}
        pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: t("drain.nothing") }}
        columns={[
          {
            title: common("menu.pods"),
            render: (_, pod) =>
              pod.state === "gone" ? (
                nameOf(pod)
              ) : (
                // to leave this page would end the drain
                <Link to={paths.object(cluster, pod.namespace, "pods", pod.name)} target={runs ? "_blank" : undefined}>
                  {nameOf(pod)}
                </Link>
              ),
          },
          { title: t("drain.controller"), render: (_, { controller }) => controller ?? "—" },
          {
            title: common("table.status"),
            render: (_, { state, needs, reason }) => (
              <Space orientation="vertical" size={0}>
                <Tag color={COLOURS[state]} data-state={state}>
                  {t(`drain.state.${state}`)}
                </Tag>
                {needs ? (
                  needs.map((leave) => (
                    <Typography.Text key={leave} type="danger" style={{ fontSize: 12 }}>
                      {t(`drain.needs.${leave}`)}
                    </Typography.Text>
                  ))
                ) : (
                  <Typography.Text type="secondary" style={{ fontSize: 12, maxWidth: 320, display: "block" }}>
                    {reason}
                  </Typography.Text>
                )}
              </Space>
            ),
          },
        ]}
      />
      {staying.length > 0 && (
        <Tooltip title={staying.map((pod) => nameOf(pod)).join(", ")}>
          <Typography.Text type="secondary" tabIndex={0}>
            {t("drain.stay", { count: staying.length })}
          </Typography.Text>
        </Tooltip>
      )}
    </>
  );
}
