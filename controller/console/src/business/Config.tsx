// SPDX-License-Identifier: Apache-2.0
import { Button, Tag, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { paths } from "../app/paths";
import { usePlace } from "../app/place";
import { bytes } from "../ui/amounts";
import type { Column } from "../ui/ServerTable";
import { useHindrance } from "../session/rights";
import { useRowMenu } from "./act/useRowMenu";
import { useMetaColumns } from "./columns";
import type { Rows } from "./lists";
import { choicesOf, ListPage, ResourceTable } from "./ResourceTable";

const KEYS_SHOWN = 4;
const SECRET_TYPES = [
  "Opaque",
  "kubernetes.io/dockerconfigjson",
  "kubernetes.io/tls",
  "kubernetes.io/basic-auth",
  "kubernetes.io/ssh-auth",
  "kubernetes.io/service-account-token",
];

type Keyed = Pick<Rows["secrets"], "keys" | "keyCount" | "bytes" | "immutable">;

/** Their keys and how much they hold. */
function useKeyColumns<Row extends Keyed & object>(): Column<Row>[] {
  const { t } = useTranslation("business");
  return [
    {
      key: "keys",
      title: t("config.keys"),
      render: ({ keys, keyCount }) => (
        <Tooltip title={keys.map(({ name, bytes: size }) => `${name} (${bytes(size)})`).join(", ")}>
          <span>
            {keys.slice(0, KEYS_SHOWN).map(({ name }) => (
              <Tag key={name}>{name}</Tag>
            ))}
            {keyCount > KEYS_SHOWN && <Tag>+{keyCount - KEYS_SHOWN}</Tag>}
            {keyCount === 0 && "—"}
          </span>
        </Tooltip>
      ),
      text: ({ keys }) => keys.map(({ name }) => name).join(" "),
    },
    { key: "size", title: t("config.size"), sort: "size", render: ({ bytes: size }) => bytes(size), text: ({ bytes: size }) => size },
    {
      key: "immutable",
      title: t("config.immutable"),
      hidden: true,
      render: ({ immutable }) => (immutable ? t("yes") : t("no")),
      text: ({ immutable }) => String(immutable ?? false),
    },
  ];
}

/** ConfigMaps. */
export function ConfigMaps() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, segment } = usePlace();
  const { before, after } = useMetaColumns<Rows["configmaps"]>("configmaps");
  const keys = useKeyColumns<Rows["configmaps"]>();
  const menu = useRowMenu("configmaps");
  return (
    <ListPage title={common("menu.configmaps")}>
      <ResourceTable
        list="configmaps"
        columns={[...before, ...keys, ...after, menu.column]}
        create={{ text: t("list.create", { kind: t("kind.configmaps") }), start: () => go(paths.create(cluster, segment, "configmaps")) }}
        hint={t("about.configmaps")}
      />
      {menu.dialog}
    </ListPage>
  );
}

/** Secrets, without what they hold. */
export function Secrets() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, namespace, segment } = usePlace();
  const mayNot = useHindrance(cluster)(namespace);
  const { before, after } = useMetaColumns<Rows["secrets"]>("secrets");
  const keys = useKeyColumns<Rows["secrets"]>();
  const menu = useRowMenu("secrets");
  const type: Column<Rows["secrets"]> = {
    key: "type",
    title: t("secret.type"),
    sort: "type",
    filter: { name: "type", choices: choicesOf(SECRET_TYPES) },
    render: (row) => row.type ?? "Opaque",
    text: (row) => row.type,
  };
  return (
    <ListPage title={common("menu.secrets")}>
      <ResourceTable
        list="secrets"
        columns={[...before, type, ...keys, ...after, menu.column]}
        actions={
          <Button disabled={mayNot !== undefined} title={mayNot} onClick={() => go(paths.create(cluster, segment, "pull-secrets"))}>
            {t("secret.createPull")}
          </Button>
        }
        create={{ text: t("list.create", { kind: t("kind.secrets") }), start: () => go(paths.create(cluster, segment, "secrets")) }}
        hint={t("about.secrets")}
      />
      {menu.dialog}
    </ListPage>
  );
}
