// SPDX-License-Identifier: Apache-2.0
import { Empty, Input, type InputRef, List, Modal, Typography } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { manages, useMe } from "../session/me";
import { BUSINESS, entriesFor, leaves, MANAGEMENT } from "./menu";
import { paths } from "./paths";
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
    const here = cluster ?? clusters?.[0]?.name;
    const pages = (entries: ReturnType<typeof entriesFor>, where: string, path: (key: string) => string) =>
      leaves(entries).map(({ entry }) => ({ text: word(entry.key), where, path: path(entry.key) }));
    return [
      ...(manages(me) ? pages(entriesFor(me, MANAGEMENT), t("views.management"), paths.management) : []),
      ...(here ? pages(entriesFor(me, BUSINESS), `${t("views.business")} · ${here}`, (key) => paths.business(here, namespace ?? "-", key)) : []),
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
export function Palette({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const targets = useTargets();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<InputRef>(null);
  const wanted = typed.trim().toLowerCase();
  const found = targets.filter(({ text, where }) => `${text} ${where}`.toLowerCase().includes(wanted)).slice(0, MOST_SHOWN);
  const choose = (target?: Target) => {
    if (!target) return;
    close();
    go(target.path);
  };
  return (
    <Modal
      open={open}
      onCancel={close}
      footer={null}
      closable={false}
      title={t("palette.title")}
      destroyOnHidden
      afterOpenChange={(shown) => {
        if (!shown) return;
        setTyped("");
        setAt(0);
        input.current?.focus();
      }}
    >
      <Input
        ref={input}
        value={typed}
        aria-label={t("palette.placeholder")}
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
      <List
        size="small"
        style={{ marginTop: 8, maxHeight: "50vh", overflow: "auto" }}
        dataSource={found}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("palette.nothing")} /> }}
        renderItem={(target, index) => (
          <List.Item
            style={{ cursor: "pointer", background: index === at ? "var(--ant-control-item-bg-active)" : undefined, paddingInline: 8 }}
            onMouseEnter={() => setAt(index)}
            onClick={() => choose(target)}
          >
            <Typography.Text>{target.text}</Typography.Text>
            <Typography.Text type="secondary">{target.where}</Typography.Text>
          </List.Item>
        )}
      />
    </Modal>
  );
}
