// SPDX-License-Identifier: Apache-2.0
import { Form, type FormInstance, Modal } from "antd";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Path } from "./amiss";
import { Failure } from "./Failure";
import { markRefusal, unmark } from "./marks";

interface Props<Values extends object, Result> {
  open: boolean;
  close: () => void;
  title: string;
  ok?: string;
  danger?: boolean;
  width?: number;
  initial?: Partial<Values>;
  /** Sends it; what it throws is shown in the dialog, which stays. */
  send: (values: Values) => Promise<Result>;
  /** Where a field stands that the server names, if not under that name. */
  placeOf?: (field: string) => Path | undefined;
  done?: (result: Result) => void;
  /** It is gone from the page, and the keys may go elsewhere. */
  afterClose?: () => void;
  /** The fields; the form is given for those that depend on others. */
  children: ReactNode | ((form: FormInstance<Values>) => ReactNode);
}

/** A dialog with a form. Enter sends it; the server's refusal stands at the fields that it names, and below. Each time that it opens it begins with `initial`. */
export function FormDialog<Values extends object, Result>(props: Props<Values, Result>) {
  const [round, setRound] = useState(0);
  return <Dialog key={round} {...props} closed={() => setRound(round + 1)} />;
}

function Dialog<Values extends object, Result>(props: Props<Values, Result> & { closed: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const prefix = useId(); // the page below may have a form with fields of the same names
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const close = () => {
    setError(undefined);
    props.close();
  };
  const send = async (values: Values) => {
    setBusy(true);
    setError(undefined);
    try {
      const result = await props.send(values);
      close();
      props.done?.(result);
    } catch (failed) {
      setError(failed);
      markRefusal(form, failed, props.placeOf);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={props.open}
      title={props.title}
      width={props.width}
      onCancel={close}
      afterClose={() => {
        props.closed();
        if (props.afterClose) setTimeout(props.afterClose); // the dialog still holds the keys until it has left the page
      }}
      onOk={() => form.submit()}
      okText={props.ok ?? t("action.save")}
      okButtonProps={{ loading: busy, danger: props.danger }}
      cancelText={t("action.cancel")}
      destroyOnHidden
    >
      <Form<Values>
        form={form}
        name={prefix}
        layout="vertical"
        initialValues={props.initial as never}
        onFinish={(values) => void send(values)}
        scrollToFirstError={{ block: "center", focus: true }}
        onValuesChange={(changed: object) => unmark(form, changed)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing || (event.target as HTMLElement).tagName !== "INPUT") return;
          if ((event.target as HTMLElement).getAttribute("role") === "combobox") return; // Enter chooses there
          event.preventDefault();
          form.submit();
        }}
      >
        {typeof props.children === "function" ? props.children(form) : props.children}
      </Form>
      {error !== undefined && <Failure error={error} inline />}
    </Modal>
  );
}
