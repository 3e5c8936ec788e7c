// SPDX-License-Identifier: Apache-2.0
import { Button, Space, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../app/paths";
import { usePlace } from "../../app/place";
import type { Column } from "../../ui/ServerTable";
import { State } from "../../ui/State";
import { ActionMenu } from "../../ui/ActionMenu";
import { useMetaColumns } from "../columns";
import { ListPage, ResourceTable, useStateChoices } from "../ResourceTable";
import { ApplicationForm } from "./ApplicationForm";
import { APPLICATION_ACTIONS, useApplicationActs } from "./useApplicationActs";

type Application = Schemas["Application"];

/** Applications with the state that their workloads make. */
export function Applications() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, namespace } = usePlace();
  const acts = useApplicationActs(cluster);
  const [chosen, choose] = useState<Application[]>([]);
  const [creating, setCreating] = useState(false);
  const { before, after } = useMetaColumns<Application>("applications");
  const columns: Column<Application>[] = [
    ...before,
    {
      key: "status",
      title: common("table.status"),
      sort: "status",
      filter: { name: "status", choices: useStateChoices(["none", "running", "stopped", "not_ready", "processing"]) },
      render: ({ status }) => <State of={status} />,
      text: ({ status }) => status,
    },
    {
      key: "description",
      title: t("application.description"),
      render: ({ description }) => (
        <Typography.Text ellipsis={{ tooltip: description }} style={{ maxWidth: 280 }}>
          {description || "—"}
        </Typography.Text>
      ),
      text: ({ description }) => description,
    },
    { key: "workloads", title: common("menu.workloads"), sort: "workloads", render: ({ counts }) => counts.workloads, text: ({ counts }) => counts.workloads },
    { key: "jobs", title: common("menu.jobs"), render: ({ counts }) => counts.jobs, text: ({ counts }) => counts.jobs },
    { key: "services", title: common("menu.services"), render: ({ counts }) => counts.services, text: ({ counts }) => counts.services },
    { key: "ingresses", title: common("menu.ingresses"), render: ({ counts }) => counts.ingresses, text: ({ counts }) => counts.ingresses },
    ...after.filter(({ key }) => key !== "application"),
    { key: "actions", title: common("table.actions"), render: (row) => <ActionMenu of={row.name} choices={acts.choices(row)} /> },
  ];
  return (
    <ListPage title={common("menu.applications")}>
      <ResourceTable
        list="applications"
        columns={columns}
        create={{ text: t("application.create"), start: () => setCreating(true) }}
        hint={t("about.applications")}
        selection={{
          chosen,
          choose,
          disabled: (row) => acts.hindrance(row.namespace) !== undefined,
          actions: (
            <Space.Compact>
              {APPLICATION_ACTIONS.map((action) => (
                <Button key={action} danger={action === "delete"} onClick={() => acts.ask(action, chosen, () => choose([]))}>
                  {t(`action.${action}`)}
                </Button>
              ))}
            </Space.Compact>
          ),
        }}
      />
      {creating && (
        <ApplicationForm
          cluster={cluster}
          namespace={namespace}
          close={(where, name) => {
            setCreating(false);
            if (where && name) void go(paths.object(cluster, where, "applications", name));
          }}
        />
      )}
      {acts.dialogs}
    </ListPage>
  );
}
