// SPDX-License-Identifier: Apache-2.0
import { App, type ButtonProps, Input, Modal, Space, Typography } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "./Failure";
import { ReasonButton } from "./ReasonButton";

interface Props<Result> extends Omit<ButtonProps, "title" | "onClick"> {
  /** Of the question. */
  title: string;
  /** What goes with it. */
  what?: ReactNode;
  /** Must be typed before it can be done: for what cannot be taken back. */
  name?: string;
  /** The word of the button that does it; without one the button's own. */
  ok?: string;
  /** Does it; what it throws is shown in the question, which stays. */
  act: () => Promise<Result>;
  done?: (result: Result) => void;
  /** Said when it has been done. */
  said?: string;
  /** Why it cannot be done at all. */
  reason?: string;
}

/** A button that asks before it acts. */
export function ConfirmButton<Result>({ title, what, name, ok, act, done, said, reason, children, ...button }: Props<Result>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const close = () => {
    setOpen(false);
    setTyped("");
    setError(undefined);
  };
  const ready = name === undefined || typed === name;
  const run = async () => {
    if (!ready || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const result = await act();
      close();
      if (said) void message.success(said);
      done?.(result);
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <ReasonButton {...button} reason={reason} onClick={() => setOpen(true)}>
        {children}
      </ReasonButton>
      <Modal
        open={open}
        title={title}
        onCancel={close}
        onOk={() => void run()}
        okText={ok ?? (typeof children === "string" ? children : t("action.confirm"))}
        okButtonProps={{ danger: button.danger, disabled: !ready, loading: busy }}
        cancelText={t("action.cancel")}
        destroyOnHidden
      >
        <Space orientation="vertical" style={{ width: "100%" }}>
          {what}
          {name !== undefined && (
            <>
              <Typography.Text id="confirm-name">{t("confirm.type", { name })}</Typography.Text>
              <Input
                autoFocus
                aria-labelledby="confirm-name"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                onPressEnter={() => void run()}
              />
            </>
          )}
          {error !== undefined && <Failure error={error} inline />}
        </Space>
      </Modal>
    </>
  );
}
