// SPDX-License-Identifier: Apache-2.0
import { Table, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { Meter } from "../../ui/Meter";
import { type Amounts, amountText, numberOf, type QuotaResource, RESOURCES } from "./amounts";

interface Props {
  hard: Amounts;
  /** What is taken of it. */
  used?: Amounts;
  usedWord: string;
  hardWord: string;
  /** A third column: what Kubernetes takes, or what is left. */
  more?: { word: string; amounts: Amounts };
}

/** Each resource with what is taken of its limit. */
export function AmountsTable({ hard, used, usedWord, hardWord, more }: Props) {
  const { t } = useTranslation("management");
  const share = (resource: QuotaResource) => {
    const limit = numberOf(hard, resource);
    const taken = numberOf(used, resource) ?? 0;
    return limit === undefined ? undefined : limit === 0 ? Number(taken > 0) : taken / limit;
  };
  return (
    <Table<{ resource: QuotaResource }>
      size="small"
      pagination={false}
      rowKey="resource"
      dataSource={RESOURCES.map((resource) => ({ resource }))}
      columns={[
        { title: t("quota.what"), render: (_, { resource }) => t(`quota.resource.${resource}`) },
        {
          title: `${usedWord} / ${hardWord}`,
          width: "45%",
          render: (_, { resource }) => {
            const part = share(resource);
            const taken = amountText(used, resource) ?? (used && part !== undefined ? amountText({ [resource]: 0 }, resource) : "—");
            if (part === undefined) return <Typography.Text type="secondary">{`${taken} / ${t("quota.unlimited")}`}</Typography.Text>;
            return <Meter label={t(`quota.resource.${resource}`)} share={part} text={`${taken} / ${amountText(hard, resource)}`} />;
          },
        },
        ...(more ? [{ title: more.word, render: (_: unknown, { resource }: { resource: QuotaResource }) => amountText(more.amounts, resource) ?? "—" }] : []),
      ]}
    />
  );
}
