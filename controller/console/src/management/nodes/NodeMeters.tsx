// SPDX-License-Identifier: Apache-2.0
import { Space, Typography } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { bytes } from "../../ui/amounts";
import { Meter } from "../../ui/Meter";
import { Time } from "../../ui/Time";

type Health = Schemas["NodeHealth"];

/** The disks that hold something of the node's: those that are mounted. */
export function mountedDisks(health?: Health) {
  return (health?.disks ?? []).filter(({ mount, sizeBytes }) => mount && (sizeBytes ?? 0) > 0);
}

/** Processor, memory and disks as bars; of the disks all, or the fullest. */
export function NodeMeters({ health, allDisks, width }: { health?: Health; allDisks?: boolean; width?: number }) {
  const { t } = useTranslation("management");
  if (!health) return <Typography.Text type="secondary">{t("node.noHealth")}</Typography.Text>;
  const disks = mountedDisks(health).sort((a, b) => (b.usedBytes ?? 0) / (b.sizeBytes ?? 1) - (a.usedBytes ?? 0) / (a.sizeBytes ?? 1));
  const memory = health.memoryTotalBytes ? (health.memoryUsedBytes ?? 0) / health.memoryTotalBytes : 0;
  return (
    <Space orientation="vertical" size={2} style={{ width: width ?? "100%" }}>
      <Meter label={t("node.cpu")} share={health.cpuFraction ?? 0} />
      <Meter label={t("node.memory")} share={memory} text={`${bytes(health.memoryUsedBytes ?? 0)} / ${bytes(health.memoryTotalBytes ?? 0)}`} />
      {(allDisks ? disks : disks.slice(0, 1)).map((disk) => (
        <Meter
          key={disk.device}
          label={disk.mount ?? ""}
          share={(disk.usedBytes ?? 0) / (disk.sizeBytes ?? 1)}
          text={`${bytes(disk.usedBytes ?? 0)} / ${bytes(disk.sizeBytes ?? 0)}`}
        />
      ))}
      {!allDisks && (
        <Typography.Text type="secondary" style={{ fontSize: 12 }}>
          <Time at={health.asOf} />
        </Typography.Text>
      )}
    </Space>
  );
}
