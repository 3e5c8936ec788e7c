// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { Alert, App, Checkbox, Flex, Modal, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Problem, type Schemas } from "../api/client";
import { Failure } from "../ui/Failure";

export interface PodName {
  namespace: string;
  name: string;
}

/** Asks whether pods shall be deleted, and shows what became of each. `pods`: undefined while nothing is asked. */
export function DeletePods({ cluster, pods, close }: { cluster: string; pods?: PodName[]; close: (deleted: boolean) => void }) {
  const { t } = useTranslation("pods");
  const { t: common } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [force, setForce] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [outcomes, setOutcomes] = useState<Schemas["ActionOutcome"][]>();

  const end = (deleted: boolean) => {
    setForce(false);
    setProblem(undefined);
    setOutcomes(undefined);
    close(deleted);
  };
  const act = async () => {
    setBusy(true);
    setOutcomes(undefined);
    const objects = (pods ?? []).map(({ namespace, name }) => ({ kind: "pods" as const, namespace, name }));
    const { data, error } = await client.POST("/api/v1/clusters/{cluster}/workload-actions", {
      params: { path: { cluster } },
      body: { action: force ? "force-delete" : "delete", objects, dryRun: false },
    });
    setBusy(false);
    setProblem(error);
    if (!data) return;
    void queries.invalidateQueries({ queryKey: ["get", "/api/v1/clusters/{cluster}/pods"] });
    if (data.objects.every(({ ok, waiting }) => ok && !waiting)) {
      void message.success(t("delete.done", { count: data.objects.length }));
      end(true);
    } else setOutcomes(data.objects);
  };
  const many = (pods?.length ?? 0) > 1;
  return (
    <Modal
      open={pods !== undefined}
      title={t("delete.title")}
      onCancel={() => end(outcomes?.some(({ ok }) => ok) ?? false)}
      onOk={() => (outcomes ? end(outcomes.some(({ ok }) => ok)) : void act())}
      okText={outcomes ? common("action.close") : common("action.delete")}
      okButtonProps={{ danger: !outcomes, loading: busy }}
      cancelText={common("action.cancel")}
      destroyOnHidden
    >
      <Flex vertical gap={12}>
        {!outcomes && (
          <>
            <Typography.Text>{many ? t("delete.many", { count: pods?.length }) : t("delete.one", { name: pods?.[0]?.name })}</Typography.Text>
            {many && (
              <Typography.Paragraph ellipsis={{ rows: 4, expandable: true, symbol: common("action.more") }} type="secondary" style={{ margin: 0 }}>
                {pods?.map(({ name }) => name).join(", ")}
              </Typography.Paragraph>
            )}
            <Typography.Text type="secondary">{t("delete.what")}</Typography.Text>
            <Checkbox checked={force} onChange={(event) => setForce(event.target.checked)}>
              {t("delete.force")}
            </Checkbox>
            {force && <Alert type="warning" showIcon title={t("delete.forceWhat")} />}
          </>
        )}
        {outcomes && (
          <ul style={{ listStyle: "none", margin: 0, padding: 0, maxHeight: "45vh", overflow: "auto" }}>
            {outcomes.map((one) => (
              <li key={`${one.namespace}/${one.name}`} style={{ paddingBlock: 4 }}>
                <Flex vertical>
                  <Typography.Text strong>{one.name}</Typography.Text>
                  <Typography.Text type={one.ok ? (one.waiting ? "warning" : "success") : "danger"}>
                    {one.ok ? t(one.waiting ? "delete.waiting" : "delete.deleted") : (one.message ?? t("delete.failed"))}
                  </Typography.Text>
                </Flex>
              </li>
            ))}
          </ul>
        )}
        {problem && <Failure error={problem} inline />}
      </Flex>
    </Modal>
  );
}
