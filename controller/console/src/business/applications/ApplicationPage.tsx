// SPDX-License-Identifier: Apache-2.0
import { LinkOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Empty, Popconfirm, Spin, Table, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { api, client, type Schemas } from "../../api/client";
import { paths } from "../../app/paths";
import { usePlace } from "../../app/place";
import { Failure, problemOf } from "../../ui/Failure";
import { ObjectYaml } from "../../ui/ObjectYaml";
import { StaleNote } from "../../ui/StaleNote";
import { State } from "../../ui/State";
import { Time } from "../../ui/Time";
import { ActionMenu } from "../../ui/ActionMenu";
import { Condition, Images } from "../columns";
import { DetailPage } from "../details/DetailPage";
import { Facts, useMetaFacts } from "../details/Facts";
import { pluralOf, type WorkloadPlural } from "../kinds";
import { useObject } from "../object";
import { ObjectLink } from "../UserList";
import { ApplicationNetwork } from "./ApplicationNetwork";
import { useApplicationActs } from "./useApplicationActs";

type Details = Schemas["ApplicationDetails"];

const ONE = "/api/v1/clusters/{cluster}/namespaces/{namespace}/applications/{application}";

/** An application: its workloads, what leads to them, and its own object. */
export function ApplicationPage() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster, namespace = "" } = usePlace();
  const { name = "" } = useParams();
  const acts = useApplicationActs(cluster);
  const details = api.useQuery("get", ONE, { params: { path: { cluster, namespace, application: name } } }, { enabled: namespace !== "" });
  const object = useObject(cluster, namespace, "applications", name, namespace !== "");
  const meta = useMetaFacts(cluster, namespace, object.data, details.data);
  if (!namespace) return <Empty description={t("details.noNamespace")} />;
  if (details.error) {
    if (problemOf(details.error).status === 404) return <Empty description={t("details.gone", { name })} />;
    return <Failure error={details.error} again={() => void details.refetch()} />;
  }
  if (details.isPending) return <Spin style={{ display: "block", margin: "15vh auto" }} />;
  const application = details.data;
  const mayNot = acts.hindrance(namespace);
  return (
    <>
      <DetailPage
        resource="applications"
        name={name}
        state={<State of={application.status} />}
        notes={application.stale && <StaleNote why={application.stale} asOf={application.asOf} />}
        actions={
          <>
            <Tooltip title={mayNot}>
              <Button icon={<LinkOutlined />} disabled={mayNot !== undefined} onClick={() => acts.associate(application)}>
                {t("application.associate")}
              </Button>
            </Tooltip>
            <Tooltip title={mayNot}>
              <Button
                type="primary"
                icon={<PlusOutlined />}
                disabled={mayNot !== undefined}
                onClick={() => void go(paths.create(cluster, namespace, "deployments", name))}
              >
                {t("application.addWorkload")}
              </Button>
            </Tooltip>
            <ActionMenu primary of={name} choices={acts.choices(application, () => void go(paths.business(cluster, namespace, "applications")))} />
          </>
        }
        tabs={[
          {
            key: "overview",
            label: t("tab.overview"),
            children: (
              <>
                <Facts facts={[[t("application.description"), application.description || "—"], ...meta.filter(([label]) => label !== t("list.application"))]} />
                <WorkloadsOf application={application} cluster={cluster} namespace={namespace} mayNot={mayNot} />
              </>
            ),
          },
          { key: "network", label: common("menu.network"), children: <ApplicationNetwork application={application} cluster={cluster} namespace={namespace} /> },
          {
            key: "yaml",
            label: "YAML",
            children: <ObjectYaml cluster={cluster} namespace={namespace} resource="applications.app.k8s.io" name={name} />,
          },
        ]}
      />
      {acts.dialogs}
    </>
  );
}

type Row = Details["workloads"][number] | Details["jobs"][number];

function WorkloadsOf({ application, cluster, namespace, mayNot }: { application: Details; cluster: string; namespace: string; mayNot?: string }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { message, modal } = App.useApp();
  const queries = useQueryClient();
  const rows: Row[] = [...application.workloads, ...application.jobs];
  const dissociate = async (row: Row) => {
    const { data, error } = await client.POST("/api/v1/clusters/{cluster}/namespaces/{namespace}/applications/{application}/associations", {
      params: { path: { cluster, namespace, application: application.name } },
      body: { action: "dissociate", move: false, dryRun: false, objects: [{ kind: pluralOf(row.kind) as WorkloadPlural, name: row.name }] },
    });
    const refused = data?.objects.find(({ ok }) => !ok);
    if (error !== undefined || refused) modal.error({ title: t("outcome.failed"), content: error ? <Failure error={error} /> : refused?.message });
    else void message.success(t("outcome.done"));
    void queries.invalidateQueries({ queryKey: ["get", ONE] });
  };
  return (
    <Card size="small" title={common("menu.workloads")}>
      <Table<Row>
        size="middle"
        pagination={false}
        rowKey={({ kind, name }) => `${kind}/${name}`}
        dataSource={rows}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: <Empty description={t("application.noWorkloads")} /> }}
        columns={[
          { title: common("table.name"), render: (_, { kind, name }) => <ObjectLink cluster={cluster} namespace={namespace} kind={kind} name={name} /> },
          { title: common("table.status"), render: (_, row) => <Condition status={row.status} condition={"condition" in row ? row.condition : undefined} /> },
          { title: t("workload.ready"), render: (_, row) => ("ready" in row ? `${row.ready} / ${row.desired}` : "—") },
          { title: t("workload.images"), render: (_, { images }) => <Images of={images} /> },
          {
            title: common("menu.services"),
            render: (_, row) =>
              "services" in row && row.services.length > 0
                ? row.services.map((service) => (
                    <div key={service}>
                      <ObjectLink cluster={cluster} namespace={namespace} kind="Service" name={service} />
                    </div>
                  ))
                : "—",
          },
          { title: common("table.created"), render: (_, { createdAt }) => <Time at={createdAt} /> },
          {
            title: common("table.actions"),
            render: (_, row) => (
              <Popconfirm title={t("application.dissociateAsk")} onConfirm={() => dissociate(row)} disabled={mayNot !== undefined}>
                <Tooltip title={mayNot}>
                  <Button type="link" size="small" style={{ paddingInline: 0 }} disabled={mayNot !== undefined}>
                    {t("application.dissociate")}
                  </Button>
                </Tooltip>
              </Popconfirm>
            ),
          },
        ]}
      />
    </Card>
  );
}
