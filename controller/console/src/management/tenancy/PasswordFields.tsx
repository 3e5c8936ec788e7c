// SPDX-License-Identifier: Apache-2.0
import { Checkbox, Form, Input, Radio } from "antd";
import { useTranslation } from "react-i18next";

export interface PasswordValues {
  generated: boolean;
  password?: string;
  mustChangePassword: boolean;
}

const SHORTEST = 8;

/** A password for somebody else: a generated one, or one that is typed. */
export function PasswordFields() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const generated = Form.useWatch<boolean | undefined>("generated");
  return (
    <>
      <Form.Item name="generated" label={common("session.password")}>
        <Radio.Group
          options={[
            { value: true, label: t("user.generated") },
            { value: false, label: t("user.typed") },
          ]}
        />
      </Form.Item>
      {generated === false && (
        <Form.Item
          name="password"
          label={common("session.new")}
          rules={[{ required: true, min: SHORTEST, message: common("session.tooShort", { count: SHORTEST }) }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      )}
      <Form.Item name="mustChangePassword" valuePropName="checked">
        <Checkbox>{t("user.mustChange")}</Checkbox>
      </Form.Item>
    </>
  );
}
