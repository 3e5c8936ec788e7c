// SPDX-License-Identifier: Apache-2.0
import { GlobalOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Dropdown, Flex, Form, Input, Typography, theme } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { client, type Problem } from "../api/client";
import mark from "../favicon.svg";
import { language, LANGUAGES } from "../i18n";
import { Failure } from "../ui/Failure";

/** Where to go after signing in: a page of this console and nothing else. */
export function nextPage(asked: string | null): string {
  return asked && /^\/(?![/\\])/.test(asked) && !asked.startsWith("/sign-in") ? asked : "/";
}

export function SignIn() {
  const { t, i18n } = useTranslation();
  const go = useNavigate();
  const queries = useQueryClient();
  const { token } = theme.useToken();
  const [query] = useSearchParams();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  const signIn = async (words: { user: string; password: string }) => {
    setBusy(true);
    const { data, error } = await client.POST("/api/v1/login", { body: words });
    setBusy(false);
    setProblem(error);
    if (!data) return;
    queries.clear();
    go(data.user.mustChangePassword ? "/password" : nextPage(query.get("next")), { replace: true });
  };

  return (
    <Flex vertical align="center" justify="center" gap={24} style={{ minHeight: "100vh", padding: 16, background: token.colorBgLayout }}>
      <Flex align="center" gap={12}>
        <img src={mark} alt="" width={44} height={44} />
        <div>
          <Typography.Title level={1} style={{ margin: 0, fontSize: 28 }}>
            {t("product")}
          </Typography.Title>
          <Typography.Text type="secondary">{t("session.tagline")}</Typography.Text>
        </div>
      </Flex>
      <Card style={{ width: 380, maxWidth: "100%" }}>
        <main>
          <Form layout="vertical" onFinish={signIn} disabled={busy} requiredMark={false}>
            <Form.Item name="user" label={t("session.user")} rules={[{ required: true, message: t("session.needUser") }]}>
              <Input autoFocus autoComplete="username" maxLength={64} />
            </Form.Item>
            <Form.Item name="password" label={t("session.password")} rules={[{ required: true, message: t("session.needPassword") }]}>
              <Input.Password autoComplete="current-password" maxLength={1024} />
            </Form.Item>
            {problem && <Failure error={problem} inline title={problem.status === 401 ? t("session.refused") : undefined} />}
            <Button type="primary" htmlType="submit" block loading={busy} style={{ marginTop: 16 }}>
              {t("session.signIn")}
            </Button>
          </Form>
        </main>
      </Card>
      <Dropdown
        trigger={["click"]}
        menu={{ items: Object.entries(LANGUAGES).map(([key, label]) => ({ key, label })), onClick: ({ key }) => void i18n.changeLanguage(key) }}
      >
        <Button type="text" icon={<GlobalOutlined />}>
          {LANGUAGES[language()]}
        </Button>
      </Dropdown>
    </Flex>
  );
}
