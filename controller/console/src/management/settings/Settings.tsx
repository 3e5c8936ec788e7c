// SPDX-License-Identifier: Apache-2.0
import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { paths } from "../../app/paths";
import { PageHead } from "../../ui/PageHead";
import { AgentReleases } from "./AgentReleases";
import { Authority } from "./Authority";
import { KeyPairs } from "./KeyPairs";

const TABS = { "key-pairs": KeyPairs, releases: AgentReleases, authority: Authority } as const;
type Tab = keyof typeof TABS;

/** What belongs to the whole installation. */
export function Settings() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { tab = "" } = useParams();
  const at: Tab = tab in TABS ? (tab as Tab) : "key-pairs";
  const Shown = TABS[at];
  return (
    <>
      <PageHead title={common("menu.settings")} />
      <Tabs
        activeKey={at}
        onChange={(next) => go(paths.settings(next), { replace: true })}
        items={(Object.keys(TABS) as Tab[]).map((key) => ({ key, label: t(`settings.${key}`), children: key === at ? <Shown /> : null }))}
        destroyOnHidden
      />
    </>
  );
}
