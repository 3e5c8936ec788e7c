// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Flex, Form, Input, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { client } from "../../api/client";
import { paths } from "../../app/paths";
import { usePlace } from "../../app/place";
import { Failure } from "../../ui/Failure";
import { markRefusal, unmark } from "../../ui/marks";
import { rule } from "../fields/lists";
import { listPath } from "../lists";
import { isSubdomain } from "../names";
import { NamespaceSelect } from "../NamespaceSelect";

interface Values {
  namespace: string;
  name: string;
  registry: string;
  user: string;
  password: string;
}

const EXAMPLE = "registry.example.com:5000";

/** Makes the Secret by which images of a registry are pulled. */
export function PullSecretForm() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const go = useNavigate();
  const queries = useQueryClient();
  const { cluster, namespace, segment } = usePlace();
  const [form] = Form.useForm<Values>();
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const save = async ({ name, registry, user, password, ...values }: Values) => {
    setBusy(true);
    setFailure(undefined);
    const where = namespace ?? values.namespace;
    const { error, response } = await client.POST("/api/v1/clusters/{cluster}/namespaces/{namespace}/pull-secrets", {
      params: { path: { cluster, namespace: where } },
      body: { name, registry, user, password },
    });
    setBusy(false);
    if (error !== undefined) {
      setFailure(error);
      return markRefusal(form, error);
    }
    if (response.status === 202) void message.warning(t("outcome.waiting"));
    void queries.invalidateQueries({ queryKey: ["get", listPath("secrets")] });
    void go(paths.object(cluster, where, "secrets", name));
  };
  return (
    <>
      <Typography.Title level={2} style={{ marginTop: 0 }}>
        {t("secret.createPull")}
      </Typography.Title>
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={(values) => void save(values)}
        onValuesChange={(changed) => unmark(form, changed)}
        style={{ maxWidth: 560 }}
        autoComplete="off"
      >
        <Card size="small" style={{ marginBottom: 16 }}>
          {!namespace && (
            <Form.Item name="namespace" label={common("place.namespace")} rules={[{ required: true }]}>
              <NamespaceSelect cluster={cluster} />
            </Form.Item>
          )}
          <Form.Item name="name" label={common("table.name")} rules={[{ required: true }, rule(isSubdomain, t("form.nameRule"))]}>
            <Input autoFocus />
          </Form.Item>
          <Form.Item name="registry" label={t("secret.registry")} rules={[{ required: true }]} extra={t("secret.registryNote")}>
            <Input placeholder={EXAMPLE} />
          </Form.Item>
          <Form.Item name="user" label={t("secret.user")} rules={[{ required: true }]}>
            <Input autoComplete="off" />
          </Form.Item>
          <Form.Item name="password" label={t("secret.password")} rules={[{ required: true }]}>
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        </Card>
        {failure !== undefined && <Failure error={failure} />}
        <Flex gap={8}>
          <Button onClick={() => void go(paths.business(cluster, segment, "secrets"))}>{common("action.cancel")}</Button>
          <Button type="primary" htmlType="submit" loading={busy}>
            {common("action.create")}
          </Button>
        </Flex>
      </Form>
    </>
  );
}
