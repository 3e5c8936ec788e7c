// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Form, Modal, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "../../api/client";
import { Failure, problemOf } from "../../ui/Failure";
import { fieldPath } from "../../ui/fieldPath";
import { markRefusal, unmark } from "../../ui/marks";
import { type Amounts, type AmountsForm, amountText, differing, toAmounts, toForm } from "./amounts";
import { AmountsFields } from "./AmountsFields";

/** Amounts as they were read, with what tells whether they still are. */
export interface Versioned {
  amounts: Amounts;
  resourceVersion: string;
}

interface Props {
  title: string;
  note?: string;
  now: Versioned;
  left?: Amounts;
  least?: Amounts;
  leastWord?: string;
  close: () => void;
  save: (amounts: Amounts, resourceVersion: string) => Promise<void>;
  /** What is there now, of a refusal because somebody changed it. */
  present: (problem: Problem) => Versioned | undefined;
}

/** Changes a quota or a budget. If somebody changed it meanwhile, it shows theirs and lets the reader choose. */
export function AmountsDialog(props: Props) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const [form] = Form.useForm<{ amounts: AmountsForm }>();
  const [seen, setSeen] = useState(props.now);
  const [theirs, setTheirs] = useState<Versioned>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const mine = () => toAmounts(form.getFieldValue("amounts") as AmountsForm, seen.amounts);
  const save = async (resourceVersion: string) => {
    setBusy(true);
    setError(undefined);
    try {
      await props.save(mine(), resourceVersion);
      props.close();
    } catch (failed) {
      const problem = problemOf(failed);
      const now = problem.rule === "changed" ? props.present(problem) : undefined;
      setTheirs(now);
      if (now) return;
      setError(failed);
      markRefusal(form, failed, (field) => ["amounts", ...fieldPath(field).slice(1)]); // it names them by quota or budget
    } finally {
      setBusy(false);
    }
  };
  const load = (now: Versioned) => {
    setSeen(now);
    setTheirs(undefined);
    form.setFieldsValue({ amounts: undefined });
    form.setFieldsValue({ amounts: toForm(now.amounts) });
  };
  return (
    <Modal
      open
      title={props.title}
      width={820}
      onCancel={props.close}
      onOk={() => form.submit()}
      okText={common("action.save")}
      okButtonProps={{ loading: busy, disabled: theirs !== undefined }}
      cancelText={common("action.cancel")}
    >
      {props.note && <Alert type="info" showIcon style={{ marginBottom: 16 }} title={props.note} />}
      <Form
        form={form}
        layout="vertical"
        initialValues={{ amounts: toForm(seen.amounts) }}
        onFinish={() => void save(seen.resourceVersion)}
        onValuesChange={(changed) => unmark(form, changed)}
      >
        <AmountsFields name="amounts" left={props.left} least={props.least} leastWord={props.leastWord} />
      </Form>
      {theirs && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t("quota.changed")}
          description={
            <Space orientation="vertical">
              <ul style={{ margin: 0 }}>
                {differing(theirs.amounts, mine()).map((resource) => (
                  <li key={resource}>
                    {t("quota.differs", {
                      resource: t(`quota.resource.${resource}`),
                      theirs: amountText(theirs.amounts, resource) ?? t("quota.unlimited"),
                      mine: amountText(mine(), resource) ?? t("quota.unlimited"),
                    })}
                  </li>
                ))}
              </ul>
              <Space>
                <Button onClick={() => load(theirs)}>{t("quota.loadTheirs")}</Button>
                <Button danger loading={busy} onClick={() => void save(theirs.resourceVersion)}>
                  {t("quota.saveMine")}
                </Button>
              </Space>
            </Space>
          }
        />
      )}
      {error !== undefined && <Failure error={error} inline />}
    </Modal>
  );
}
