// SPDX-License-Identifier: Apache-2.0
import { Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import { type Amounts, amountText, GROUPS, isCount, type QuotaResource, unitOf } from "./amounts";

const LEGEND = { padding: 0, marginBottom: 8, border: 0, fontSize: 14, fontWeight: 600, color: "inherit" };

interface Props {
  /** The form's field that holds them all. */
  name: string;
  /** What the level above still has, said beside each. */
  left?: Amounts;
  /** What must not be gone below: what is given away, or used. */
  least?: Amounts;
  leastWord?: string;
}

/** 配额: a limit for each resource; an empty one is unlimited. */
export function AmountsFields({ name, left, least, leastWord }: Props) {
  const { t } = useTranslation("management");
  const hint = (resource: QuotaResource) => {
    const remains = amountText(left, resource);
    const taken = amountText(least, resource);
    const words = [remains !== undefined && t("quota.left", { amount: remains }), taken !== undefined && `${leastWord} ${taken}`].filter(Boolean);
    return words.length > 0 ? words.join(" · ") : undefined;
  };
  return (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
    <fieldset key={group} style={{ border: 0, padding: 0, margin: "0 0 8px", minWidth: 0 }}>
      <legend style={LEGEND}>{t(`quota.group.${group}`)}</legend>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(220px, 1fr))", columnGap: 16 }}>
        {GROUPS[group].map((resource) => (
          <Form.Item
            key={resource}
            name={[name, resource]}
            label={t(`quota.resource.${resource}`)}
            extra={hint(resource)}
            layout="vertical"
            style={{ marginBottom: 12 }}
          >
            <InputNumber
              min={0}
              precision={isCount(resource) ? 0 : undefined}
              placeholder={t("quota.unlimited")}
              suffix={unitOf(resource) || undefined}
              style={{ width: "100%" }}
            />
          </Form.Item>
        ))}
      </div>
    </fieldset>
  ));
}
