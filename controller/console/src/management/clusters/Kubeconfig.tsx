// SPDX-License-Identifier: Apache-2.0
import { Alert, Button, Card, Form, Select, Space, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, client } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { saveText } from "../../ui/csv";
import { Failure } from "../../ui/Failure";
import { useTask } from "../../ui/useTask";
import { ReasonButton } from "../../ui/ReasonButton";
import { TextBlock } from "../../ui/TextBlock";
import type { Cluster } from "./ClusterPage";

/** A file for kubectl. Each has a token of its own, so it is made when somebody asks and not before. */
export function Kubeconfig({ cluster }: { cluster: Cluster }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const [namespace, setNamespace] = useState<string>();
  const [text, setText] = useState<string>();
  const { busy, failure, run } = useTask();
  const namespaces = api.useQuery("get", "/api/v1/namespaces", { params: { query: { cluster: cluster.id, limit: 500 } } }).data?.items ?? [];
  const file = `${cluster.name}.kubeconfig`;
  const make = () =>
    run(async () => {
      const question = { params: { path: { cluster: cluster.id }, query: { namespace } }, parseAs: "text" } as const;
      setText(await read<string>(client.GET("/api/v1/clusters/{cluster}/kubeconfig", question)));
    });
  return (
    <Space orientation="vertical" size="middle" style={{ width: "100%", maxWidth: 900 }}>
      <Typography.Text>
        {t("kubeconfig.what")} <Link to={`${paths.account}/tokens`}>{t("kubeconfig.tokens")}</Link>
      </Typography.Text>
      <Form layout="inline">
        <Form.Item label={t("kubeconfig.namespace")} htmlFor="kubeconfig-namespace">
          <Select
            id="kubeconfig-namespace"
            allowClear
            showSearch
            style={{ width: 240 }}
            placeholder={t("kubeconfig.anyNamespace")}
            value={namespace}
            onChange={setNamespace}
            options={namespaces.map(({ name }) => ({ value: name, label: name }))}
          />
        </Form.Item>
        <ReasonButton type="primary" loading={busy} onClick={() => void make()}>
          {t("kubeconfig.make")}
        </ReasonButton>
      </Form>
      {failure !== undefined && <Failure error={failure} again={() => void make()} />}
      {text !== undefined && (
        <>
          <Alert
            type="warning"
            showIcon
            title={t("kubeconfig.secret")}
            action={<Button onClick={() => saveText(file, text, "application/yaml")}>{common("action.download")}</Button>}
          />
          <TextBlock text={text} label={t("cluster.tab.kubeconfig")} file={file} />
        </>
      )}
      <Card title={t("kubeconfig.use")} size="small">
        <TextBlock
          label={t("kubeconfig.use")}
          text={`chmod 600 ${file}\nexport KUBECONFIG=$PWD/${file}\nkubectl get nodes\nkubectl get pods --all-namespaces`}
        />
        <Typography.Paragraph type="secondary" style={{ marginTop: 8, marginBottom: 0 }}>
          {t("kubeconfig.through")}
        </Typography.Paragraph>
      </Card>
    </Space>
  );
}
