// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Input, Select, Space } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useClusterNames } from "../../app/PlaceChooser";
import { useMe } from "../../session/me";
import { Failure } from "../../ui/Failure";
import { markRefusal, unmark } from "../../ui/marks";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { useTask } from "../../ui/useTask";
import { refused, useOutcome } from "../outcome";
import { ProjectSelect } from "../tenancy/ProjectSelect";
import { type AmountsForm, toAmounts } from "./amounts";
import { AmountsFields } from "./AmountsFields";

interface Values {
  name: string;
  cluster: string;
  project?: string;
  quota?: AmountsForm;
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LONGEST_NAME = 63;

/** The form of manual 3.3. */
export function NewNamespace() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const me = useMe();
  const go = useNavigate();
  const queries = useQueryClient();
  const say = useOutcome();
  const [form] = Form.useForm<Values>();
  const { busy, failure, run } = useTask();
  const clusters = useClusterNames();
  const project = Form.useWatch("project", form);
  const budget = api.useQuery("get", "/api/v1/projects/{project}/budget", { params: { path: { project: project ?? "" } } }, { enabled: Boolean(project) });
  const only = clusters.data?.items.length === 1 ? clusters.data.items[0].name : undefined;
  useEffect(() => {
    if (only && !form.getFieldValue("cluster")) form.setFieldValue("cluster", only);
  }, [only, form]);
  const create = async ({ name, cluster, project: owner, quota }: Values) => {
    const body: Schemas["NamespaceRequest"] = { name, ...(owner && { project: owner }), quota: toAmounts(quota ?? {}) };
    const result = refused(await read(client.POST("/api/v1/clusters/{cluster}/namespaces", { params: { path: { cluster } }, body })));
    say(result, t("namespace.made", { name }));
    void queries.invalidateQueries();
    go(result.state === "waiting" ? paths.management("namespaces") : paths.namespace(cluster, name));
  };
  return (
    <>
      <PageHead title={t("namespace.create")} />
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={(values) =>
          void run(
            () => create(values),
            (refused) => markRefusal(form, refused),
          )
        }
        onValuesChange={(changed) => unmark(form, changed)}
        scrollToFirstError={{ block: "center", focus: true }}
        style={{ maxWidth: 960 }}
      >
        <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
          <Card title={t("newCluster.basic")}>
            <Form.Item
              name="name"
              label={common("table.name")}
              rules={[
                { required: true, message: t("newCluster.needName") },
                { max: LONGEST_NAME, message: t("newCluster.nameLong", { count: LONGEST_NAME }) },
                { pattern: NAME, message: t("newCluster.nameRule") },
              ]}
            >
              <Input autoFocus style={{ maxWidth: 360 }} />
            </Form.Item>
            <Form.Item name="cluster" label={common("place.cluster")} rules={[{ required: true, message: t("namespace.needCluster") }]}>
              <Select
                style={{ maxWidth: 360 }}
                loading={clusters.isPending}
                options={(clusters.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
              />
            </Form.Item>
            <Form.Item
              name="project"
              label={`${common("place.department")} / ${common("place.project")}`}
              extra={me.role === "administrator" ? t("namespace.projectHint") : undefined}
              rules={[{ required: me.role !== "administrator", message: t("namespace.needProject") }]}
            >
              <ProjectSelect
                allowClear={me.role === "administrator"}
                placeholder={me.role === "administrator" ? t("namespace.noProject") : undefined}
                style={{ maxWidth: 360 }}
              />
            </Form.Item>
          </Card>
          <Card title={t("quota.title")}>
            <AmountsFields name="quota" left={budget.data?.left} />
          </Card>
        </Space>
        {failure !== undefined && <Failure error={failure} />}
        <Space style={{ marginTop: 16 }}>
          <ReasonButton type="primary" htmlType="submit" loading={busy}>
            {t("namespace.create")}
          </ReasonButton>
          <Button onClick={() => go(paths.management("namespaces"))}>{common("action.cancel")}</Button>
        </Space>
      </Form>
    </>
  );
}
