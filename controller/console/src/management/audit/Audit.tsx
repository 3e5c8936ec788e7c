// SPDX-License-Identifier: Apache-2.0
import { DownloadOutlined, SafetyCertificateOutlined } from "@ant-design/icons";
import { App, Badge, DatePicker, Descriptions, Flex, Input, Select } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useClusterNames } from "../../app/PlaceChooser";
import { saveText } from "../../ui/csv";
import { PageHead } from "../../ui/PageHead";
import { ReasonButton } from "../../ui/ReasonButton";
import { type Column, type Question, ServerTable } from "../../ui/ServerTable";
import { absolute } from "../../ui/Time";
import { problemOf } from "../../ui/Failure";

type Entry = Schemas["AuditEntry"];

const FILTERS = ["action", "actor", "object", "outcome", "cluster", "namespace", "since", "until"] as const;
/** Done, all that was not, what the controller refuses with, and the statuses that a cluster refuses with. */
const OUTCOMES = [
  "ok",
  "refused",
  "denied",
  "invalid",
  "not_found",
  "conflict",
  "exhausted",
  "unavailable",
  "timeout",
  "internal",
  "locked_out",
  ...[400, 403, 404, 409, 422, 429].map((status) => `status ${status}`),
];

/** A word for an outcome; of a status that a request was refused with its number. */
function useOutcomeWord(): (outcome: string) => string {
  const { t } = useTranslation("management");
  return (outcome) => {
    const status = /^status ([0-9]+)$/.exec(outcome)?.[1];
    return status ? t("audit.status", { status }) : t(`audit.outcomes.${outcome}` as "audit.outcomes.ok", { defaultValue: outcome });
  };
}
/** The beginnings of actions, each a kind of thing that is done. */
const ACTIONS = [
  "login",
  "session.",
  "token.",
  "password.",
  "user.",
  "department.",
  "project.",
  "member.",
  "budget.",
  "namespace.",
  "cluster.",
  "node.",
  "operation.",
  "kubeconfig.",
  "keypair.",
  "agents.",
  "ca.",
  "manifest.",
  "object.",
  "workload.",
  "pod.",
  "application.",
  "canary.",
  "intent.",
  "secret.",
  "exec.",
  "shell.",
  "terminal.",
  "recording.",
  "proxy.",
  "port.",
  "audit.",
  "access.",
];

/** Who did what, when and from where. Filters stand in the address. */
export function Audit() {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const wordOf = useOutcomeWord();
  const { message, modal } = App.useApp();
  const [address] = useSearchParams();
  const [busy, setBusy] = useState<"export" | "verify">();
  const asked = Object.fromEntries(FILTERS.flatMap((name) => (address.get(name) ? [[name, address.get(name) as string]] : [])));
  const columns: Column<Entry>[] = [
    {
      key: "at",
      title: t("audit.at"),
      render: ({ at }) => (
        <time dateTime={at} style={{ whiteSpace: "nowrap" }}>
          {absolute(at)}
        </time>
      ),
      text: ({ at }) => at,
      width: 190,
    },
    { key: "actor", title: t("audit.actor"), render: ({ actor }) => actor || "—", text: ({ actor }) => actor },
    { key: "action", title: t("audit.action"), render: ({ action }) => <code>{action}</code>, text: ({ action }) => action },
    {
      key: "object",
      title: t("audit.object"),
      render: ({ object }) => <span style={{ overflowWrap: "anywhere" }}>{object}</span>,
      text: ({ object }) => object,
    },
    {
      key: "outcome",
      title: t("audit.outcome"),
      render: ({ outcome }) => <Badge status={outcome === "ok" ? "success" : "error"} text={wordOf(outcome)} />,
      text: ({ outcome }) => outcome,
    },
    {
      key: "cluster",
      title: common("place.cluster"),
      render: ({ cluster }) => (cluster ? <Link to={paths.cluster(cluster)}>{cluster}</Link> : "—"),
      text: ({ cluster }) => cluster,
    },
    { key: "namespace", title: common("place.namespace"), render: ({ namespace }) => namespace || "—", text: ({ namespace }) => namespace },
    { key: "from", title: t("session.from"), render: ({ from }) => from, text: ({ from }) => from },
    { key: "sequence", title: t("audit.sequence"), hidden: true, render: ({ sequence }) => sequence, text: ({ sequence }) => sequence },
    { key: "detail", title: t("audit.detail"), hidden: true, render: ({ detail }) => detail, text: ({ detail }) => detail },
    { key: "request", title: t("audit.request"), hidden: true, render: ({ requestId }) => <code>{requestId}</code>, text: ({ requestId }) => requestId },
  ];
  const exportAll = async () => {
    setBusy("export");
    try {
      const text = await read<string>(client.GET("/api/v1/audit/export", { params: { query: asked }, parseAs: "text" }));
      saveText(`audit-${dayjs().format("YYYYMMDD-HHmmss")}.ndjson`, text, "application/x-ndjson");
      void message.success(t("audit.exported", { count: text.split("\n").filter(Boolean).length }));
    } catch (failed) {
      void message.error(problemOf(failed).detail);
    } finally {
      setBusy(undefined);
    }
  };
  const verify = async () => {
    setBusy("verify");
    try {
      const { chain } = await read(client.GET("/api/v1/audit", { params: { query: { limit: 1, verify: true } } }));
      if (chain?.whole) modal.success({ title: t("audit.whole"), content: t("audit.wholeWhat", { count: chain.entries }) });
      else modal.error({ title: t("audit.broken"), content: t("audit.brokenWhat", { at: chain?.brokenAt ?? 0 }) });
    } catch (failed) {
      void message.error(problemOf(failed).detail);
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <>
      <PageHead
        title={common("menu.audit")}
        note={t("audit.what")}
        actions={
          <>
            <ReasonButton icon={<SafetyCertificateOutlined />} loading={busy === "verify"} onClick={() => void verify()}>
              {t("audit.verify")}
            </ReasonButton>
            <ReasonButton icon={<DownloadOutlined />} loading={busy === "export"} onClick={() => void exportAll()}>
              {t("audit.export")}
            </ReasonButton>
          </>
        }
      />
      <ServerTable<Entry>
        name="audit"
        path="/api/v1/audit"
        read={(question) => read(client.GET("/api/v1/audit", { params: { query: question } }))}
        columns={columns}
        rowKey={({ sequence }) => String(sequence)}
        searchable={false}
        also={{ names: [...FILTERS], bar: (now, ask) => <Filters now={now} ask={ask} /> }}
        expand={(entry) => (
          <Descriptions
            size="small"
            style={{ maxWidth: 900 }}
            column={1}
            items={[
              { key: "detail", label: t("audit.detail"), children: entry.detail || "—" },
              { key: "role", label: t("member.role"), children: common(`role.${entry.role}` as "role.administrator", { defaultValue: entry.role || "—" }) },
              { key: "request", label: t("audit.request"), children: <code>{entry.requestId}</code> },
              { key: "sequence", label: t("audit.sequence"), children: entry.sequence },
              { key: "hash", label: t("audit.hash"), children: <code style={{ overflowWrap: "anywhere" }}>{entry.hash}</code> },
            ]}
          />
        )}
      />
    </>
  );
}

function Filters({ now, ask }: { now: Question; ask: (change: Question) => void }) {
  const { t } = useTranslation("management");
  const { t: common } = useTranslation();
  const wordOf = useOutcomeWord();
  const clusters = useClusterNames().data?.items ?? [];
  const words = ["actor", "object", "namespace"] as const;
  const titles = { actor: t("audit.actor"), object: t("audit.objectBegins"), namespace: common("place.namespace") };
  const time = (name: "since" | "until") => (now[name] ? dayjs(String(now[name])) : null);
  return (
    <Flex gap={8} wrap>
      <Select
        allowClear
        showSearch
        aria-label={t("audit.action")}
        placeholder={t("audit.action")}
        style={{ width: 160 }}
        value={now.action as string | undefined}
        options={ACTIONS.map((value) => ({ value, label: t(`audit.kind.${value.replace(".", "")}` as "audit.kind.login"), title: value }))}
        optionFilterProp="label"
        onChange={(action?: string) => ask({ action })}
      />
      <Select
        allowClear
        aria-label={t("audit.outcome")}
        placeholder={t("audit.outcome")}
        style={{ width: 130 }}
        value={now.outcome as string | undefined}
        options={OUTCOMES.map((value) => ({ value, label: wordOf(value) }))}
        onChange={(outcome?: string) => ask({ outcome })}
      />
      <Select
        allowClear
        aria-label={common("place.cluster")}
        placeholder={common("place.cluster")}
        style={{ width: 130 }}
        value={now.cluster as string | undefined}
        options={clusters.map(({ name }) => ({ value: name, label: name }))}
        onChange={(cluster?: string) => ask({ cluster })}
      />
      {words.map((name) => (
        <Input.Search
          key={name + String(now[name] ?? "")}
          allowClear
          aria-label={titles[name]}
          placeholder={titles[name]}
          style={{ width: 190 }}
          defaultValue={now[name] as string | undefined}
          onSearch={(text) => ask({ [name]: text.trim() || undefined })}
        />
      ))}
      <DatePicker.RangePicker
        showTime
        allowEmpty={[true, true]}
        value={[time("since"), time("until")]}
        placeholder={[t("audit.since"), t("audit.until")]}
        onChange={(range) => {
          // It may be told within an effect, where nothing can be drawn at once.
          queueMicrotask(() => ask({ since: range?.[0]?.toDate().toISOString(), until: range?.[1]?.toDate().toISOString() }));
        }}
      />
    </Flex>
  );
}
