// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Flex, Modal, Radio, Spin, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, type Schemas } from "../../api/client";
import { concerns } from "../../api/live";
import { read } from "../../api/read";
import { Failure } from "../../ui/Failure";
import { useTask } from "../../ui/useTask";
import { OutcomeList } from "../act/OutcomeList";

export type ApplicationAction = Schemas["ApplicationActionsRequest"]["action"];
type Outcome = Schemas["ApplicationOutcome"];
type Fate = "keep" | "delete";

export interface ApplicationAct {
  action: ApplicationAction;
  applications: { namespace: string; name: string }[];
}

const MOST_AT_ONCE = 50;
const TOPICS = new Set(["application", "deployment", "statefulset", "daemonset", "job", "cronjob"]);

async function act(cluster: string, { action, applications }: ApplicationAct, workloads: Fate | undefined, dryRun: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < applications.length; at += MOST_AT_ONCE) {
    const body = { action, dryRun, applications: applications.slice(at, at + MOST_AT_ONCE), ...(action === "delete" && { workloads }) };
    outcomes.push(...(await read(client.POST("/api/v1/clusters/{cluster}/application-actions", { params: { path: { cluster } }, body }))).applications);
  }
  return outcomes;
}

/** What became, or would become, of each application and of each of its workloads. */
function Outcomes({ of, beforehand }: { of: Outcome[]; beforehand?: boolean }) {
  return (
    <>
      {of.map((one) => (
        <div key={`${one.namespace}/${one.name}`}>
          <OutcomeList outcomes={[one]} beforehand={beforehand} />
          {one.objects.some(({ kind }) => kind !== one.kind) && (
            <div style={{ paddingInlineStart: 24 }}>
              <OutcomeList outcomes={one.objects.filter(({ kind }) => kind !== one.kind)} beforehand={beforehand} />
            </div>
          )}
        </div>
      ))}
    </>
  );
}

/** Asks whether an action on applications is meant, tells beforehand what it touches, and afterwards what became of each. */
export function ApplicationActDialog({ cluster, act: asked, close }: { cluster: string; act: ApplicationAct; close: (done: boolean) => void }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [fate, setFate] = useState<Fate>();
  const [outcomes, setOutcomes] = useState<Outcome[]>();
  const { busy, failure, run } = useTask();
  const deleting = asked.action === "delete";
  const decided = !deleting || fate !== undefined;
  const trial = useQuery({
    queryKey: ["trial", asked, fate],
    queryFn: () => act(cluster, asked, fate, true),
    enabled: decided && !outcomes,
    staleTime: 0,
    gcTime: 0,
  });
  const possible = trial.data?.some(({ ok, objects }) => ok || objects.some((one) => one.ok)) ?? false;
  const name = asked.applications.length === 1 ? asked.applications[0].name : t("act.many", { count: asked.applications.length });
  const begin = () =>
    run(async () => {
      setOutcomes(await act(cluster, asked, fate, false));
      void queries.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === "string" && concerns(queryKey[1], TOPICS) });
    });
  return (
    <Modal
      open
      width={680}
      title={`${t(`action.${asked.action}`)} · ${name}`}
      onCancel={() => close(outcomes !== undefined)}
      onOk={() => (outcomes ? close(true) : void begin())}
      okText={outcomes ? common("action.close") : t(`action.${asked.action}`)}
      okButtonProps={{ danger: (deleting || asked.action === "stop") && !outcomes, loading: busy, disabled: !outcomes && (!decided || !possible) }}
      cancelButtonProps={{ style: outcomes ? { display: "none" } : undefined }}
    >
      {outcomes ? (
        <Outcomes of={outcomes} />
      ) : (
        <Flex vertical gap={12}>
          <Typography.Text>{t(`application.ask.${asked.action}`)}</Typography.Text>
          {deleting && (
            <Radio.Group
              aria-label={t("application.fate")}
              value={fate}
              onChange={(event) => setFate(event.target.value as Fate)}
              style={{ display: "grid", gap: 8 }}
              options={[
                { value: "keep", label: t("application.keep") },
                { value: "delete", label: t("application.deleteToo") },
              ]}
            />
          )}
          {decided && trial.isPending && (
            <span role="status">
              <Spin size="small" /> {t("act.trying")}
            </span>
          )}
          {trial.error && <Failure error={trial.error} again={() => void trial.refetch()} />}
          {trial.data && !possible && <Alert type="warning" showIcon title={t("act.allRefused")} />}
          {trial.data && <Outcomes of={trial.data} beforehand />}
          {failure !== undefined && <Failure error={failure} />}
        </Flex>
      )}
    </Modal>
  );
}
