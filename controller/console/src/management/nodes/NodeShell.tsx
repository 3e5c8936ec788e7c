// SPDX-License-Identifier: Apache-2.0
import { CloseOutlined, CodeOutlined } from "@ant-design/icons";
import { Alert, App, Button, Empty, Flex, Form, Input, Space, Typography } from "antd";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { madeProblem, type Schemas } from "../../api/client";
import { paths } from "../../app/paths";
import { WindowPane } from "../../pods/Terminal";
import { FormDialog } from "../../ui/FormDialog";
import { ReasonButton } from "../../ui/ReasonButton";
import { ShellRefused } from "./shell_session";
import { closeShell, followShells, openShell, shellOf, type ShellWindow } from "./shell_windows";

const HEIGHT = "max(320px, calc(100vh - 380px))";
const WORDS = new TextEncoder();
const LEAST_REASON = 3;
const MOST_REASON = 200;

interface Asked {
  password: string;
  reason: string;
}

/** Nodes that said so only when one was asked for, by their link: with another one it may be another. */
const without = new Map<string, string>();

/** A login shell of root on the node: asked for with the password and a reason, and recorded. */
export function NodeShell({ cluster, node }: { cluster: string; node: Schemas["Node"] }) {
  const { t } = useTranslation("management");
  const { modal } = App.useApp();
  const [asking, setAsking] = useState(false);
  const shell = useSyncExternalStore(followShells, () => shellOf(cluster, node.name));
  const link = `${cluster}/${node.name}/${node.link.since ?? ""}`;
  const off = node.agent?.nodeShell?.allowed === false ? t("shell.switchedOff") : without.get(link);
  const whyNot = node.link.value === "connected" ? off : t("shell.noLink", { why: node.link.detail ?? "" });

  const send = async (asked: Asked) => {
    try {
      await openShell(cluster, node.name, asked);
    } catch (refused) {
      if (refused instanceof ShellRefused && refused.byNode) without.set(link, refused.message);
      if (!(refused instanceof ShellRefused)) throw refused;
      throw { ...madeProblem(refused.message || t("shell.noWords"), refused.status), type: "urn:slipway:problem:shell", title: t("shell.notOpened") };
    }
  };
  const close = () => {
    const end = () => closeShell(cluster, node.name);
    if (shell?.session.phase.is !== "attached") return end();
    modal.confirm({ title: t("shell.endTitle"), content: t("shell.endText"), okText: t("shell.end"), okButtonProps: { danger: true }, onOk: end });
  };
  const opener = (
    <ReasonButton type="primary" icon={<CodeOutlined />} reason={whyNot} onClick={() => setAsking(true)}>
      {t("shell.open")}
    </ReasonButton>
  );
  return (
    <>
      {shell ? (
        <>
          <WindowPane key={shell.session.recording} pane={shell} active height={HEIGHT} extra={<Closer close={close} />} />
          <ShellFoot shell={shell} opener={opener} />
        </>
      ) : (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={whyNot ?? t("shell.none")}>
          {opener}
        </Empty>
      )}
      <FormDialog<Asked, void>
        open={asking}
        close={() => setAsking(false)}
        title={t("shell.title", { name: node.name })}
        ok={t("shell.open")}
        send={send}
        afterClose={() => shellOf(cluster, node.name)?.screen.focus()}
      >
        <ShellFields />
      </FormDialog>
    </>
  );
}

function Closer({ close }: { close: () => void }) {
  const { t } = useTranslation("management");
  return <Button size="small" aria-label={t("shell.close")} title={t("shell.close")} icon={<CloseOutlined />} onClick={close} />;
}

/** That it is recorded, and where; another one can be opened once it has ended. */
function ShellFoot({ shell, opener }: { shell: ShellWindow; opener: ReactNode }) {
  const { t } = useTranslation("management");
  useSyncExternalStore(shell.subscribe, () => shell.version);
  const runs = shell.session.phase.is === "attached";
  return (
    <Flex justify="space-between" align="center" gap={8} wrap style={{ marginTop: 8 }}>
      <Space>
        <Typography.Text type="secondary">{t(runs ? "shell.recorded" : "shell.wasRecorded")}</Typography.Text>
        <Link to={paths.recording(shell.session.recording ?? "")}>{t("shell.toRecording")}</Link>
      </Space>
      {!runs && opener}
    </Flex>
  );
}

/** What is asked before a shell opens, and what becomes of what it shows. */
function ShellFields() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const length = ({ length: bytes }: { length: number }) => bytes >= LEAST_REASON && bytes <= MOST_REASON;
  return (
    <>
      <Alert type="warning" showIcon style={{ marginBottom: 16 }} title={t("shell.root")} description={t("shell.kept")} />
      <Form.Item
        name="reason"
        label={t("recording.reason")}
        extra={t("shell.reasonWhat")}
        rules={[
          {
            required: true,
            validator: (_, text?: string) => (length(WORDS.encode((text ?? "").trim())) ? Promise.resolve() : Promise.reject(new Error(t("shell.reasonRule")))),
          },
        ]}
      >
        <Input autoFocus autoComplete="off" />
      </Form.Item>
      <Form.Item name="password" label={t("shell.password")} rules={[{ required: true, message: common("session.needPassword") }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
    </>
  );
}
