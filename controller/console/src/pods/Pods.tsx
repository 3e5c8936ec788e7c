// SPDX-License-Identifier: Apache-2.0
import { DeleteOutlined, FileTextOutlined } from "@ant-design/icons";
import { Button, Space, Tag, Tooltip, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { client, type Schemas } from "../api/client";
import { read } from "../api/read";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import { useOutOfReach, useWhyNot } from "../session/rights";
import { type Question, ServerTable } from "../ui/ServerTable";
import { usePodColumns } from "./columns";
import { useAddress } from "../ui/address";

type Pod = Schemas["Pod"];

/** What other pages narrow the list down with; they stand above it and can be taken away. */
const NARROWED = ["application", "owner", "labels", "podIp"] as const;

/** Logs that the server merges. */
const MOST_MERGED = 20;

/** The pods of a namespace, or of all. */
export function Pods() {
  const { t } = useTranslation("pods");
  const { t: common } = useTranslation();
  const { cluster, segment, namespace } = usePlace();
  const go = useNavigate();
  const [address, change] = useAddress();
  const [chosen, setChosen] = useState<Pod[]>([]);
  const { columns, remove, dialog } = usePodColumns(cluster, namespace);
  const whyNot = useWhyNot(cluster, namespace);
  const reason = useOutOfReach(cluster) ?? whyNot;
  const narrowed = NARROWED.flatMap((key) => (address.get(key) ? [[key, address.get(key) as string] as const] : []));

  const mergeable = new Set(chosen.map((pod) => pod.namespace)).size === 1 && chosen.length <= MOST_MERGED;
  const merge = () => go(paths.mergedLog(cluster, chosen[0].namespace, { pods: chosen.map(({ name }) => name) }));

  const asked: Question = { namespace, ...Object.fromEntries(narrowed) };
  const forget = (key: string) =>
    change((next) => {
      next.delete(key);
      next.delete("cursor");
    });
  return (
    <>
      <Typography.Title level={2}>{common("menu.pods")}</Typography.Title>
      {narrowed.length > 0 && (
        <Space wrap style={{ marginBottom: 12 }}>
          {narrowed.map(([key, value]) => (
            <Tag key={key} closable onClose={() => forget(key)}>
              {t(`narrowed.${key}`)}: {value}
            </Tag>
          ))}
        </Space>
      )}
      <ServerTable<Pod>
        key={`${cluster}/${segment}`}
        name="pods"
        path="/api/v1/clusters/{cluster}/pods"
        scope={{ cluster, namespace, ...Object.fromEntries(narrowed) }}
        read={(question) => read(client.GET("/api/v1/clusters/{cluster}/pods", { params: { path: { cluster }, query: { ...question, ...asked } as object } }))}
        columns={columns}
        rowKey="uid"
        long
        selection={{
          chosen,
          choose: setChosen,
          actions: (
            <>
              <Tooltip title={mergeable ? undefined : t("log.oneNamespace", { count: MOST_MERGED })}>
                <Button icon={<FileTextOutlined />} disabled={!mergeable} onClick={merge}>
                  {t("log.mergedShort")}
                </Button>
              </Tooltip>
              <Tooltip title={reason}>
                <Button danger icon={<DeleteOutlined />} disabled={Boolean(reason)} onClick={() => remove(chosen, () => setChosen([]))}>
                  {common("action.delete")}
                </Button>
              </Tooltip>
            </>
          ),
        }}
      />
      {dialog}
    </>
  );
}
