// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Card, Descriptions, Flex, Form, Input, InputNumber, Modal, Popconfirm, Spin, Steps, Tooltip, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, client, type Schemas } from "../../api/client";
import { paths } from "../../app/paths";
import { percent } from "../../ui/amounts";
import { Failure } from "../../ui/Failure";
import { isRight, markRefusal, unmark } from "../../ui/marks";
import { Images } from "../columns";
import { listOf, part, useObject } from "../object";
import { Changes } from "./Changes";

const PATH = "/api/v1/clusters/{cluster}/namespaces/{namespace}/canaries/{deployment}";

/** One of the two Deployments of a grey release. */
function Side({ title, side, share, cluster, namespace }: { title: string; side: Schemas["CanarySide"]; share?: number; cluster: string; namespace: string }) {
  const { t } = useTranslation("business");
  return (
    <Card size="small" title={title} style={{ flex: 1, minWidth: 280 }}>
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: "name", label: "Deployment", children: <Link to={paths.object(cluster, namespace, "deployments", side.name)}>{side.name}</Link> },
          { key: "ready", label: t("workload.ready"), children: `${side.ready} / ${side.desired}` },
          ...(share === undefined ? [] : [{ key: "share", label: t("canary.share"), children: `≈ ${percent(share)}` }]),
          { key: "images", label: t("workload.images"), children: <Images of={side.images} /> },
        ]}
      />
    </Card>
  );
}

interface Props {
  cluster: string;
  namespace: string;
  name: string;
  hindered?: string;
}

/** A grey release: a few pods of the new version behind the same Services, then all of them or none. */
export function CanaryTab({ cluster, namespace, name, hindered }: Props) {
  const { t } = useTranslation("business");
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [starting, setStarting] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const params = { path: { cluster, namespace, deployment: name } };
  const canary = api.useQuery("get", PATH, { params });
  const run = async (asked: Promise<{ error?: unknown; response: Response }>) => {
    setBusy(true);
    setFailure(undefined);
    const { error, response } = await asked;
    setBusy(false);
    if (error !== undefined) setFailure(error);
    else if (response.status === 202) void message.warning(t("outcome.waiting"));
    void queries.invalidateQueries({ queryKey: ["get", PATH] });
  };
  if (canary.error) return <Failure error={canary.error} again={() => void canary.refetch()} />;
  if (canary.isPending) return <Spin />;
  const { phase, deployment, canary: other, services = [], changes = [] } = canary.data;
  const ready = deployment.ready + (other?.ready ?? 0);
  return (
    <Flex vertical gap={16}>
      <Typography.Text type="secondary">{t("canary.about")}</Typography.Text>
      <Steps
        size="small"
        current={["none", "running", "promoting"].indexOf(phase)}
        items={[{ title: t("canary.none") }, { title: t("canary.running") }, { title: t("canary.promoting") }]}
      />
      {failure !== undefined && <Failure error={failure} />}
      <Flex gap={16} wrap>
        <Side
          title={t("canary.stable")}
          side={deployment}
          share={other && ready > 0 ? deployment.ready / ready : undefined}
          cluster={cluster}
          namespace={namespace}
        />
        {other && <Side title={t("canary.canary")} side={other} share={ready > 0 ? other.ready / ready : undefined} cluster={cluster} namespace={namespace} />}
      </Flex>
      {phase !== "none" && (
        <Typography.Text>{services.length > 0 ? t("canary.behind", { services: services.join(", ") }) : t("canary.behindNone")}</Typography.Text>
      )}
      {changes.length > 0 && (
        <Card size="small" title={t("canary.changes")}>
          <Changes of={changes} from={t("canary.stable")} to={t("canary.canary")} />
        </Card>
      )}
      <Flex gap={8}>
        {phase === "none" && (
          <Tooltip title={hindered}>
            <Button type="primary" disabled={hindered !== undefined} onClick={() => setStarting(true)}>
              {t("canary.start")}
            </Button>
          </Tooltip>
        )}
        {phase === "running" && (
          <Popconfirm title={t("canary.promoteAsk")} onConfirm={() => run(client.POST(`${PATH}/promote`, { params }))}>
            <Button type="primary" loading={busy} disabled={hindered !== undefined}>
              {t("canary.promote")}
            </Button>
          </Popconfirm>
        )}
        {phase !== "none" && (
          <Popconfirm title={t("canary.withdrawAsk")} onConfirm={() => run(client.DELETE(PATH, { params }))}>
            <Button danger loading={busy} disabled={hindered !== undefined}>
              {t("canary.withdraw")}
            </Button>
          </Popconfirm>
        )}
      </Flex>
      {phase === "promoting" && <Alert type="info" showIcon title={t("canary.promotingNote")} />}
      {starting && (
        <StartCanary
          cluster={cluster}
          namespace={namespace}
          name={name}
          replicas={deployment.desired}
          close={() => {
            setStarting(false);
            void queries.invalidateQueries({ queryKey: ["get", PATH] });
          }}
        />
      )}
    </Flex>
  );
}

/** Asks for the new images and how many pods have them. */
function StartCanary({
  cluster,
  namespace,
  name,
  replicas: all,
  close,
}: {
  cluster: string;
  namespace: string;
  name: string;
  replicas: number;
  close: () => void;
}) {
  const { t } = useTranslation("business");
  const { message } = App.useApp();
  const [form] = Form.useForm<{ replicas: number; images: Record<string, string> }>();
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const object = useObject(cluster, namespace, "deployments", name);
  const containers = listOf(part(object.data, "spec", "template", "spec").containers).map((one) => ({ name: String(one.name), image: String(one.image) }));
  const start = async () => {
    if (!(await isRight(form))) return;
    const { replicas, images } = form.getFieldsValue();
    setBusy(true);
    setFailure(undefined);
    const { error, response } = await client.POST(PATH, {
      params: { path: { cluster, namespace, deployment: name } },
      body: { replicas, images, resourceVersion: object.data?.metadata.resourceVersion, dryRun: false },
    });
    setBusy(false);
    if (error !== undefined) {
      setFailure(error);
      return markRefusal(form, error);
    }
    if (response.status === 202) void message.warning(t("outcome.waiting"));
    close();
  };
  return (
    <Modal
      open
      title={t("canary.start")}
      okText={t("canary.start")}
      onOk={() => void start()}
      onCancel={close}
      okButtonProps={{ loading: busy, disabled: !object.data }}
      width={640}
    >
      {object.error && <Failure error={object.error} />}
      {object.data ? (
        <Form
          form={form}
          layout="vertical"
          initialValues={{ replicas: 1, images: Object.fromEntries(containers.map((one) => [one.name, one.image])) }}
          onValuesChange={(changed) => unmark(form, changed)}
        >
          <Form.Item name="replicas" label={t("canary.replicas")} extra={t("canary.replicasNote", { count: all })} rules={[{ required: true }]}>
            <InputNumber min={1} max={100} precision={0} />
          </Form.Item>
          {containers.map((one) => (
            <Form.Item key={one.name} name={["images", one.name]} label={t("canary.image", { name: one.name })} rules={[{ required: true }]}>
              <Input />
            </Form.Item>
          ))}
        </Form>
      ) : (
        <Spin />
      )}
      {failure !== undefined && <Failure error={failure} />}
    </Modal>
  );
}
