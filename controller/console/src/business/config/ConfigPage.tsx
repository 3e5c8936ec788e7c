// SPDX-License-Identifier: Apache-2.0
import { EditOutlined, EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons";
import { App, Button, Card, Empty, Flex, Table, Tooltip, Typography } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { client } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { bytes } from "../../ui/amounts";
import { problemOf } from "../../ui/Failure";
import { ObjectYaml } from "../../ui/ObjectYaml";
import { useHindrance } from "../../session/rights";
import { useRemoval } from "../act/useRemoval";
import { DetailPage } from "../details/DetailPage";
import { Facts, useMetaFacts } from "../details/Facts";
import { useDetails } from "../details/useDetails";
import { UsedBy } from "../details/UsedBy";
import type { KubernetesObject } from "../object";
import { decode } from "./data";

/** A ConfigMap or a Secret: its keys, what they hold, who uses it. A Secret's values are shown on request alone. */
export function ConfigPage({ resource }: { resource: "configmaps" | "secrets" }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, namespace, name, row, object, instead, notes } = useDetails(resource);
  const meta = useMetaFacts(cluster, namespace, object, row);
  const removal = useRemoval(cluster, resource);
  const mayNot = useHindrance(cluster)(namespace);
  if (instead) return instead;
  const secret = resource === "secrets";
  const fixed = row?.immutable ? t("config.isImmutable") : undefined;
  return (
    <>
      <DetailPage
        resource={resource}
        name={name}
        notes={notes}
        actions={
          <>
            <Tooltip title={mayNot ?? fixed}>
              <Button
                icon={<EditOutlined />}
                disabled={(mayNot ?? fixed) !== undefined || !object}
                onClick={() => void go(paths.object(cluster, namespace, resource, name, "edit"))}
              >
                {common("action.edit")}
              </Button>
            </Tooltip>
            <Tooltip title={mayNot}>
              <Button
                danger
                disabled={mayNot !== undefined}
                onClick={() => removal.ask(namespace, name, () => void go(paths.business(cluster, namespace, resource)))}
              >
                {common("action.delete")}
              </Button>
            </Tooltip>
          </>
        }
        tabs={[
          {
            key: "data",
            label: t("tab.data"),
            children: (
              <>
                <Facts
                  facts={[
                    ...meta,
                    ...(secret && row && "type" in row ? ([[t("secret.type"), row.type ?? "Opaque"]] as [string, string][]) : []),
                    [t("config.size"), row ? bytes(row.bytes) : "—"],
                    [t("config.immutable"), row?.immutable ? t("yes") : t("no")],
                  ]}
                />
                {secret ? (
                  <SecretKeys
                    cluster={cluster}
                    namespace={namespace}
                    name={name}
                    keys={row?.keys ?? []}
                    version={object?.metadata.resourceVersion}
                    mayNot={mayNot}
                  />
                ) : (
                  <Texts object={object} />
                )}
              </>
            ),
          },
          { key: "used-by", label: t("tab.usedBy"), children: <UsedBy cluster={cluster} namespace={namespace} resource={resource} name={name} /> },
          { key: "yaml", label: "YAML", children: <ObjectYaml cluster={cluster} namespace={namespace} resource={resource} name={name} /> },
        ]}
      />
      {removal.dialog}
    </>
  );
}

function Texts({ object }: { object?: KubernetesObject }) {
  const { t } = useTranslation("business");
  const texts = Object.entries((object?.data ?? {}) as Record<string, string>);
  const binary = Object.entries((object?.binaryData ?? {}) as Record<string, string>);
  if (texts.length + binary.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("config.none")} />;
  return (
    <Flex vertical gap={12}>
      {texts.map(([key, text]) => (
        <Card key={key} size="small" title={<code>{key}</code>} extra={<Typography.Text copyable={{ text }} />}>
          <pre tabIndex={0} style={{ margin: 0, whiteSpace: "pre-wrap", overflowWrap: "anywhere", maxHeight: 320, overflow: "auto" }}>
            {text}
          </pre>
        </Card>
      ))}
      {binary.map(([key]) => (
        <Card key={key} size="small" title={<code>{key}</code>}>
          <Typography.Text type="secondary">{t("config.binary")}</Typography.Text>
        </Card>
      ))}
    </Flex>
  );
}

interface KeysProps {
  cluster: string;
  namespace: string;
  name: string;
  keys: { name: string; bytes: number }[];
  version?: string;
  mayNot?: string;
}

/** A Secret's keys. Who asks to see a value stands in the audit log. */
function SecretKeys({ cluster, namespace, name, keys, version, mayNot }: KeysProps) {
  const { t } = useTranslation("business");
  const { message } = App.useApp();
  const [shown, setShown] = useState<Record<string, string>>({});
  useEffect(() => setShown({}), [version]); // what is there now nobody has asked to see
  const toggle = async (key: string) => {
    if (Object.hasOwn(shown, key)) {
      setShown(Object.fromEntries(Object.entries(shown).filter(([one]) => one !== key)));
      return;
    }
    try {
      const { values } = await read(
        client.GET("/api/v1/clusters/{cluster}/namespaces/{namespace}/secrets/{name}/values", {
          params: { path: { cluster, namespace, name }, query: { keys: key } },
        }),
      );
      setShown({ ...shown, [key]: values[key] ?? "" });
    } catch (error) {
      void message.error(problemOf(error).detail);
    }
  };
  return (
    <Card size="small" title={t("config.keys")}>
      <Typography.Paragraph type="secondary">{t("secret.audited")}</Typography.Paragraph>
      <Table
        size="middle"
        pagination={false}
        rowKey="name"
        dataSource={keys}
        columns={[
          { title: t("form.key"), dataIndex: "name", render: (key: string) => <code>{key}</code> },
          { title: t("config.size"), dataIndex: "bytes", render: (size: number) => bytes(size) },
          {
            title: t("form.value"),
            width: "55%",
            render: (_, { name: key }) => {
              if (!Object.hasOwn(shown, key)) return "••••••••";
              const text = decode(shown[key]);
              return (
                <Typography.Text copyable={{ text: text ?? shown[key] }} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", fontFamily: "monospace" }}>
                  {text ?? `${t("config.binary")} (base64): ${shown[key]}`}
                </Typography.Text>
              );
            },
          },
          {
            title: "",
            render: (_, { name: key }) => (
              <Tooltip title={mayNot}>
                <Button
                  size="small"
                  disabled={mayNot !== undefined}
                  icon={Object.hasOwn(shown, key) ? <EyeInvisibleOutlined /> : <EyeOutlined />}
                  onClick={() => void toggle(key)}
                >
                  {Object.hasOwn(shown, key) ? t("secret.hide") : t("secret.reveal")}
                </Button>
              </Tooltip>
            ),
          },
        ]}
      />
    </Card>
  );
}
