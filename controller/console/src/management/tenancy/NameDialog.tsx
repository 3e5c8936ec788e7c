// SPDX-License-Identifier: Apache-2.0
import { Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../../ui/FormDialog";

const LONGEST = 100;

interface Props<Result> {
  open: boolean;
  close: () => void;
  title: string;
  ok?: string;
  name?: string;
  send: (name: string) => Promise<Result>;
  done: (result: Result) => void;
}

/** Asks for a name: of what is made, or another one. */
export function NameDialog<Result>({ name, send, ...dialog }: Props<Result>) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  return (
    <FormDialog<{ name: string }, Result> {...dialog} initial={{ name }} send={(values) => send(values.name.trim())}>
      <Form.Item name="name" label={common("table.name")} rules={[{ required: true, whitespace: true, message: t("newCluster.needName") }]}>
        <Input autoFocus maxLength={LONGEST} />
      </Form.Item>
    </FormDialog>
  );
}
