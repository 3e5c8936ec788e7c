// SPDX-License-Identifier: Apache-2.0
import { Empty, Flex, Input, type InputRef, Modal, Typography } from "antd";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { NavigateFunction } from "react-router";
import { manages, useMe } from "../session/me";
import { BUSINESS, entriesFor, leaves, MANAGEMENT } from "./menu";
import { ALL, paths } from "./paths";
import { useClusterNames, useNamespaces } from "./PlaceChooser";
import { usePreferences } from "./preferences";

const MOST_SHOWN = 12;

interface Target {
  text: string;
  where: string;
  path: string;
}

/** Opens the palette on Ctrl K or ⌘ K, wherever the reader is but in a terminal. */
export function usePaletteKey(open: () => void) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      if ((event.target as HTMLElement | null)?.closest(".xterm")) return;
      event.preventDefault();
      open();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [open]);
}

function useTargets(): Target[] {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const { cluster, namespace } = usePreferences();
  const clusters = useClusterNames().data?.items;
  const namespaces = useNamespaces().data?.items;
  return useMemo(() => {
    const word = (key: string) => t(`menu.${key}` as "menu.pods");
    const here = (clusters?.find(({ name }) => name === cluster) ?? clusters?.[0])?.name;
    const pages = (entries: ReturnType<typeof entriesFor>, where: string, path: (key: string) => string) =>
      leaves(entries).map(({ entry }) => ({ text: word(entry.key), where, path: path(entry.key) }));
    return [
      ...(manages(me) ? pages(entriesFor(me, MANAGEMENT), t("views.management"), paths.management) : []),
      ...(here
        ? pages(entriesFor(me, BUSINESS), `${t("views.business")} · ${here}`, (key) => paths.business(here, here === cluster ? (namespace ?? ALL) : ALL, key))
        : []),
      ...(me.role === "administrator" ? (clusters ?? []).map(({ name }) => ({ text: name, where: t("place.cluster"), path: paths.cluster(name) })) : []),
      ...(namespaces ?? []).map((one) => ({
        text: one.name,
        where: `${t("place.namespace")} · ${one.cluster.name}`,
        path: paths.business(one.cluster.name, one.name, "applications"),
      })),
    ];
  }, [me, clusters, namespaces, cluster, namespace, i18n.resolvedLanguage]);
}

/** Goes anywhere by a few letters of its name. */
export const Palette = memo(function Palette({ open, close, go }: { open: boolean; close: () => void; go: NavigateFunction }) {
  const { t } = useTranslation();
  const targets = useTargets();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<InputRef>(null);
  const wanted = typed.trim().toLowerCase();
  const found = targets.filter(({ text, where }) => `${text} ${where}`.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
  const end = () => {
    setTyped(""); // not when it opens the next time: somebody types already
    setAt(0);
    close();
  };
  const choose = (target?: Target) => {
    if (!target) return;
    end();
    go(target.path);
  };
  return (
    <Modal
      open={open}
      onCancel={end}
      footer={null}
      closable={false}
      title={t("palette.title")}
      destroyOnHidden
      afterOpenChange={(shown) => shown && input.current?.focus()}
    >
      <Input
        ref={input}
        autoFocus
        value={typed}
        aria-label={t("palette.placeholder")}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls="palette"
        aria-activedescendant={found.length > 0 ? `palette-${at}` : undefined}
        placeholder={t("palette.placeholder")}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          else if (event.key === "Enter") choose(found[at]);
          else return;
          event.preventDefault();
        }}
      />
      {found.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("palette.nothing")} />}
      <ul
        id="palette"
        role="listbox"
        aria-label={t("palette.title")}
        style={{ listStyle: "none", margin: "8px 0 0", padding: 0, maxHeight: "50vh", overflow: "auto" }}
      >
        {found.map((target, index) => (
          <li
            key={target.path}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at}
            style={{ cursor: "pointer", padding: 8, borderRadius: 6, background: index === at ? "var(--ant-control-item-bg-active)" : undefined }}
            onMouseEnter={() => setAt(index)}
            onClick={() => choose(target)}
          >
            <Flex justify="space-between" gap={8}>
              <Typography.Text>{target.text}</Typography.Text>
              <Typography.Text type="secondary">{target.where}</Typography.Text>
            </Flex>
          </li>
        ))}
      </ul>
    </Modal>
  );
});
