// SPDX-License-Identifier: Apache-2.0
import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Empty, Flex, Select, Space, Tabs, Tooltip, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { client } from "../api/client";
import { useMe } from "../session/me";
import { useMayChange, useWhyNot } from "../session/rights";
import { forgetTerminal, type OpenTerminal, openTerminal, type Shell, SHELLS, useOpenTerminals } from "./open_terminals";
import { TerminalPane } from "./Terminal";
import { closeWindow, windowOf } from "./terminal_windows";

const HEIGHT = "max(320px, calc(100vh - 370px))";

interface Props {
  cluster: string;
  namespace: string;
  pod: string;
  containers: { name: string; state: string }[];
}

/** The terminals of a pod, a tab each. They live on while the reader looks elsewhere, and over a reload. */
export function PodTerminals({ cluster, namespace, pod, containers }: Props) {
  const { t } = useTranslation("pods");
  const { modal, message } = App.useApp();
  const me = useMe();
  const may = useMayChange(cluster, namespace);
  const whyNot = useWhyNot(cluster, namespace);
  const open = useOpenTerminals().filter((one) => one.user === me.id && one.cluster === cluster && one.namespace === namespace && one.pod === pod);
  const [container, setContainer] = useState<string>();
  const [shell, setShell] = useState<Shell>("auto");
  const [active, setActive] = useState((useLocation().state as { terminal?: string } | null)?.terminal);
  const running = containers.filter(({ state }) => state === "running");
  const chosen = running.some(({ name }) => name === container) ? container : running[0]?.name;
  const reason = !may ? t("terminal.mayNot") : (whyNot ?? (chosen ? undefined : t("terminal.notRunning")));

  const start = () => {
    if (!chosen) return;
    setActive(openTerminal({ cluster, namespace, pod, container: chosen, shell, user: me.id }).key);
  };
  const end = async (place: { node: string; terminal: string }) => {
    const { error } = await client.DELETE("/api/v1/clusters/{cluster}/nodes/{node}/terminals/{terminal}", { params: { path: { cluster, ...place } } });
    if (error && error.status !== 404) void message.error(error.detail);
  };
  const close = (one: OpenTerminal) => {
    const forget = () => {
      closeWindow(one.key);
      forgetTerminal(one.key);
    };
    const { phase } = windowOf(one).session;
    if (phase.is === "exited" || phase.is === "failed" || phase.is === "elsewhere") return forget(); // not ours to end
    modal.confirm({
      title: t("terminal.endTitle"),
      content: t("terminal.endText"),
      okText: t("terminal.end"),
      okButtonProps: { danger: true },
      onOk: () => {
        const place = windowOf(one).session.place;
        forget();
        if (place) void end(place); // the dialog goes at once: it would stay over the page to sign in, should there be no answer
      },
    });
  };
  const shown = open.some(({ key }) => key === active) ? active : open.at(-1)?.key;

  const chooser = (
    <Space wrap>
      <Select
        aria-label={t("container")}
        style={{ minWidth: 160 }}
        disabled={Boolean(reason)}
        value={chosen}
        options={containers.map(({ name, state }) => ({ value: name, label: name, disabled: state !== "running" }))}
        onChange={setContainer}
      />
      <Select<Shell>
        aria-label={t("terminal.shell")}
        style={{ minWidth: 130 }}
        disabled={Boolean(reason)}
        value={shell}
        options={SHELLS.map((one) => ({ value: one, label: one === "auto" ? t("terminal.auto") : one }))}
        onChange={setShell}
      />
      <Tooltip title={reason}>
        <Button type={open.length === 0 ? "primary" : "default"} icon={<PlusOutlined />} disabled={Boolean(reason)} onClick={start}>
          {t("terminal.open")}
        </Button>
      </Tooltip>
    </Space>
  );

  if (open.length === 0) {
    return (
      <Empty description={reason ?? t("terminal.none")}>
        {chooser}
        <Typography.Paragraph type="secondary" style={{ marginTop: 16 }}>
          {t("terminal.hint")}
        </Typography.Paragraph>
      </Empty>
    );
  }
  return (
    <>
      <Flex justify="end" style={{ marginBottom: 8 }}>
        {chooser}
      </Flex>
      <Tabs
        type="card"
        activeKey={shown}
        onChange={setActive}
        items={open.map((one, index) => ({
          key: one.key,
          label: `${index + 1} · ${one.container}${one.shell === "auto" ? "" : ` · ${one.shell}`}`,
          children: (
            <TerminalPane
              of={one}
              active={one.key === shown}
              height={HEIGHT}
              extra={<Button size="small" aria-label={t("terminal.close")} title={t("terminal.close")} icon={<CloseOutlined />} onClick={() => close(one)} />}
            />
          ),
        }))}
      />
    </>
  );
}
