// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Flex, Form, Input, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { client, type Problem } from "../api/client";
import { Failure } from "../ui/Failure";

const SHORTEST = 8;

/** Changes the caller's own password. */
export function PasswordForm({ done }: { done: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm();
  const [problem, setProblem] = useState<Problem>();
  const change = async (words: { current: string; new: string }) => {
    const { error } = await client.PUT("/api/v1/me/password", { body: { current: words.current, new: words.new } });
    setProblem(error);
    if (error) return;
    form.resetFields();
    void message.success(t("session.changed"));
    done();
  };
  return (
    <Form form={form} layout="vertical" onFinish={change} requiredMark={false} style={{ maxWidth: 380 }}>
      <Form.Item name="current" label={t("session.current")} rules={[{ required: true, message: t("session.needPassword") }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="new" label={t("session.new")} rules={[{ required: true, min: SHORTEST, message: t("session.tooShort", { count: SHORTEST }) }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("session.again")}
        dependencies={["new"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) => (value === getFieldValue("new") ? Promise.resolve() : Promise.reject(new Error(t("session.differs")))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      {problem && <Failure error={problem} inline />}
      <Button type="primary" htmlType="submit" style={{ marginTop: 16 }}>
        {t("session.changePassword")}
      </Button>
    </Form>
  );
}

/** The page of who must change their password before anything else. */
export function PasswordPage() {
  const { t } = useTranslation();
  const go = useNavigate();
  const queries = useQueryClient();
  const done = () => {
    queries.clear(); // what was refused until now
    void go("/", { replace: true });
  };
  return (
    <Flex align="center" justify="center" style={{ minHeight: "100vh" }}>
      <Card title={t("session.changePassword")}>
        <main>
          <Typography.Paragraph>{t("session.mustChange")}</Typography.Paragraph>
          <PasswordForm done={done} />
        </main>
      </Card>
    </Flex>
  );
}
