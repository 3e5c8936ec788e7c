// SPDX-License-Identifier: Apache-2.0
import { Alert, Modal, Space, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { TextBlock } from "./TextBlock";

interface Props {
  /** Nothing is shown without it. */
  secret?: string;
  title: string;
  /** Whose it is and what it is for. */
  note?: string;
  file?: string;
  close: () => void;
}

/** A secret that the controller keeps nowhere: only a click on the button closes it. */
export function ShownOnce({ secret, title, note, file, close }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      open={secret !== undefined}
      title={title}
      onOk={close}
      okText={t("once.kept")}
      cancelButtonProps={{ style: { display: "none" } }}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      width={640}
      destroyOnHidden
    >
      <Space orientation="vertical" style={{ width: "100%" }}>
        <Alert type="warning" showIcon title={t("once.title")} description={t("once.why")} />
        {note && <Typography.Text>{note}</Typography.Text>}
        <TextBlock text={secret ?? ""} label={title} file={file} />
      </Space>
    </Modal>
  );
}
