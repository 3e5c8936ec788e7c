// SPDX-License-Identifier: Apache-2.0
import { DownOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export interface Choice {
  key: string;
  text: string;
  /** Why not; it is disabled then and says so. */
  hindered?: string;
  danger?: boolean;
  icon?: ReactNode;
  choose: () => void;
}

/** What may be done to a thing. What may not is there too, and says why on hover and focus. */
export function ActionMenu({ of, choices, primary }: { of: string; choices: Choice[]; primary?: boolean }) {
  const { t } = useTranslation();
  const word = primary ? t("table.actions") : t("action.more");
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: choices.map(({ key, text, hindered, danger, icon }) => ({
          key,
          icon,
          danger: danger && !hindered,
          disabled: hindered !== undefined,
          label: hindered ? (
            <Tooltip title={hindered} placement="left">
              <span aria-description={hindered}>{text}</span>
            </Tooltip>
          ) : (
            text
          ),
        })),
        onClick: ({ key, domEvent }) => {
          domEvent.stopPropagation();
          choices.find((choice) => choice.key === key)?.choose();
        },
      }}
    >
      <Button
        type={primary ? "default" : "link"}
        size={primary ? "middle" : "small"}
        aria-label={`${word} · ${of}`}
        style={primary ? undefined : { paddingInline: 0 }}
      >
        {word} <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  );
}
