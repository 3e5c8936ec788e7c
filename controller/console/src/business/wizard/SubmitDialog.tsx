// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Flex, Modal, Space, Spin, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Amiss, amissIn } from "../../ui/amiss";
import { Failure, problemOf } from "../../ui/Failure";
import { OutcomeList } from "../act/OutcomeList";
import { pluralOf, type Resource } from "../kinds";
import { createObject, type KubernetesObject, replaceObject, type Written } from "../object";
import { merge } from "../merge";
import { isWithheld, wantsTheSame } from "../sameness";
import type { Wanted } from "./demand";
import { QuotaImpact } from "./QuotaImpact";
import { leftOf } from "./warnings";

/** What became of it when the dialog closes. */
export interface Ended {
  /** All is written. */
  done: boolean;
  /** Those that are written: as they were asked for, and as the cluster has them now, unless they wait for it. */
  made: { object: KubernetesObject; present?: KubernetesObject }[];
  refused: { object: KubernetesObject; amiss: Amiss[] }[];
}

interface Props {
  cluster: string;
  /** What is made, or takes the place of what was read. */
  wanted: Wanted[];
  /** What takes of quotas by it without being written, as the workload of an autoscaler. */
  scaled?: KubernetesObject;
  /** Begins the form anew with what is there now. */
  reload?: (present: KubernetesObject) => void;
  close: (ended: Ended) => void;
  /** Whether the form below has a field of an object, to say there what was refused. */
  marks?: (object: KubernetesObject, field: string) => boolean;
}

const OUT_OF_REACH = 503;

interface Result {
  object: KubernetesObject;
  written?: Written;
  failure?: unknown;
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name ?? ""}`;
}

/** What an object is, however often it is drawn anew. */
export function keyOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}

/** Asks the cluster by a dry run whether it takes the objects, and makes them when somebody says so. */
export function SubmitDialog({ cluster, wanted, scaled, reload, close, marks }: Props) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [results, setResults] = useState<Result[]>();
  const [busy, setBusy] = useState(false);
  // a conflict may be answered by putting one's changes on what others made of the object meanwhile
  const [theirs, setTheirs] = useState<Record<string, KubernetesObject>>({});
  /** Those that were written before a conflict of the others was answered. */
  const [kept, keep] = useState<Result[]>([]);
  const leftBy = (done: Result[]) => wanted.filter(({ object }) => !done.some((one) => keyOf(one.object) === keyOf(object)));
  const asked = leftBy(kept);
  const changes = wanted.some(({ base }) => base !== undefined);

  const write = async ({ object, base }: Wanted, dryRun: boolean): Promise<Result> => {
    const resource = pluralOf(object.kind) as Resource;
    const namespace = object.metadata.namespace ?? "";
    const others = theirs[keyOf(object)];
    const sent = others ? (merge({ ...base, status: undefined }, { ...object, status: undefined }, others) as KubernetesObject) : object;
    const send = (resourceVersion: string | undefined) =>
      base
        ? replaceObject(cluster, namespace, resource, object.metadata.name ?? "", { ...sent, metadata: { ...sent.metadata, resourceVersion } }, dryRun)
        : createObject(cluster, namespace, resource, object, dryRun);
    try {
      return { object, written: await send((others ?? base)?.metadata.resourceVersion) };
    } catch (failure) {
      // its status went on, as that of a workload does: nobody changed what is wanted of it, as far as is told
      const { rule, present } = problemOf(failure);
      const there = present as KubernetesObject | undefined;
      if (!base || rule !== "changed" || !there || isWithheld(there) || !wantsTheSame(others ?? base, there)) return { object, failure };
      try {
        return { object, written: await send(there.metadata.resourceVersion) };
      } catch (again) {
        return { object, failure: again };
      }
    }
  };
  const trial = useQuery({
    queryKey: ["trial", asked, Object.values(theirs).map(({ metadata }) => metadata.resourceVersion)],
    queryFn: () => Promise.all(asked.map((one) => write(one, true))),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    enabled: !results,
  });
  const refused = trial.data?.filter(({ failure }) => failure !== undefined) ?? [];
  const together = wanted.map(({ object }) => object);
  // what nobody could be asked is no refusal: it is sent, and waits
  const unasked = refused.length > 0 && refused.every(({ failure }) => problemOf(failure).status === OUT_OF_REACH);
  const warnings = trial.data?.flatMap(({ object, written }) => (written?.warning ? [leftOf(written.warning, object, together)] : [])) ?? [];
  const failed = results?.filter(({ failure }) => failure !== undefined) ?? [];
  const good = results !== undefined && failed.length === 0;
  const placed = [...refused, ...failed].map(({ object, failure }) => ({ object, amiss: amissIn(failure) }));
  const marked = placed.some(({ object, amiss }) => amiss.some(({ field }) => marks?.(object, field)));

  const end = (now: Result[] | undefined) => {
    const made = (now ?? kept).filter(({ failure }) => failure === undefined);
    const done = now !== undefined && made.length === now.length;
    close({ done, made: made.map(({ object, written }) => ({ object, present: written?.object })), refused: placed });
  };
  const run = async () => {
    setBusy(true);
    const done = (results ?? kept).filter(({ failure }) => failure === undefined);
    const now: Result[] = [...done];
    for (const one of leftBy(done)) now.push(await write(one, false));
    setResults(now);
    setBusy(false);
    void queries.invalidateQueries({ queryKey: ["get"] });
    if (now.every(({ failure, written }) => failure === undefined && !written?.waiting)) end(now);
  };
  const conflict = [...refused, ...failed].find(({ failure }) => problemOf(failure).rule === "changed");
  const present = conflict && (problemOf(conflict.failure).present as KubernetesObject | undefined);
  const word = changes ? common("action.save") : common("action.create");
  return (
    <Modal
      open
      width={720}
      title={word}
      onCancel={() => !busy && end(results)} // what is being written is told when it is written
      closable={{ disabled: busy }}
      footer={
        <Space>
          <Button disabled={busy} onClick={() => end(results)}>
            {good ? common("action.close") : common("action.back")}
          </Button>
          {!good && (
            <Button type="primary" loading={busy} disabled={trial.isFetching || (!results && refused.length > 0 && !unasked)} onClick={() => void run()}>
              {results ? common("action.retry") : word}
            </Button>
          )}
        </Space>
      }
    >
      <Flex vertical gap={12}>
        {!results && trial.isFetching && (
          <span role="status">
            <Spin size="small" /> {t("wizard.trying")}
          </span>
        )}
        {!results && trial.data && !trial.isFetching && refused.length === 0 && (
          <Alert type="success" showIcon title={t("wizard.accepted")} description={asked.map(({ object }) => nameOf(object)).join(", ")} />
        )}
        {!results && <QuotaImpact cluster={cluster} wanted={scaled ? [...wanted, { object: scaled, base: scaled }] : wanted} />}
        {warnings.map((warning) => warning && <Alert key={warning} type="warning" showIcon title={warning} />)}
        {!results && unasked && <Alert type="warning" showIcon title={t("wizard.unasked")} description={problemOf(refused[0].failure).detail} />}
        {!results &&
          !unasked &&
          refused.map(({ object, failure }) => (
            <div key={nameOf(object)}>
              <Typography.Text strong>{nameOf(object)}</Typography.Text>
              <Failure error={{ ...problemOf(failure), line: undefined }} inline />
            </div>
          ))}
        {marked && !good && <Typography.Text type="secondary">{t("wizard.marked")}</Typography.Text>}
        {results && (
          <OutcomeList
            outcomes={results.map(({ object, written, failure }) => ({
              kind: object.kind,
              namespace: object.metadata.namespace ?? "",
              name: object.metadata.name ?? "",
              ok: failure === undefined,
              waiting: written?.waiting,
              message: failure === undefined ? undefined : problemOf(failure).detail,
            }))}
          />
        )}
        {conflict && present && !busy && (
          <Space>
            {reload && <Button onClick={() => reload(present)}>{t("form.loadTheirs")}</Button>}
            <Button
              danger
              onClick={() => {
                keep((results ?? kept).filter(({ failure }) => failure === undefined));
                setResults(undefined);
                setTheirs({ ...theirs, [keyOf(conflict.object)]: present });
              }}
            >
              {t("form.mineOverTheirs")}
            </Button>
          </Space>
        )}
      </Flex>
    </Modal>
  );
}
