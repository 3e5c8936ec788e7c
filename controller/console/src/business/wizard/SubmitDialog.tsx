// SPDX-License-Identifier: Apache-2.0
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Flex, Modal, Space, Spin, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure, problemOf } from "../../ui/Failure";
import { OutcomeList } from "../act/OutcomeList";
import { pluralOf, type Resource } from "../kinds";
import { createObject, type KubernetesObject, replaceObject, type Written } from "../object";
import { merge } from "../merge";
import { wantsTheSame } from "../sameness";
import { QuotaImpact } from "./QuotaImpact";

interface Props {
  cluster: string;
  /** The object as it was read; none: new ones are made. */
  base?: KubernetesObject;
  objects: KubernetesObject[];
  /** Begins the form anew with what is there now. */
  reload: (present: KubernetesObject) => void;
  /** `written`: the first of the objects as it is now. */
  close: (done: boolean, written?: KubernetesObject) => void;
}

interface Result {
  object: KubernetesObject;
  written?: Written;
  failure?: unknown;
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name ?? ""}`;
}

/** Asks the cluster by a dry run whether it takes the objects, and makes them when somebody says so. */
export function SubmitDialog({ cluster, base, objects, reload, close }: Props) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [results, setResults] = useState<Result[]>();
  const [busy, setBusy] = useState(false);
  // a conflict may be answered by putting one's changes on what others made of the object meanwhile
  const [theirs, setTheirs] = useState<KubernetesObject>();

  const write = async (object: KubernetesObject, dryRun: boolean): Promise<Result> => {
    const resource = pluralOf(object.kind) as Resource;
    const namespace = object.metadata.namespace ?? "";
    const sent = theirs ? (merge({ ...base, status: undefined }, { ...object, status: undefined }, theirs) as KubernetesObject) : object;
    const send = (resourceVersion: string | undefined) =>
      base
        ? replaceObject(cluster, namespace, resource, object.metadata.name ?? "", { ...sent, metadata: { ...sent.metadata, resourceVersion } }, dryRun)
        : createObject(cluster, namespace, resource, object, dryRun);
    try {
      return { object, written: await send((theirs ?? base)?.metadata.resourceVersion) };
    } catch (failure) {
      // its status went on, as that of a workload does: nobody changed what is wanted of it
      const { rule, present } = problemOf(failure);
      const there = present as KubernetesObject | undefined;
      if (!base || rule !== "changed" || !there || !wantsTheSame(theirs ?? base, there)) return { object, failure };
      try {
        return { object, written: await send(there.metadata.resourceVersion) };
      } catch (again) {
        return { object, failure: again };
      }
    }
  };
  const trial = useQuery({
    queryKey: ["trial", objects, theirs?.metadata.resourceVersion],
    queryFn: () => Promise.all(objects.map((object) => write(object, true))),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    enabled: !results,
  });
  const refused = trial.data?.filter(({ failure }) => failure !== undefined) ?? [];
  const warnings = trial.data?.flatMap(({ written }) => (written?.warning ? [written.warning] : [])) ?? [];
  const failed = results?.filter(({ failure }) => failure !== undefined) ?? [];

  const run = async () => {
    setBusy(true);
    const before = results ?? [];
    const done = before.filter(({ failure }) => failure === undefined);
    const left = objects.filter((object) => !done.some((one) => one.object === object));
    const now: Result[] = [...done];
    for (const object of left) now.push(await write(object, false));
    setResults(now);
    setBusy(false);
    void queries.invalidateQueries({ queryKey: ["get"] });
    if (now.every(({ failure, written }) => failure === undefined && !written?.waiting)) close(true, now[0]?.written?.object);
  };
  const conflict = [...refused, ...failed].map(({ failure }) => problemOf(failure)).find(({ rule }) => rule === "changed");
  const present = conflict?.present as KubernetesObject | undefined;

  return (
    <Modal
      open
      width={720}
      title={base ? common("action.save") : common("action.create")}
      onCancel={() => close(results !== undefined && failed.length === 0)}
      footer={
        <Space>
          <Button onClick={() => close(results !== undefined && failed.length === 0)}>
            {results && failed.length === 0 ? common("action.close") : common("action.back")}
          </Button>
          {(!results || failed.length > 0) && (
            <Button type="primary" loading={busy} disabled={trial.isFetching || (!results && refused.length > 0)} onClick={() => void run()}>
              {results ? common("action.retry") : base ? common("action.save") : common("action.create")}
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
          <>
            <Alert type="success" showIcon title={t("wizard.accepted")} description={objects.map(nameOf).join(", ")} />
            {!base && <QuotaImpact cluster={cluster} objects={objects} />}
          </>
        )}
        {warnings.map((warning) => (
          <Alert key={warning} type="warning" showIcon title={warning} />
        ))}
        {!results &&
          refused.map(({ object, failure }) => (
            <div key={nameOf(object)}>
              <Typography.Text strong>{nameOf(object)}</Typography.Text>
              <Failure error={failure} inline />
            </div>
          ))}
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
        {present && (
          <Space>
            <Button onClick={() => reload(present)}>{t("form.loadTheirs")}</Button>
            <Button
              danger
              onClick={() => {
                setResults(undefined);
                setTheirs(present);
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
