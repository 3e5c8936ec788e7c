// SPDX-License-Identifier: Apache-2.0
import { Empty, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { bytes } from "../../ui/amounts";
import { type Column, ServerTable } from "../../ui/ServerTable";
import { State } from "../../ui/State";

type Release = Schemas["AgentRelease"];

/** The agent's programs that clusters may be given; a cluster's overview gives them. */
export function AgentReleases() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const columns: Column<Release>[] = [
    { key: "version", title: t("release.version"), render: ({ version }) => version ?? "—", text: ({ version }) => version },
    { key: "directory", title: t("release.directory"), render: ({ directory }) => <code>{directory}</code>, text: ({ directory }) => directory },
    {
      key: "state",
      title: common("table.status"),
      render: ({ problem }) => (
        <>
          <State of={problem ? "failed" : "ready"} />
          {problem && <Typography.Text type="danger"> {problem}</Typography.Text>}
        </>
      ),
      text: ({ problem }) => problem ?? "",
    },
    {
      key: "size",
      title: t("recording.size"),
      render: ({ sizeBytes }) => (sizeBytes === undefined ? "—" : bytes(sizeBytes)),
      text: ({ sizeBytes }) => sizeBytes,
    },
    {
      key: "sha",
      title: t("release.sha256"),
      render: ({ sha256 }) => <code style={{ overflowWrap: "anywhere" }}>{sha256 ?? "—"}</code>,
      text: ({ sha256 }) => sha256,
    },
  ];
  return (
    <>
      <Typography.Paragraph type="secondary">{t("release.what")}</Typography.Paragraph>
      <ServerTable<Release>
        name="agent-releases"
        path="/api/v1/agent-releases"
        read={(question) => read(client.GET("/api/v1/agent-releases", { params: { query: question } }))}
        columns={columns}
        rowKey="directory"
        searchable={false}
        empty={<Empty description={t("agent.none")} />}
      />
    </>
  );
}
