// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Card, Flex, Form, Select, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, client } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { FormDialog } from "../../ui/FormDialog";
import { ReasonButton } from "../../ui/ReasonButton";
import type { Cluster } from "./ClusterPage";

const IMAGE = "image";

/** Gives the cluster's nodes another program of the agent. */
export function UpgradeAgents({ cluster }: { cluster: Cluster }) {
  const { t } = useTranslation("management");
  const go = useNavigate();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const releases = api.useQuery("get", "/api/v1/agent-releases", { params: { query: { limit: 500 } } }).data?.items ?? [];
  const choices = [
    { value: IMAGE, label: t("agent.image") },
    ...releases
      .filter(({ problem, version }) => !problem && version)
      .map(({ version, sha256, directory }) => ({ value: sha256 ?? version ?? directory, label: `${version} (${sha256?.slice(0, 12) ?? directory})` })),
  ];
  return (
    <Card title={t("agent.title")} size="small">
      <Flex justify="space-between" gap={16} align="center" wrap>
        <Typography.Text type="secondary">{t("agent.how")}</Typography.Text>
        <ReasonButton reason={cluster.operation ? t("cluster.worked") : undefined} onClick={() => setOpen(true)}>
          {t("agent.upgrade")}
        </ReasonButton>
      </Flex>
      <FormDialog<{ release: string }, string>
        open={open}
        close={() => setOpen(false)}
        title={t("agent.upgrade")}
        ok={t("agent.upgrade")}
        initial={{ release: IMAGE }}
        send={async ({ release }) => {
          const path = { cluster: cluster.id };
          const { operation } = await read(client.POST("/api/v1/clusters/{cluster}/agent-upgrade", { params: { path }, body: { release } }));
          return operation.id;
        }}
        done={() => {
          void queries.invalidateQueries();
          go(paths.cluster(cluster.name, "timeline"));
        }}
      >
        <Typography.Paragraph>{t("agent.waves")}</Typography.Paragraph>
        <Form.Item name="release" label={t("agent.release")} rules={[{ required: true }]} extra={releases.length === 0 ? t("agent.none") : undefined}>
          <Select options={choices} />
        </Form.Item>
      </FormDialog>
    </Card>
  );
}
