// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Drawer, Empty, Space, Tooltip, Typography } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { client, type Schemas } from "../api/client";
import { read } from "../api/read";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import { useMe } from "../session/me";
import { type Column, ServerTable } from "../ui/ServerTable";
import { State } from "../ui/State";
import { Time } from "../ui/Time";
import { openTerminal, type OpenTerminal, useOpenTerminals } from "./open_terminals";
import { TerminalPane } from "./Terminal";
import { closeWindow, windowOf } from "./terminal_windows";

type Terminal = Schemas["Terminal"];

const PATH = "/api/v1/clusters/{cluster}/terminals";
const namespaceOf = (one: Terminal) => one.namespace;
/** No event tells of terminals: they are asked for anew. */
const ASK_MS = 5_000;

/** The terminals that live in a cluster: the caller's own, to an administrator all. */
export function Terminals() {
  const { t } = useTranslation("pods");
  const { t: common } = useTranslation();
  const { cluster, namespace } = usePlace();
  const { message, modal } = App.useApp();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const mine = useOpenTerminals();
  const [watched, setWatched] = useState<OpenTerminal>();
  const [unasked, setUnasked] = useState<{ node: string; why: string }[]>([]);
  const administers = me.role === "administrator";

  const again = () => void queries.invalidateQueries({ queryKey: ["get", PATH] });
  useEffect(() => {
    // a node may take longer to answer: a reading that goes on is not begun anew
    const ask = () => void queries.invalidateQueries({ queryKey: ["get", PATH] }, { cancelRefetch: false });
    const timer = setInterval(ask, ASK_MS);
    return () => clearInterval(timer);
  }, [queries]);

  const takeUp = (one: Terminal) => {
    const { namespace: of, pod, container, node, id } = one;
    const here = mine.find(({ place }) => place?.terminal === id);
    const session = here && windowOf(here).session;
    if (session?.phase.is === "elsewhere" || session?.phase.is === "failed") session.comeBack();
    const { key } = here ?? openTerminal({ cluster, namespace: of, pod, container, user: me.id, shell: "auto", place: { node, terminal: id } });
    go(paths.object(cluster, of, "pods", pod, "terminal"), { state: { terminal: key } });
  };
  const end = async ({ node, id }: Terminal) => {
    const { error } = await client.DELETE("/api/v1/clusters/{cluster}/nodes/{node}/terminals/{terminal}", {
      params: { path: { cluster, node, terminal: id } },
    });
    if (error) void message.error(error.detail);
    else void message.success(t("terminals.ended"));
    again();
  };
  /** Asks beside the rows: those of a node that does not answer for once are not there, and the question stays. */
  const askToEnd = (one: Terminal) =>
    modal.confirm({
      title: t("terminal.endTitle"),
      content: (
        <>
          <Typography.Text strong>
            {one.pod} / {one.container}
          </Typography.Text>
          <Typography.Paragraph>{t("terminal.endText")}</Typography.Paragraph>
        </>
      ),
      okText: t("terminal.end"),
      okButtonProps: { danger: true },
      onOk: () => void end(one),
    });
  const watch = ({ id, node, namespace: of, pod, container, user }: Terminal) =>
    setWatched({ key: id, user, cluster, namespace: of, pod, container, shell: "auto", seen: 0, place: { node, terminal: id } });
  useEffect(() => () => void (watched && closeWindow(watched.key, true)), [watched]); // by whatever way the page is left

  const columns: Column<Terminal>[] = [
    {
      key: "pod",
      title: common("menu.pods"),
      text: ({ pod }) => pod,
      render: (one) => <Link to={paths.object(cluster, one.namespace, "pods", one.pod)}>{one.pod}</Link>,
    },
    { key: "container", title: t("container"), render: ({ container }) => container, text: ({ container }) => container },
    ...(namespace ? [] : [{ key: "namespace", title: common("place.namespace"), render: namespaceOf, text: namespaceOf }]),
    { key: "user", title: t("terminals.user"), render: ({ user }) => user, text: ({ user }) => user },
    {
      key: "state",
      title: common("table.status"),
      render: ({ attached, detachedAt }) =>
        attached ? (
          <State of="connected" />
        ) : (
          <Space size={4}>
            <State of="disconnected" />
            <Time at={detachedAt} />
          </Space>
        ),
      text: ({ attached }) => (attached ? "attached" : "detached"),
    },
    {
      key: "command",
      title: t("terminals.command"),
      text: ({ command }) => command.join(" "),
      render: ({ command }) => (command.length > 0 ? <code>{command.join(" ")}</code> : t("terminals.aShell")),
    },
    { key: "watchers", title: t("terminals.watchers"), render: ({ watchers }) => watchers.join(", ") || "—", text: ({ watchers }) => watchers.join(" ") },
    { key: "node", title: t("node"), render: ({ node }) => node, text: ({ node }) => node },
    { key: "started", title: t("terminals.started"), render: ({ startedAt }) => <Time at={startedAt} />, text: ({ startedAt }) => startedAt },
    {
      key: "actions",
      title: common("table.actions"),
      render: (one) => (
        <Space size={0}>
          <Tooltip title={one.user === me.name ? undefined : t("terminals.notYours")}>
            <Button type="link" size="small" disabled={one.user !== me.name} onClick={() => takeUp(one)}>
              {t("terminals.takeUp")}
            </Button>
          </Tooltip>
          <Tooltip title={administers ? undefined : t("terminals.onlyAdministrators")}>
            <Button type="link" size="small" disabled={!administers} onClick={() => watch(one)}>
              {t("terminals.watch")}
            </Button>
          </Tooltip>
          <Button type="link" size="small" danger onClick={() => askToEnd(one)}>
            {t("terminal.end")}
          </Button>
        </Space>
      ),
    },
  ];
  return (
    <>
      <Typography.Title level={2}>{common("menu.terminals")}</Typography.Title>
      <Typography.Paragraph type="secondary">{t("terminals.about")}</Typography.Paragraph>
      {unasked.length > 0 && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 12, whiteSpace: "pre-line" }}
          title={t("terminals.unasked")}
          description={unasked.map(({ node, why }) => `${node}: ${why}`).join("\n")}
        />
      )}
      <ServerTable<Terminal>
        key={`${cluster}/${namespace ?? ""}`}
        name="terminals"
        path={PATH}
        scope={{ cluster, namespace }}
        read={async (question) => {
          const page = await read(client.GET(PATH, { params: { path: { cluster }, query: { ...question, namespace } as object } }));
          setUnasked(page.unasked);
          return page;
        }}
        columns={columns}
        rowKey="id"
        searchable={false}
        empty={
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("terminals.none")}>
            <Button onClick={() => go(paths.business(cluster, namespace ?? "-", "pods"))}>{t("terminals.toPods")}</Button>
          </Empty>
        }
      />
      <Drawer
        open={watched !== undefined}
        onClose={() => setWatched(undefined)}
        size="80%"
        title={watched && t("terminals.watchTitle", { user: watched.user, pod: watched.pod })}
        destroyOnHidden
      >
        {watched && <TerminalPane of={watched} active watching height="100%" />}
      </Drawer>
    </>
  );
}
