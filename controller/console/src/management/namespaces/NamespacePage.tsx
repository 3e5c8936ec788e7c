// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Descriptions, Flex, Form, Space, Spin, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { api, client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useMe } from "../../session/me";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { Failure } from "../../ui/Failure";
import { FormDialog } from "../../ui/FormDialog";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import { refused, useOutcome } from "../outcome";
import { ProjectSelect } from "../tenancy/ProjectSelect";
import { AmountsDialog } from "./AmountsDialog";
import { AmountsTable } from "./AmountsTable";

type Quota = Schemas["NamespaceQuota"];
type Apply = Schemas["ApplyResult"];

const SYSTEM = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** One namespace: whom it belongs to, what it may take and what it takes. */
export function NamespacePage() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const { cluster = "", namespace = "" } = useParams();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const say = useOutcome();
  const [editing, setEditing] = useState<"quota" | "project">();
  const path = { cluster, namespace };
  const query = api.useQuery("get", "/api/v1/clusters/{cluster}/namespaces/{namespace}", { params: { path } });
  const projectId = query.data?.project?.id;
  const budget = api.useQuery("get", "/api/v1/projects/{project}/budget", { params: { path: { project: projectId ?? "" } } }, { enabled: Boolean(projectId) });
  const one = query.data;
  if (!one) return query.error ? <Failure error={query.error} again={() => void query.refetch()} /> : <Spin />;
  const anew = () => void queries.invalidateQueries();
  const going = one.phase !== "Active" ? t("namespace.going") : undefined;
  const system = SYSTEM.includes(one.name) ? t("namespace.system") : undefined;
  return (
    <>
      <PageHead
        title={one.name}
        state={<State of={one.phase.toLowerCase()} />}
        actions={
          <>
            <Button onClick={() => go(paths.business(one.cluster.name, one.name, "applications"))}>{t("cluster.business")}</Button>
            <ReasonButton reason={going} onClick={() => setEditing("quota")}>
              {t("quota.edit")}
            </ReasonButton>
            <ReasonButton reason={going ?? system ?? (me.role === "administrator" ? undefined : t("onlyAdministrators"))} onClick={() => setEditing("project")}>
              {t("namespace.move")}
            </ReasonButton>
            <ConfirmButton
              danger
              title={t("namespace.deleteTitle", { name: one.name })}
              what={<Alert type="error" showIcon title={t("namespace.deleteWhat")} />}
              name={one.name}
              reason={going ?? system}
              act={async () => refused(await read(client.DELETE("/api/v1/clusters/{cluster}/namespaces/{namespace}", { params: { path } })))}
              done={(result) => {
                say(result, t("namespace.deleted", { name: one.name }));
                go(paths.management("namespaces"));
                void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === "/api/v1/namespaces" });
              }}
            >
              {common("action.delete")}
            </ConfirmButton>
          </>
        }
      />
      <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
        <Card size="small" title={t("namespace.whose")}>
          <Descriptions
            column={{ xs: 1, md: 2, xl: 4 }}
            items={[
              { key: "cluster", label: common("place.cluster"), children: one.cluster.name },
              { key: "department", label: common("place.department"), children: one.department?.name ?? "—" },
              {
                key: "project",
                label: common("place.project"),
                children: one.project ? <Link to={paths.project(one.project.id)}>{one.project.name}</Link> : t("namespace.noProject"),
              },
              { key: "created", label: common("table.created"), children: <Time at={one.createdAt} /> },
            ]}
          />
          <Flex gap={4} wrap>
            {Object.entries(one.labels ?? {}).map(([key, value]) => (
              <Tag key={key}>{`${key}=${value}`}</Tag>
            ))}
          </Flex>
        </Card>
        <QuotaCard quota={one.quota} />
      </Space>
      {editing === "quota" && (
        <AmountsDialog
          title={t("quota.edit")}
          note={t("quota.note")}
          now={{ amounts: one.quota.hard, resourceVersion: one.quota.resourceVersion }}
          left={budget.data?.left}
          least={one.quota.used}
          leastWord={t("quota.used")}
          close={() => setEditing(undefined)}
          save={async (quota, resourceVersion) => {
            const answer = client.PUT("/api/v1/clusters/{cluster}/namespaces/{namespace}", { params: { path }, body: { quota, resourceVersion } });
            say(refused(await read(answer)), t("saved"));
            anew();
          }}
          present={({ present }) => {
            const now = (present as { quota?: Quota } | undefined)?.quota ?? (present as Quota | undefined);
            return now?.hard && { amounts: now.hard, resourceVersion: now.resourceVersion };
          }}
        />
      )}
      <FormDialog<{ project?: string }, Apply>
        open={editing === "project"}
        close={() => setEditing(undefined)}
        title={t("namespace.move")}
        initial={{ project: projectId }}
        send={async ({ project }) => {
          const answer = client.PUT("/api/v1/clusters/{cluster}/namespaces/{namespace}/project", { params: { path }, body: { project: project ?? "" } });
          return refused(await read(answer));
        }}
        done={(result) => {
          say(result, t("saved"));
          anew();
        }}
      >
        <Form.Item name="project" label={common("place.project")} extra={t("namespace.moveHint")}>
          <ProjectSelect allowClear placeholder={t("namespace.noProject")} />
        </Form.Item>
      </FormDialog>
    </>
  );
}

function QuotaCard({ quota }: { quota: Quota }) {
  const { t } = useTranslation("management");
  const { cpu, memory } = quota.containerDefaults;
  return (
    <Card size="small" title={t("quota.title")} extra={<Time at={quota.asOf} />}>
      <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
        {quota.inForce === false && <Alert type="warning" showIcon title={t("quota.notInForce")} />}
        <AmountsTable
          hard={quota.hard}
          used={quota.used}
          usedWord={t("quota.used")}
          hardWord={t("quota.hard")}
          more={{ word: t("quota.ofKubernetes"), amounts: quota.ofKubernetes }}
        />
        <Descriptions
          column={1}
          items={[
            { key: "k", label: t("quota.ofKubernetes"), children: t("quota.ofKubernetesWhat") },
            {
              key: "d",
              label: t("quota.containerDefaults"),
              children: cpu || memory ? t("quota.defaults", { cpu: cpu ?? "—", memory: memory ?? "—" }) : t("quota.noDefaults"),
            },
          ]}
        />
      </Space>
    </Card>
  );
}
