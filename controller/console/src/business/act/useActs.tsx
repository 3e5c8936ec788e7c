// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api } from "../../api/client";
import { concerns } from "../../api/live";
import { paths } from "../../app/paths";
import { useHindrance, useOutOfReach } from "../../session/rights";
import type { WorkloadPlural } from "../kinds";
import type { Choice } from "../../ui/ActionMenu";
import { type Act, ActDialog } from "./ActDialog";
import { EditDialog } from "./PartDialog";
import { type Action, ACTIONS, type Edit, editRefusal, EDITS, refusal, type Subject, type Target } from "./rules";

/** A row of any list of workloads. */
export interface WorkloadRow extends Subject {
  namespace: string;
  name: string;
  desired?: number;
}

/** The names of the autoscalers of a cluster by what they scale, "namespace/kind/name". */
function useAutoscalers(cluster: string, namespace: string | undefined): Map<string, string> {
  const list = api.useQuery("get", "/api/v1/clusters/{cluster}/horizontalpodautoscalers", { params: { path: { cluster }, query: { namespace, limit: 500 } } });
  return new Map((list.data?.items ?? []).map((one) => [`${one.namespace}/${one.target.kind}/${one.target.name}`, one.name]));
}

/** What may be done to the workloads of a kind: the choices of a row's menu and the dialogs that ask. */
export function useActs(cluster: string, namespace: string | undefined, kind: WorkloadPlural) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const queries = useQueryClient();
  const hindrance = useHindrance(cluster);
  const outOfReach = useOutOfReach(cluster);
  const autoscalers = useAutoscalers(cluster, namespace);
  const capabilities = api.useQuery(
    "get",
    "/api/v1/clusters/{cluster}/capabilities",
    { params: { path: { cluster } } },
    { staleTime: 600_000, enabled: kind === "jobs" },
  );
  const [asked, setAsked] = useState<{ act: Act; after?: () => void }>();
  const [edited, setEdited] = useState<{ edit: Edit; target: Target }>();

  const suspends = capabilities.data?.features.find(({ kind: of, field }) => of === "Job" && field === "spec.suspend");
  const kindName = { deployments: "Deployment", statefulsets: "StatefulSet", daemonsets: "", jobs: "", cronjobs: "" }[kind];
  const targetOf = (row: WorkloadRow): Target => ({
    kind,
    namespace: row.namespace,
    name: row.name,
    subject: {
      status: row.status,
      paused: row.paused,
      jobsSuspend: suspends?.available,
      autoscaler: autoscalers.get(`${row.namespace}/${kindName}/${row.name}`),
    },
  });
  /** Why an action is not possible on a row, in words. */
  const hindered = (row: WorkloadRow, action: Action): string | undefined => {
    const mayNot = hindrance(row.namespace) ?? outOfReach; // what an action would undo is not known then
    if (mayNot) return mayNot;
    const { subject } = targetOf(row);
    const reason = refusal(kind, action, subject);
    if (reason === "jobsSuspend" && suspends?.reason) return suspends.reason;
    return reason && t(`rule.${reason}`, { name: subject.autoscaler });
  };
  const ask = (action: Action, rows: WorkloadRow[], more?: Pick<Act, "revision">, after?: () => void) =>
    setAsked({ act: { action, targets: rows.map(targetOf), replicas: rows.length === 1 ? rows[0].desired : undefined, ...more }, after });

  const choices = (row: WorkloadRow, after?: () => void): Choice[] => {
    const page =
      (tab: string, query = "") =>
      () =>
        void go(paths.object(cluster, row.namespace, kind, row.name, tab) + query);
    const yaml: Choice = { key: "yaml", text: t(kind === "jobs" ? "action.yaml" : "action.editYaml"), choose: page("yaml") };
    const acting = ACTIONS[kind].map((action): Choice => {
      const asking = () => ask(action, [row], undefined, action === "delete" ? after : undefined);
      return {
        key: action,
        text: t(`action.${action}`),
        danger: action === "delete",
        hindered: hindered(row, action),
        choose: action === "rollback" ? page("revisions") : asking,
      };
    });
    const edits = EDITS[kind].map((edit): Choice => {
      const target = targetOf(row);
      const reason = editRefusal(kind, edit, target.subject);
      const choose = edit === "containers" ? page("edit", "?part=containers") : () => setEdited({ edit, target });
      return { key: `edit-${edit}`, text: t(`edit.${edit}`), hindered: hindrance(row.namespace) ?? (reason && t(`rule.${reason}`)), choose };
    });
    const whole: Choice = { key: "edit", text: common("action.edit"), hindered: hindrance(row.namespace), choose: page("edit") };
    // nothing of a Job is changed once it is there
    return kind === "jobs" ? [yaml, ...acting] : [whole, ...edits, yaml, ...acting];
  };

  const editor = edited && <EditDialog cluster={cluster} target={edited.target} edit={edited.edit} close={() => setEdited(undefined)} />;
  const dialog = asked ? (
    <ActDialog
      cluster={cluster}
      act={asked.act}
      close={(done) => {
        setAsked(undefined);
        if (!done) return;
        const topics = new Set([kind.slice(0, -1), "job"]);
        void queries.invalidateQueries({ predicate: ({ queryKey }) => typeof queryKey[1] === "string" && concerns(queryKey[1], topics) });
        asked.after?.();
      }}
    />
  ) : (
    editor
  );
  return { choices, hindered, ask, dialog, hindrance };
}
