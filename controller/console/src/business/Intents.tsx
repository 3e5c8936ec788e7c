// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Flex, Popconfirm, Spin, Tag, Typography } from "antd";
import { useTranslation } from "react-i18next";
import { api, client, type Schemas } from "../api/client";
import { read } from "../api/read";
import { usePlace } from "../app/place";
import { Failure } from "../ui/Failure";
import { type Column, type Page, type Question, ServerTable } from "../ui/ServerTable";
import { State } from "../ui/State";
import { Time } from "../ui/Time";
import { OutcomeList } from "./act/OutcomeList";
import { ListPage } from "./ResourceTable";

type Intent = Schemas["ListedIntent"];

const PATH = "/api/v1/clusters/{cluster}/intents";
const MOST = 100;

function readIntents(cluster: string, { limit, cursor, waiting }: Question): Promise<Page<Intent>> {
  const query = { limit: Math.min(Number(limit ?? MOST), MOST), cursor: cursor as string | undefined, waiting: waiting === "true" };
  return read(client.GET(PATH, { params: { path: { cluster }, query } }));
}

/** What was asked of the cluster, and what became of it; what waits can be given up, what failed asked again or taken back. */
export function Intents() {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const { cluster } = usePlace();
  const { message, modal } = App.useApp();
  const queries = useQueryClient();

  const ask = async (asked: Promise<{ data?: unknown; error?: unknown }>) => {
    const { data, error } = await asked;
    void queries.invalidateQueries({ queryKey: ["get", PATH] });
    if (error !== undefined) {
      modal.error({ title: t("outcome.failed"), width: 600, content: <Failure error={error} /> });
      return;
    }
    const { summary, state, message: why, objects = [] } = data as Partial<Schemas["Intent"]>; // what an undo did has no summary
    const outcomes = <OutcomeList outcomes={objects.map((one) => ({ ...one, namespace: one.namespace ?? "" }))} />;
    if (summary === undefined) modal.info({ title: t("intent.undone"), width: 600, content: outcomes });
    else if (state === "failed") modal.error({ title: t("outcome.failed"), width: 600, content: objects.length > 0 ? outcomes : why });
    else if (state === "waiting") void message.info(t("outcome.waiting"));
    else void message.success(t("outcome.done"));
  };
  const params = (intent: string) => ({ path: { cluster, intent } });
  const columns: Column<Intent>[] = [
    { key: "summary", title: t("intent.summary"), render: ({ summary }) => summary || t("intent.own"), text: ({ summary }) => summary },
    {
      key: "state",
      title: common("table.status"),
      filter: { name: "waiting", choices: [{ value: "true", text: t("intent.onlyWaiting") }] },
      render: ({ state, message: why, delivered }) => (
        <>
          <State of={state} why={why} /> {state === "waiting" && delivered && <Tag>{t("intent.delivered")}</Tag>}
        </>
      ),
      text: ({ state }) => state,
    },
    { key: "by", title: t("intent.by"), render: ({ by }) => by ?? "—", text: ({ by }) => by },
    { key: "accepted", title: t("intent.accepted"), render: ({ accepted }) => <Time at={accepted} />, text: ({ accepted }) => accepted },
    { key: "finished", title: t("intent.finished"), render: ({ finished }) => <Time at={finished} />, text: ({ finished }) => finished },
    {
      key: "actions",
      title: common("table.actions"),
      render: ({ intent, state }) => (
        <Flex gap={8}>
          {state === "waiting" && (
            <Popconfirm title={t("intent.cancelAsk")} onConfirm={() => ask(client.DELETE(`${PATH}/{intent}`, { params: params(intent) }))}>
              <Button size="small">{t("intent.cancel")}</Button>
            </Popconfirm>
          )}
          {(state === "failed" || state === "cancelled") && (
            <Popconfirm title={t("intent.retryAsk")} onConfirm={() => ask(client.POST(`${PATH}/{intent}/retry`, { params: params(intent) }))}>
              <Button size="small">{common("action.retry")}</Button>
            </Popconfirm>
          )}
        </Flex>
      ),
    },
  ];
  return (
    <ListPage title={common("menu.intents")} about={t("intent.about")}>
      <ServerTable<Intent>
        key={cluster}
        name="intents"
        path={PATH}
        scope={{ cluster }}
        read={(question) => readIntents(cluster, question)}
        columns={columns}
        rowKey={({ intent, accepted }) => intent || accepted}
        searchable={false}
        expand={({ intent, message: why }) => (
          <Flex vertical gap={8}>
            {why && <Typography.Text>{why}</Typography.Text>}
            {intent && <IntentObjects cluster={cluster} intent={intent} undo={() => ask(client.POST(`${PATH}/{intent}/undo`, { params: params(intent) }))} />}
          </Flex>
        )}
      />
    </ListPage>
  );
}

/** What became of each object of one; what a failed one left can be taken back. */
function IntentObjects({ cluster, intent, undo }: { cluster: string; intent: string; undo: () => Promise<void> }) {
  const { t } = useTranslation("business");
  const one = api.useQuery("get", `${PATH}/{intent}`, { params: { path: { cluster, intent } } });
  if (one.isPending) return <Spin size="small" />;
  if (one.error) return <Failure error={one.error} again={() => void one.refetch()} inline />;
  const { objects } = one.data;
  return (
    <>
      {objects.length > 0 && <OutcomeList outcomes={objects.map((object) => ({ ...object, namespace: object.namespace ?? "" }))} />}
      {objects.some(({ canUndo }) => canUndo) && (
        <Popconfirm title={t("intent.undoAsk")} onConfirm={undo}>
          <Button size="small" danger style={{ alignSelf: "start" }}>
            {t("intent.undo")}
          </Button>
        </Popconfirm>
      )}
    </>
  );
}
