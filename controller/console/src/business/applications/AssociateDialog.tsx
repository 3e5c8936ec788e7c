// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Checkbox, Flex, Form, Modal, Select, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../../api/client";
import { concerns } from "../../api/live";
import { read } from "../../api/read";
import { Failure } from "../../ui/Failure";
import { useTask } from "../../ui/useTask";
import { OutcomeList } from "../act/OutcomeList";
import { APPLICATION_LABEL, kindOf, WORKLOADS, type WorkloadPlural } from "../kinds";
import { listPath, readList } from "../lists";

interface Props {
  cluster: string;
  namespace: string;
  application: string;
  close: () => void;
}

const TOPICS = new Set(["application", "deployment", "statefulset", "daemonset", "job", "cronjob"]);

/** Puts workloads that there are into an application. Those of another one move only if that is said. */
export function AssociateDialog({ cluster, namespace, application, close }: Props) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [kind, setKind] = useState<WorkloadPlural>("deployments");
  const [chosen, choose] = useState<string[]>([]);
  const [move, setMove] = useState(false);
  const [outcomes, setOutcomes] = useState<Schemas["ActionOutcome"][]>();
  const { busy, failure, run } = useTask();
  const list = useQuery({
    queryKey: ["get", listPath(kind), { cluster, namespace }, "all"],
    queryFn: () => readList(kind, cluster, { namespace, limit: 500 }),
  });
  const options = (list.data?.items ?? [])
    .filter((row) => row.labels?.[APPLICATION_LABEL] !== application)
    .map((row) => {
      const other = row.labels?.[APPLICATION_LABEL];
      return { value: `${kind}/${row.name}`, label: other ? t("application.ofOther", { name: row.name, other }) : row.name };
    });
  const begin = () =>
    run(async () => {
      const objects = chosen.map((one) => ({ kind: one.split("/")[0] as WorkloadPlural, name: one.slice(one.indexOf("/") + 1) }));
      const done = await read(
        client.POST("/api/v1/clusters/{cluster}/namespaces/{namespace}/applications/{application}/associations", {
          params: { path: { cluster, namespace, application } },
          body: { action: "associate", move, dryRun: false, objects },
        }),
      );
      setOutcomes(done.objects);
      void queries.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === "string" && concerns(queryKey[1], TOPICS) });
    });
  return (
    <Modal
      open
      title={`${t("application.associate")} · ${application}`}
      onCancel={close}
      onOk={() => (outcomes ? close() : void begin())}
      okText={outcomes ? common("action.close") : common("action.confirm")}
      okButtonProps={{ loading: busy, disabled: !outcomes && chosen.length === 0 }}
      cancelButtonProps={{ style: outcomes ? { display: "none" } : undefined }}
    >
      {outcomes ? (
        <OutcomeList outcomes={outcomes} />
      ) : (
        <Flex vertical gap={12}>
          <Typography.Text type="secondary">{t("application.associateNote")}</Typography.Text>
          <Form layout="vertical">
            <Form.Item label={t("application.kind")} htmlFor="associate-kind">
              <Select id="associate-kind" value={kind} onChange={setKind} options={WORKLOADS.map((one) => ({ value: one, label: t(`kind.${one}`) }))} />
            </Form.Item>
            <Form.Item label={t("application.workloads")} htmlFor="associate-names">
              <Select
                id="associate-names"
                mode="multiple"
                value={chosen}
                onChange={choose}
                loading={list.isFetching}
                options={options}
                labelRender={({ value }) => {
                  const [plural, name] = String(value).split("/");
                  return `${kindOf(plural as WorkloadPlural)}/${name}`;
                }}
              />
            </Form.Item>
            <Checkbox checked={move} onChange={(event) => setMove(event.target.checked)}>
              {t("application.move")}
            </Checkbox>
          </Form>
          {list.error && <Failure error={list.error} again={() => void list.refetch()} />}
          {failure !== undefined && <Failure error={failure} />}
        </Flex>
      )}
    </Modal>
  );
}
