// SPDX-License-Identifier: Apache-2.0
import { Card, Descriptions, Space, Tabs, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { paths } from "../app/paths";
import { PageHead } from "../ui/PageHead";
import { Time } from "../ui/Time";
import { useMe } from "./me";
import { PasswordForm } from "./Password";
import { SessionTable } from "./SessionTable";
import { TokenTable } from "./TokenTable";

const TABS = ["profile", "sessions", "tokens"] as const;

/** The caller's own page: who they are, password, sessions and API tokens. */
export function Account() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { tab } = useParams();
  const at = TABS.find((one) => one === tab) ?? "profile";
  const shown = { profile: () => <Profile />, sessions: () => <SessionTable />, tokens: () => <TokenTable /> };
  return (
    <>
      <PageHead title={common("session.account")} />
      <Tabs
        activeKey={at}
        onChange={(next) => go(`${paths.account}/${next}`, { replace: true })}
        items={TABS.map((key) => ({ key, label: t(`account.${key}`), children: key === at ? shown[key]() : null }))}
        destroyOnHidden
      />
    </>
  );
}

function Profile() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const me = useMe();
  return (
    <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
      <Card size="small" title={t("namespace.whose")}>
        <Descriptions
          column={{ xs: 1, md: 2 }}
          items={[
            { key: "name", label: common("session.user"), children: me.name },
            { key: "role", label: t("member.role"), children: `${common(`role.${me.role}`)} — ${t(`user.may.${me.role}`)}` },
            { key: "department", label: common("place.department"), children: me.department?.name ?? t("user.noDepartment") },
            { key: "created", label: common("table.created"), children: <Time at={me.createdAt} /> },
            {
              key: "projects",
              label: common("menu.projects"),
              children: me.projects.length === 0 ? "—" : me.projects.map(({ id, name, role }) => <Tag key={id}>{`${name} · ${common(`role.${role}`)}`}</Tag>),
            },
          ]}
        />
      </Card>
      <Card size="small" title={common("session.changePassword")}>
        <PasswordForm done={() => {}} />
      </Card>
    </Space>
  );
}
