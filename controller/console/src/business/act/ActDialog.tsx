// SPDX-License-Identifier: Apache-2.0
import { useQuery } from "@tanstack/react-query";
import { Alert, Flex, InputNumber, Modal, Spin, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { Failure } from "../../ui/Failure";
import { useTask } from "../../ui/useTask";
import { OutcomeList } from "./OutcomeList";
import type { Action, Target } from "./rules";

type Outcome = Schemas["ActionOutcome"];

/** An action on one or many workloads that somebody is about to ask for. */
export interface Act {
  action: Action;
  targets: Target[];
  /** How many replicas there are now, of `scale`. */
  replicas?: number;
  /** Of `rollback`. */
  revision?: number;
}

const MOST_AT_ONCE = 100;

/** Asks for all of them, a hundred at a time; each has its own outcome. */
async function act(cluster: string, asked: Act, replicas: number | undefined, dryRun: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < asked.targets.length; at += MOST_AT_ONCE) {
    const objects = asked.targets.slice(at, at + MOST_AT_ONCE).map(({ kind, namespace, name }) => ({ kind, namespace, name }));
    const body = { action: asked.action, objects, dryRun, ...(asked.action === "scale" && { replicas }), ...(asked.revision && { revision: asked.revision }) };
    outcomes.push(...(await read(client.POST("/api/v1/clusters/{cluster}/workload-actions", { params: { path: { cluster } }, body }))).objects);
  }
  return outcomes;
}

/** Asks whether an action is meant, says beforehand what the controller would refuse and why, and shows what became of each object. */
export function ActDialog({ cluster, act: asked, close }: { cluster: string; act: Act; close: (done: boolean) => void }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const [replicas, setReplicas] = useState<number>(asked.replicas ?? 1);
  const [outcomes, setOutcomes] = useState<Outcome[]>();
  const { busy, failure, run } = useTask();
  const scaling = asked.action === "scale";
  const weighed = scaling ? replicas : undefined;
  const trial = useQuery({
    queryKey: ["trial", asked.action, asked.targets, weighed, asked.revision],
    queryFn: () => act(cluster, asked, weighed, true),
    enabled: !outcomes,
    staleTime: 0,
    gcTime: 0,
  });
  const possible = trial.data?.some(({ ok }) => ok) ?? false;
  const danger = asked.action === "delete" || asked.action === "stop";
  const name = asked.targets.length === 1 ? asked.targets[0].name : t("act.many", { count: asked.targets.length });

  const begin = () => run(async () => setOutcomes(await act(cluster, asked, replicas, false)));

  return (
    <Modal
      open
      title={`${t(`action.${asked.action}`)} · ${name}`}
      width={640}
      onCancel={() => close(outcomes !== undefined)}
      onOk={() => (outcomes ? close(true) : void begin())}
      okText={outcomes ? common("action.close") : t(`action.${asked.action}`)}
      okButtonProps={{ danger: danger && !outcomes, loading: busy, disabled: !outcomes && !possible }}
      cancelButtonProps={{ style: outcomes ? { display: "none" } : undefined }}
    >
      {outcomes ? (
        <OutcomeList outcomes={outcomes} />
      ) : (
        <Flex vertical gap={12}>
          <Typography.Text>{t(`act.${asked.action}`, { count: asked.targets.length, revision: asked.revision })}</Typography.Text>
          {scaling && (
            <Flex align="center" gap={8}>
              <label htmlFor="replicas">{t("workload.replicas")}</label>
              <InputNumber id="replicas" autoFocus min={1} max={10_000} precision={0} value={replicas} onChange={(next) => setReplicas(next ?? 1)} />
            </Flex>
          )}
          {trial.isPending && (
            <span role="status">
              <Spin size="small" /> {t("act.trying")}
            </span>
          )}
          {trial.error && <Failure error={trial.error} again={() => void trial.refetch()} />}
          {trial.data && trial.data.some(({ ok }) => !ok) && (
            <Alert
              type="warning"
              showIcon
              title={possible ? t("act.someRefused", { count: trial.data.filter(({ ok }) => !ok).length }) : t("act.allRefused")}
              description={<OutcomeList outcomes={trial.data.filter(({ ok }) => !ok)} />}
            />
          )}
          {trial.data && asked.targets.length > 1 && possible && <OutcomeList outcomes={trial.data.filter(({ ok }) => ok)} beforehand />}
          {failure !== undefined && <Failure error={failure} />}
        </Flex>
      )}
    </Modal>
  );
}
