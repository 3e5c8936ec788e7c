// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Flex, Popconfirm, Space, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/client";
import { Failure } from "../ui/Failure";
import { DiffView } from "./DiffView";

interface Props {
  /** What both began with. */
  before: string;
  mine: string;
  theirs: string;
  /** Both changes in one text, as far as they go together. */
  merged: string;
  /** Places where they do not. */
  conflicts: number;
  onChange: (text: string) => void;
  busy: boolean;
  problem?: Problem;
  takeTheirs: () => void;
  save: () => void;
  back: () => void;
}

/** Somebody changed an object while we did: what they did, what we did, and both in one, which may be changed and saved. */
export function ConflictView({ before, mine, theirs, merged, conflicts, onChange, busy, problem, takeTheirs, save, back }: Props) {
  const { t } = useTranslation("yaml");
  const { t: common } = useTranslation();
  return (
    <Flex vertical gap={12}>
      <Alert type="warning" showIcon title={t("changed")} description={conflicts > 0 ? t("conflicts", { count: conflicts }) : t("noConflicts")} />
      {problem && <Failure error={problem} inline />}
      <Tabs
        type="card"
        destroyOnHidden
        items={[
          {
            key: "merged",
            label: t("merged"),
            children: <DiffView before={theirs} after={merged} beforeLabel={t("theirs")} afterLabel={t("mergedEditable")} onChange={onChange} />,
          },
          { key: "theirs", label: t("theirChange"), children: <DiffView before={before} after={theirs} beforeLabel={t("base")} afterLabel={t("theirs")} /> },
          { key: "mine", label: t("myChange"), children: <DiffView before={before} after={mine} beforeLabel={t("base")} afterLabel={t("mine")} /> },
        ]}
      />
      <Space wrap>
        <Button type="primary" loading={busy} onClick={save}>
          {t("saveMerged")}
        </Button>
        <Button onClick={back}>{t("editOn")}</Button>
        <Popconfirm title={t("takeTheirsTitle")} okText={t("takeTheirs")} cancelText={common("action.cancel")} onConfirm={takeTheirs}>
          <Button danger>{t("takeTheirs")}</Button>
        </Popconfirm>
      </Space>
    </Flex>
  );
}
