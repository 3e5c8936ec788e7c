// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Checkbox, Empty, Form, Input, Select, Space, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../api/client";
import { read } from "../api/read";
import { useClusterNames } from "../app/PlaceChooser";
import { ConfirmButton } from "../ui/ConfirmButton";
import { FormDialog } from "../ui/FormDialog";
import { ReasonButton } from "../ui/ReasonButton";
import { type Column, ServerTable } from "../ui/ServerTable";
import { ShownOnce } from "../ui/ShownOnce";
import { Time } from "../ui/Time";
import { ProjectSelect, useProjects } from "../management/tenancy/ProjectSelect";

type Token = Schemas["Token"];

interface Values {
  name: string;
  days: number;
  readOnly?: boolean;
  cluster?: string;
  project?: string;
}

const DAYS = [1, 7, 30, 90, 180, 365];
const STANDARD_DAYS = 90;
const SECONDS_OF_DAY = 86_400;
const LONGEST_NAME = 100;

/** The caller's API tokens; a new one is shown once. */
export function TokenTable() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Schemas["NewToken"]>();
  const clusters = useClusterNames().data?.items ?? [];
  const projects = useProjects().data?.items ?? [];
  const scopes = ({ scope }: Token): string[] => [
    ...(scope?.readOnly ? [t("token.readOnly")] : []),
    ...(scope?.cluster ? [`${common("place.cluster")} ${clusters.find(({ id }) => id === scope.cluster)?.name ?? scope.cluster}`] : []),
    ...(scope?.project ? [`${common("place.project")} ${projects.find(({ id }) => id === scope.project)?.name ?? scope.project}`] : []),
  ];
  const columns: Column<Token>[] = [
    { key: "name", title: common("table.name"), render: ({ name }) => name, text: ({ name }) => name },
    {
      key: "scope",
      title: t("token.scope"),
      render: (one) => {
        const words = scopes(one);
        return words.length === 0 ? (
          t("token.all")
        ) : (
          <Space size={4}>
            {words.map((word) => (
              <Tag key={word}>{word}</Tag>
            ))}
          </Space>
        );
      },
      text: (one) => scopes(one).join(" "),
    },
    { key: "created", title: common("table.created"), render: ({ createdAt }) => <Time at={createdAt} />, text: ({ createdAt }) => createdAt },
    {
      key: "used",
      title: t("session.used"),
      render: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} /> : common("time.never")),
      text: ({ lastUsedAt }) => lastUsedAt,
    },
    { key: "expires", title: t("session.expires"), render: ({ expiresAt }) => <Time at={expiresAt} ahead />, text: ({ expiresAt }) => expiresAt },
    {
      key: "actions",
      title: common("table.actions"),
      render: ({ id, name }) => (
        <ConfirmButton
          size="small"
          danger
          title={t("token.deleteTitle", { name })}
          what={t("token.deleteWhat")}
          act={() => read(client.DELETE("/api/v1/tokens/{token}", { params: { path: { token: id } } }))}
          said={t("token.deleted", { name })}
          done={() => void queries.invalidateQueries()}
        >
          {common("action.delete")}
        </ConfirmButton>
      ),
    },
  ];
  const send = ({ name, days, readOnly, cluster, project }: Values) =>
    read(
      client.POST("/api/v1/tokens", {
        body: {
          name: name.trim(),
          expiresInSeconds: days * SECONDS_OF_DAY,
          scope: { readOnly: readOnly ?? false, ...(cluster && { cluster }), ...(project && { project }) },
        },
      }),
    );
  return (
    <>
      <ServerTable<Token>
        name="tokens"
        path="/api/v1/tokens"
        read={(question) => read(client.GET("/api/v1/tokens", { params: { query: question } }))}
        columns={columns}
        rowKey="id"
        searchable={false}
        actions={
          <ReasonButton type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
            {t("token.create")}
          </ReasonButton>
        }
        empty={<Empty description={t("token.none")} />}
      />
      <FormDialog<Values, Schemas["NewToken"]>
        open={making}
        close={() => setMaking(false)}
        title={t("token.create")}
        ok={common("action.create")}
        initial={{ days: STANDARD_DAYS }}
        send={send}
        done={(token) => {
          void queries.invalidateQueries();
          setMade(token);
        }}
      >
        <Form.Item name="name" label={common("table.name")} rules={[{ required: true, whitespace: true, message: t("newCluster.needName") }]}>
          <Input autoFocus maxLength={LONGEST_NAME} placeholder={t("token.nameHint")} />
        </Form.Item>
        <Form.Item name="days" label={t("token.expiry")}>
          <Select options={DAYS.map((count) => ({ value: count, label: t("token.days", { count }) }))} />
        </Form.Item>
        <Form.Item name="readOnly" valuePropName="checked" style={{ marginBottom: 8 }}>
          <Checkbox>{t("token.readOnly")}</Checkbox>
        </Form.Item>
        <Form.Item name="cluster" label={t("token.onlyCluster")}>
          <Select allowClear placeholder={t("token.allClusters")} options={clusters.map(({ id, name }) => ({ value: id, label: name }))} />
        </Form.Item>
        <Form.Item name="project" label={t("token.onlyProject")} extra={t("token.limits")}>
          <ProjectSelect allowClear placeholder={t("token.allProjects")} />
        </Form.Item>
      </FormDialog>
      <ShownOnce secret={made?.token} title={t("token.title")} note={made && t("token.use", { name: made.name })} close={() => setMade(undefined)} />
    </>
  );
}
