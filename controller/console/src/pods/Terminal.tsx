// SPDX-License-Identifier: Apache-2.0
import "@xterm/xterm/css/xterm.css";
import { EyeOutlined, PoweroffOutlined, ReloadOutlined } from "@ant-design/icons";
import { Alert, Badge, Button, Flex, Popconfirm, Space, Tag, Typography, theme } from "antd";
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { madeProblem } from "../api/client";
import { useDark } from "../app/preferences";
import { Failure } from "../ui/Failure";
import { useNow } from "../ui/Time";
import { type OpenTerminal } from "./open_terminals";
import type { Phase } from "./terminal_session";
import { type TerminalWindow, windowOf } from "./terminal_windows";

const LIGHTS: Record<Phase["is"], "success" | "processing" | "warning" | "error" | "default"> = {
  attached: "success",
  connecting: "processing",
  waiting: "warning",
  elsewhere: "warning",
  exited: "default",
  failed: "error",
};

interface PaneProps {
  /** It is the one that is seen, and has the keys. */
  active: boolean;
  watching?: boolean;
  height: string;
  /** More buttons, at the end. */
  extra?: ReactNode;
}

/** A container's terminal that is open, with how it stands. */
export function TerminalPane({ of, ...props }: PaneProps & { of: OpenTerminal }) {
  return <WindowPane pane={windowOf(of, props.watching)} {...props} />;
}

/** The same of any window. */
export function WindowPane({ pane, active, watching = false, height, extra }: PaneProps & { pane: TerminalWindow }) {
  const frame = useRef<HTMLDivElement>(null);
  const dark = useDark();
  const { token } = theme.useToken();
  useSyncExternalStore(pane.subscribe, () => pane.version);

  useEffect(() => pane.look(dark), [pane, dark]);
  useEffect(() => (frame.current ? pane.mount(frame.current) : undefined), [pane]);
  useEffect(() => {
    if (active) pane.screen.focus();
  }, [pane, active]);

  return (
    <Flex vertical gap={8} style={{ height }}>
      <StatusLine pane={pane} watching={watching} extra={extra} />
      <div
        ref={frame}
        data-terminal={pane.session.place?.terminal ?? ""}
        style={{
          flex: 1,
          minHeight: 0,
          padding: 8,
          borderRadius: token.borderRadius,
          border: `1px solid ${token.colorBorder}`,
          background: dark ? "#14181c" : "#fbfcfc",
        }}
      />
    </Flex>
  );
}

/** How it stands, who else sees it, and what may be done about it. */
function StatusLine({ pane, watching, extra }: { pane: TerminalWindow; watching: boolean; extra?: ReactNode }) {
  const { t } = useTranslation("pods");
  const { session } = pane;
  const { phase } = session;
  return (
    <>
      <Flex justify="space-between" align="center" gap={8} wrap style={{ minHeight: 32 }}>
        <Space wrap>
          <span role="status" data-phase={phase.is}>
            <Badge status={LIGHTS[phase.is]} text={<PhaseText phase={phase} watching={watching} />} />
          </span>
          {pane.title && (
            <Typography.Text type="secondary" ellipsis style={{ maxWidth: 320 }}>
              {pane.title}
            </Typography.Text>
          )}
          {session.watchers.length > 0 && (
            <Tag icon={<EyeOutlined />} color="#874d00">
              {t("terminal.watchers", { names: session.watchers.join(", ") })}
            </Tag>
          )}
        </Space>
        <Space wrap>
          {session.comeBack && (phase.is === "waiting" || phase.is === "elsewhere" || phase.is === "failed") && (
            <Button size="small" icon={<ReloadOutlined />} onClick={() => session.comeBack?.()}>
              {t(phase.is === "elsewhere" ? "terminal.takeBack" : "terminal.now")}
            </Button>
          )}
          {!watching && phase.is === "attached" && (
            <Popconfirm
              title={t("terminal.endTitle")}
              description={t("terminal.endText")}
              okText={t("terminal.end")}
              okButtonProps={{ danger: true }}
              onConfirm={() => session.end()}
            >
              <Button size="small" danger icon={<PoweroffOutlined />}>
                {t("terminal.end")}
              </Button>
            </Popconfirm>
          )}
          {extra}
        </Space>
      </Flex>
      {phase.is === "failed" && phase.status !== undefined && <Failure inline error={madeProblem(phase.why, phase.status)} title={t("terminal.notOpened")} />}
      {pane.refused && <Alert type="warning" showIcon title={t("terminal.refused")} />}
    </>
  );
}

function PhaseText({ phase, watching }: { phase: Phase; watching: boolean }) {
  const { t } = useTranslation("pods");
  const now = useNow();
  switch (phase.is) {
    case "connecting":
      return t("terminal.connecting");
    case "attached":
      return watching ? t("terminal.watching") : t("terminal.attached");
    case "waiting": {
      const seconds = Math.max(1, Math.ceil((phase.until - Math.max(now, Date.now())) / 1000));
      return `${t("terminal.waiting", { count: seconds })}${phase.why ? ` (${phase.why})` : ""}`;
    }
    case "elsewhere":
      return `${t("terminal.elsewhere")}${phase.why ? ` (${phase.why})` : ""}`;
    case "exited":
      return `${t("terminal.exited", { code: phase.code })}${phase.message ? ` (${phase.message})` : ""}`;
    case "failed":
      return `${t("terminal.failed")}${phase.why && phase.status === undefined ? `: ${phase.why}` : ""}`;
  }
}
