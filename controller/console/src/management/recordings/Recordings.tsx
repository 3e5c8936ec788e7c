// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Drawer, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { bytes } from "../../ui/amounts";
import { saveText } from "../../ui/csv";
import { Duration } from "../../ui/Duration";
import { Failure } from "../../ui/Failure";
import { PageHead } from "../../ui/PageHead";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import { Player } from "./Player";

type Recording = Schemas["ShellRecording"];

/** What was seen in node shells. The one that is played stands in the address. */
export function Recordings() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<unknown>();
  const go = useNavigate();
  const played = useSearchParams()[0].get("play");
  const [title, setTitle] = useState<string>();
  const save = async ({ id, node }: Recording) => {
    setBusy(id);
    setError(undefined);
    try {
      const question = { params: { path: { recording: id } }, parseAs: "text" } as const;
      saveText(`${node}-${id}.cast`, await read<string>(client.GET("/api/v1/shell-recordings/{recording}", question)), "application/x-asciicast");
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(undefined);
    }
  };
  const columns: Column<Recording>[] = [
    { key: "started", title: t("recording.started"), render: ({ startedAt }) => <Time at={startedAt} />, text: ({ startedAt }) => startedAt },
    { key: "user", title: common("session.user"), render: ({ user }) => <Link to={paths.user(user)}>{user}</Link>, text: ({ user }) => user },
    {
      key: "cluster",
      title: common("place.cluster"),
      render: ({ cluster }) => <Link to={paths.cluster(cluster)}>{cluster}</Link>,
      text: ({ cluster }) => cluster,
    },
    { key: "node", title: t("operation.node"), render: ({ cluster, node }) => <Link to={paths.node(cluster, node)}>{node}</Link>, text: ({ node }) => node },
    { key: "reason", title: t("recording.reason"), render: ({ reason }) => reason, text: ({ reason }) => reason },
    { key: "from", title: t("session.from"), render: ({ from }) => from, text: ({ from }) => from },
    {
      key: "running",
      title: common("table.status"),
      render: ({ running }) => <State of={running ? "running" : "done"} />,
      text: ({ running }) => String(running),
    },
    { key: "took", title: t("operation.took"), render: ({ startedAt, lastOutputAt }) => <Duration from={startedAt} to={lastOutputAt} /> },
    { key: "bytes", title: t("recording.size"), render: (one) => bytes(one.bytes), text: (one) => one.bytes },
    {
      key: "actions",
      title: common("table.actions"),
      render: (one) => (
        <Space size={4}>
          <Button
            size="small"
            onClick={() => {
              setTitle(`${t("recording.title", { user: one.user, node: one.node })} · ${one.reason}`);
              void go(paths.recording(one.id));
            }}
          >
            {t("recording.watch")}
          </Button>
          <Button size="small" loading={busy === one.id} onClick={() => void save(one)}>
            {common("action.download")}
          </Button>
        </Space>
      ),
    },
  ];
  return (
    <>
      <PageHead title={common("menu.recordings")} note={t("recording.what")} />
      {error !== undefined && <Failure error={error} />}
      <ServerTable<Recording>
        name="recordings"
        path="/api/v1/shell-recordings"
        read={(question) => read(client.GET("/api/v1/shell-recordings", { params: { query: question } }))}
        columns={columns}
        rowKey="id"
        searchable={false}
      />
      <Alert type="info" showIcon style={{ marginTop: 16 }} title={t("recording.formats")} />
      <Drawer
        open={played !== null}
        onClose={() => void go(paths.management("recordings"), { replace: true })}
        size="80%"
        title={title ?? t("recording.watch")}
        afterOpenChange={(open) => !open && setTitle(undefined)}
        destroyOnHidden
      >
        {played !== null && <Player id={played} />}
      </Drawer>
    </>
  );
}
