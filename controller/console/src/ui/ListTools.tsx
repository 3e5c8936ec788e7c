// SPDX-License-Identifier: Apache-2.0
// What stands around a list and is the same on each of its pages: drawn anew only when it changes itself, since a page is turned in
// the time that the rest takes.
import { DownloadOutlined, SettingOutlined } from "@ant-design/icons";
import { Button, Checkbox, Popover, Select, Tooltip } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";

interface Choice {
  /** All columns, in their order. */
  columns: { key: string; title: string }[];
  /** Keys of those that are not shown. */
  hidden: string[];
  hide: (hidden: string[]) => void;
}

/** Which columns are shown. */
export const ColumnChoice = memo(function ColumnChoice({ columns, hidden, hide }: Choice) {
  const { t } = useTranslation();
  const keys = columns.map(({ key }) => key);
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t("table.columns")}
      content={
        <Checkbox.Group
          style={{ display: "grid", gap: 4 }}
          options={columns.map(({ key, title }) => ({ value: key, label: title }))}
          value={keys.filter((key) => !hidden.includes(key))}
          onChange={(shown) => hide(keys.filter((key) => !shown.includes(key)))}
        />
      }
    >
      <Button aria-label={t("table.columns")} title={t("table.columns")} icon={<SettingOutlined />} />
    </Popover>
  );
});

/** Writes the list to a file. */
export const ExportButton = memo(function ExportButton({ exporting, start }: { exporting: boolean; start: () => void }) {
  const { t } = useTranslation();
  return (
    <Tooltip title={t("table.export")}>
      <Button aria-label={t("table.export")} icon={<DownloadOutlined />} loading={exporting} onClick={start} />
    </Tooltip>
  );
});

/** How many rows a page has. */
export const PageSize = memo(function PageSize({ sizes, size, choose }: { sizes: number[]; size: number; choose: (size: number) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      aria-label={t("table.perPage")}
      value={size}
      options={sizes.map((one) => ({ value: one, label: `${one} ${t("table.perPage")}` }))}
      onChange={choose}
    />
  );
});
