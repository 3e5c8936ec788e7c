// SPDX-License-Identifier: Apache-2.0
import { DownOutlined } from "@ant-design/icons";
import { Button, Dropdown, Tooltip } from "antd";
import { type ReactNode, useRef, useState } from "react";
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

interface Props {
  of: string;
  /** Tells it from others of its name: where it stands for another thing all at once, its menu is none of that one's. */
  id?: string;
  choices: Choice[];
  primary?: boolean;
}

/**
 * What may be done to a thing. What may not is there too, and says why on hover and focus. The menu is made when it is first
 * asked for: a list has one in each row, and a page of it is turned in the time that they take.
 */
export function ActionMenu({ of, id = of, choices, primary }: Props) {
  const { t } = useTranslation();
  const [asked, ask] = useState<{ of: string; open: boolean }>();
  if (asked && asked.of !== id) ask(undefined); // nor is it remembered for when that one comes back here
  const open = asked?.of === id ? asked.open : undefined;
  const setOpen = (next: boolean) => ask({ of: id, open: next });
  const trigger = useRef<HTMLButtonElement>(null);
  const word = primary ? t("table.actions") : t("action.more");
  const name = `${word} · ${of}`;
  const button = (wanted: boolean) =>
    primary ? (
      <Button ref={trigger} aria-label={name} autoFocus={wanted} onClick={wanted ? undefined : () => setOpen(true)}>
        {word} <DownOutlined aria-hidden />
      </Button>
    ) : (
      <button ref={trigger} type="button" className="row-menu" aria-label={name} autoFocus={wanted} onClick={wanted ? undefined : () => setOpen(true)}>
        {word}
      </button>
    );
  if (open === undefined) return button(false);
  return (
    <Dropdown
      trigger={["click"]}
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next && document.activeElement?.closest("[role=menu]")) trigger.current?.focus(); // whoever came by keyboard goes on from there
      }}
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
          domEvent.preventDefault(); // a key that chooses must not go on to press the button, which has the keyboard again by then
          choices.find((choice) => choice.key === key)?.choose();
        },
      }}
    >
      {button(true)}
    </Dropdown>
  );
}
