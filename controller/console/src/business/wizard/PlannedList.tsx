// SPDX-License-Identifier: Apache-2.0
import { DeleteOutlined, EditOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { usePlace } from "../../app/place";
import { kindOf } from "../kinds";
import type { Plans } from "./WizardPage";

/** The workloads that are filled in and will be made with the present one. */
export function PlannedList({ plans, change }: { plans: Plans; change: (at: number) => void }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const place = usePlace();
  return (
    <Card size="small" title={t("wizard.planned", { count: plans.planned.length })} style={{ marginBottom: 16 }}>
      {plans.planned.map(({ kind, form, made, refused }, at) => (
        <Flex key={`${at}/${kind}/${form.name}`} gap={8} align="center" wrap>
          <Typography.Text disabled={made}>
            {kindOf(kind)}/{form.name}
          </Typography.Text>
          {form.namespace !== place.namespace && <Typography.Text type="secondary">{form.namespace}</Typography.Text>}
          {made && <Tag>{t("wizard.made")}</Tag>}
          {!made && (
            <>
              <Button type="text" size="small" aria-label={`${common("action.edit")} ${form.name}`} icon={<EditOutlined />} onClick={() => change(at)} />
              <Button
                type="text"
                size="small"
                aria-label={`${common("action.delete")} ${form.name}`}
                icon={<DeleteOutlined />}
                onClick={() => plans.drop(at)}
              />
            </>
          )}
          {refused && <Typography.Text type="danger">{refused}</Typography.Text>}
        </Flex>
      ))}
    </Card>
  );
}
