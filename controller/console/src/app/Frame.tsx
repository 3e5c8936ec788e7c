// SPDX-License-Identifier: Apache-2.0
import { BulbOutlined, GlobalOutlined, LogoutOutlined, MenuFoldOutlined, MenuUnfoldOutlined, SearchOutlined, UserOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Dropdown, Flex, Layout, Menu, type MenuProps, Result, Segmented, Spin, Tooltip, Typography, theme } from "antd";
import { memo, Suspense, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, type NavigateFunction, Outlet, useLocation, useNavigate } from "react-router";
import { follow, useLink } from "../api/live";
import mark from "../favicon.svg";
import { LANGUAGES } from "../i18n";
import { manages, useMe, useSignOut } from "../session/me";
import { useTypingAsUse } from "../session/typing";
import { useFollowing } from "../ui/RowLink";
import { absolute } from "../ui/Time";
import { BUSINESS, type Entry, entriesFor, leaves, MANAGEMENT } from "./menu";
import { Palette, usePaletteKey } from "./Palette";
import { paths } from "./paths";
import { PlaceChooser } from "./PlaceChooser";
import { type Preferences, prefer, usePreferences } from "./preferences";
import { Trail } from "./Trail";

type Item = Required<MenuProps>["items"][number];

const THEMES: Preferences["theme"][] = ["light", "dark", "system"];

/** Remembers where the business view is, by whatever way it was come there. */
function useKeptPlace(pathname: string) {
  const kept = usePreferences();
  const [, view, cluster, namespace] = pathname.split("/").map(decodeURIComponent);
  const isThere = view === "business" && Boolean(cluster) && Boolean(namespace);
  useEffect(() => {
    if (isThere && (cluster !== kept.cluster || namespace !== kept.namespace)) prefer({ cluster, namespace });
  }, [isThere, cluster, namespace]);
}

/** What surrounds every page of somebody who is signed in: the two views, their menus, and how things stand. */
export function Frame() {
  const { t } = useTranslation();
  useTypingAsUse();
  const me = useMe();
  const queries = useQueryClient();
  useEffect(() => (me.mustChangePassword ? undefined : follow(queries)), [queries, me.mustChangePassword]);
  const go = useNavigate(); // handed on: whoever asks the router for it is drawn anew with each address
  const { pathname } = useLocation();
  const { cluster, namespace } = usePreferences();
  const [seeking, setSeeking] = useState(false);
  const seek = useCallback(() => setSeeking(true), []);
  const sought = useCallback(() => setSeeking(false), []);
  usePaletteKey(seek);
  const following = useFollowing();
  useKeptPlace(pathname);

  if (me.mustChangePassword) return <Navigate to="/password" replace />; // nothing is answered until then
  const [, view, ...places] = pathname.split("/");
  const rest = view === "account" ? [cluster ?? "-", namespace ?? "-"] : places;
  const managing = view === "management" || (view === "account" && manages(me));
  if (managing && !manages(me)) return <Navigate to="/business" replace />;
  const at = view === "account" ? undefined : managing ? rest[0] : rest[2];
  const has = (all: Entry[]) => leaves(all).some(({ entry }) => entry.key === at);
  const forbidden = managing && has(MANAGEMENT) && !has(entriesFor(me, MANAGEMENT));

  return (
    <Layout style={{ minHeight: "100vh" }}>
      <Head view={view === "account" ? undefined : managing ? "management" : "business"} seek={seek} go={go} />
      <LinkNote />
      <Layout>
        <Side managing={managing} at={at} place={`${rest[0] ?? "-"}/${rest[1] ?? "-"}`} pathname={pathname} go={go} />
        <Layout.Content style={{ padding: 24, minWidth: 0 }}>
          <Trail pathname={pathname} />
          <main onClick={following}>
            <Suspense fallback={<Spin style={{ display: "block", margin: "15vh auto" }} />}>
              {forbidden ? <Result status="403" title={t("problem.denied")} subTitle={t("problem.notYours")} /> : <Outlet />}
            </Suspense>
          </main>
        </Layout.Content>
      </Layout>
      <Palette open={seeking} close={sought} go={go} />
    </Layout>
  );
}

/** The bar above. It is not drawn anew by what changes in the address behind its path: the page of a list, what is searched. */
const Head = memo(function Head({ view, seek, go }: { view?: "management" | "business"; seek: () => void; go: NavigateFunction }) {
  const { t } = useTranslation();
  const me = useMe();
  const { token } = theme.useToken();
  return (
    <Layout.Header
      style={{
        background: token.colorBgContainer,
        borderBottom: `1px solid ${token.colorBorderSecondary}`,
        paddingInline: 16,
        position: "sticky",
        top: 0,
        zIndex: 10,
      }}
    >
      <Flex align="center" gap={16} style={{ height: "100%" }}>
        <Flex align="center" gap={8}>
          <img src={mark} alt="" width={28} height={28} />
          <Typography.Text strong style={{ fontSize: 18 }}>
            {t("product")}
          </Typography.Text>
        </Flex>
        {manages(me) && (
          <Segmented
            value={(view ?? "") as "business"}
            options={[
              { value: "management", label: t("views.management") },
              { value: "business", label: t("views.business") },
            ]}
            onChange={(next) => go(`/${next}`)}
          />
        )}
        <span style={{ flex: 1 }} />
        <Button icon={<SearchOutlined />} onClick={seek}>
          {t("palette.title")} <Typography.Text type="secondary">{t("palette.hint")}</Typography.Text>
        </Button>
        <LinkLight />
        <LookMenu />
        <UserMenu go={go} />
      </Flex>
    </Layout.Header>
  );
});

interface SideProps {
  managing: boolean;
  at?: string;
  /** Cluster and namespace, where an entry of the business view leads to. */
  place: string;
  pathname: string;
  go: NavigateFunction;
}

/** The menu of a view. */
const Side = memo(function Side({ managing, at, place, pathname, go }: SideProps) {
  const { t } = useTranslation();
  const me = useMe();
  const { menuFolded } = usePreferences();
  const { token } = theme.useToken();
  const entries = entriesFor(me, managing ? MANAGEMENT : BUSINESS);
  const toItem = (entry: Entry): Item => ({
    key: entry.key,
    icon: entry.icon,
    label: t(`menu.${entry.key}` as "menu.pods"),
    ...(entry.children && { children: entry.children.map(toItem) }),
  });
  return (
    <Layout.Sider
      theme="light"
      width={232}
      collapsed={menuFolded}
      style={{ borderInlineEnd: `1px solid ${token.colorBorderSecondary}`, position: "sticky", top: 64, height: "calc(100vh - 64px)", overflow: "auto" }}
    >
      {!managing && <PlaceChooser folded={menuFolded} pathname={pathname} go={go} />}
      <nav aria-label={managing ? t("views.management") : t("views.business")}>
        <Menu
          mode="inline"
          style={{ borderInlineEnd: 0 }}
          items={entries.map(toItem)}
          selectedKeys={at ? [at] : []}
          defaultOpenKeys={entries.filter((entry) => entry.children).map((entry) => entry.key)}
          key={managing ? "management" : "business"}
          onClick={({ key }) => go(managing ? paths.management(key) : `/business/${place}/${key}`)}
        />
      </nav>
      <Button
        type="text"
        block
        aria-label={menuFolded ? t("menu.unfold") : t("menu.fold")}
        icon={menuFolded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
        onClick={() => prefer({ menuFolded: !menuFolded })}
      />
    </Layout.Sider>
  );
});

/** One dot that says whether what is shown is live. */
function LinkLight() {
  const { t } = useTranslation();
  const { token } = theme.useToken();
  const link = useLink();
  const colour = { linked: token.colorSuccess, connecting: token.colorWarning, lost: token.colorError }[link.state];
  return (
    <Tooltip title={t(`link.${link.state}`)}>
      <span role="status" aria-label={t(`link.${link.state}`)} data-link={link.state} style={{ width: 10, height: 10, borderRadius: 5, background: colour }} />
    </Tooltip>
  );
}

function LinkNote() {
  const { t } = useTranslation();
  const link = useLink();
  if (link.state !== "lost") return null;
  return <Alert banner type="error" title={t("link.lostSince", { time: absolute(link.since) })} description={link.why} />;
}

function LookMenu() {
  const { t, i18n } = useTranslation();
  const { theme: chosen } = usePreferences();
  return (
    <>
      <Dropdown
        trigger={["click"]}
        menu={{
          selectedKeys: [i18n.resolvedLanguage ?? ""],
          items: Object.entries(LANGUAGES).map(([key, label]) => ({ key, label })),
          onClick: ({ key }) => void i18n.changeLanguage(key),
        }}
      >
        <Button type="text" aria-label={t("look.language")} icon={<GlobalOutlined />} />
      </Dropdown>
      <Dropdown
        trigger={["click"]}
        menu={{
          selectedKeys: [chosen],
          items: THEMES.map((key) => ({ key, label: t(`look.${key}`) })),
          onClick: ({ key }) => prefer({ theme: key as Preferences["theme"] }),
        }}
      >
        <Button type="text" aria-label={t("look.theme")} icon={<BulbOutlined />} />
      </Dropdown>
    </>
  );
}

function UserMenu({ go }: { go: NavigateFunction }) {
  const { t } = useTranslation();
  const me = useMe();
  const signOut = useSignOut();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          { key: "who", disabled: true, label: `${me.name} · ${t(`role.${me.role}`)}` },
          { type: "divider" },
          { key: "account", icon: <UserOutlined />, label: t("session.account") },
          { key: "out", icon: <LogoutOutlined />, label: t("session.signOut") },
        ],
        onClick: ({ key }) => (key === "out" ? void signOut() : go(paths.account)),
      }}
    >
      <Button type="text" icon={<UserOutlined />}>
        {me.name}
      </Button>
    </Dropdown>
  );
}
