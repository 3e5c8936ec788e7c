// SPDX-License-Identifier: Apache-2.0
import { Flex, Form, InputNumber } from "antd";
import { useTranslation } from "react-i18next";
import type { Path } from "../../ui/amiss";

const MOST = 10_000;
const LOADS = ["cpu", "memory"] as const;

/** Limits, and the loads that an autoscaler follows. `under`: where they stand in the form. */
export function AutoscalerFields({ under }: { under: Path }) {
  const { t } = useTranslation("business");
  const min = [...under, "min"];
  return (
    <Flex gap={24} wrap>
      <Form.Item name={min} label={t("autoscaler.min")} rules={[{ required: true }]}>
        <InputNumber min={1} max={MOST} precision={0} />
      </Form.Item>
      <Form.Item
        name={[...under, "max"]}
        label={t("autoscaler.max")}
        dependencies={[min]}
        rules={[
          { required: true },
          ({ getFieldValue }) => ({
            validator: (_, max?: number) =>
              max === undefined || max >= Number(getFieldValue(min) ?? 1) ? Promise.resolve() : Promise.reject(new Error(t("autoscaler.maxRule"))),
          }),
        ]}
      >
        <InputNumber min={1} max={MOST} precision={0} />
      </Form.Item>
      {LOADS.map((load) => (
        <Form.Item key={load} name={[...under, load]} label={t(`autoscaler.${load}`)}>
          <InputNumber min={1} max={1000} precision={0} suffix="%" />
        </Form.Item>
      ))}
    </Flex>
  );
}
