// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, Form, Space, Typography, theme } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { client } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { Failure } from "../../ui/Failure";
import { markRefusal, unmark } from "../../ui/marks";
import { PageHead } from "../../ui/PageHead";
import { useTask } from "../../ui/useTask";
import { ReasonButton } from "../../ui/ReasonButton";
import { BasicFields, NodeFields } from "./BasicFields";
import { type ClusterForm, needs, STANDARD, toRequest } from "./clusterForm";
import { NetworkFields, OtherFields, StorageFields } from "./PlaceFields";

/** The form of manual 3.2. */
export function NewCluster() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const queries = useQueryClient();
  const [form] = Form.useForm<ClusterForm>();
  const { busy, failure, run } = useTask();
  const create = async () => {
    const { cluster } = await read(client.POST("/api/v1/clusters", { body: toRequest(form.getFieldsValue(true) as ClusterForm) }));
    void queries.invalidateQueries();
    go(paths.cluster(cluster.name, "timeline"));
  };
  return (
    <>
      <PageHead title={t("newCluster.title")} />
      <Form<ClusterForm>
        form={form}
        layout="horizontal"
        labelCol={{ flex: "170px" }}
        labelAlign="left"
        labelWrap
        colon={false}
        initialValues={STANDARD}
        onFinish={() => void run(create, (refused) => markRefusal(form, refused))}
        onValuesChange={(changed) => unmark(form, changed)}
        scrollToFirstError={{ block: "center" }}
        style={{ maxWidth: 960 }}
      >
        <Space orientation="vertical" size="middle" style={{ width: "100%" }}>
          <Card title={t("newCluster.basic")}>
            <BasicFields form={form} />
          </Card>
          <Card title={t("newCluster.nodes")}>
            <NodeFields />
          </Card>
          <Card title={t("newCluster.storage")}>
            <StorageFields />
          </Card>
          <Card title={t("newCluster.network")}>
            <NetworkFields />
          </Card>
          <Card title={t("newCluster.other")}>
            <OtherFields />
          </Card>
        </Space>
        {failure !== undefined && <Failure error={failure} />}
        <Foot>
          <Form.Item noStyle shouldUpdate>
            {() => <Needs form={form.getFieldsValue(true) as ClusterForm} />}
          </Form.Item>
          <Space>
            <Button onClick={() => go(paths.management("clusters"))}>{common("action.cancel")}</Button>
            <ReasonButton type="primary" htmlType="submit" loading={busy}>
              {common("action.create")}
            </ReasonButton>
          </Space>
        </Foot>
      </Form>
    </>
  );
}

function Foot({ children }: { children: React.ReactNode }) {
  const { token } = theme.useToken();
  const look = {
    position: "sticky",
    bottom: 0,
    zIndex: 5,
    marginTop: 16,
    padding: "12px 16px",
    background: token.colorBgContainer,
    borderTop: `1px solid ${token.colorBorderSecondary}`,
  } as const;
  return (
    <Flex justify="space-between" align="center" gap={16} style={look}>
      {children}
    </Flex>
  );
}

/** How much of the cloud it will take. */
function Needs({ form }: { form: ClusterForm }) {
  const { t } = useTranslation("management");
  if (!form.masters || !form.storage) return null;
  const all = needs(form);
  return (
    <Typography.Text role="status" data-needs={all.machines}>
      {t(all.balancers > 0 ? "newCluster.takesWithBalancer" : "newCluster.takes", {
        ...all,
        masters: form.masters,
        workers: form.workers ?? 0,
        gib: all.gib.toLocaleString(),
      })}
    </Typography.Text>
  );
}
