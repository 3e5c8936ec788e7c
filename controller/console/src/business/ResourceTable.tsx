// SPDX-License-Identifier: Apache-2.0
import { PlusOutlined } from "@ant-design/icons";
import { Button, Empty, Tooltip, Typography } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { usePlace } from "../app/place";
import { type Column, ServerTable } from "../ui/ServerTable";
import { useHindrance } from "../session/rights";
import { type ListName, listPath, readList, type Rows } from "./lists";

interface Props<List extends ListName> {
  list: List;
  columns: Column<Rows[List]>[];
  /** Makes a new one: the words of its button, and what it does. */
  create?: { text: string; start: () => void };
  /** What more there is to know of the kind, in its empty list. */
  hint?: string;
  selection?: { chosen: Rows[List][]; choose: (rows: Rows[List][]) => void; actions: ReactNode; disabled?: (row: Rows[List]) => boolean };
  /** Narrows the list down beyond what its reader asks: labels, owner, object … */
  only?: Record<string, string | undefined>;
  /** In another namespace than the address says. */
  namespace?: string;
  expand?: (row: Rows[List]) => ReactNode;
  actions?: ReactNode;
}

/** A list of the cluster and the namespace that the address says. */
export function ResourceTable<List extends ListName>({ list, columns, create, hint, selection, only, expand, actions, ...props }: Props<List>) {
  const { t } = useTranslation("business");
  const place = usePlace();
  const namespace = props.namespace ?? place.namespace;
  const hindrance = useHindrance(place.cluster);
  const hindered = hindrance(namespace);
  const button = create && (
    <Tooltip title={hindered}>
      <Button type="primary" icon={<PlusOutlined />} disabled={hindered !== undefined} onClick={create.start}>
        {create.text}
      </Button>
    </Tooltip>
  );
  return (
    <ServerTable<Rows[List]>
      key={`${list}/${place.cluster}/${namespace ?? ""}`}
      name={list}
      path={listPath(list)}
      scope={{ cluster: place.cluster, namespace, ...only }}
      read={(question) => readList(list, place.cluster, { namespace, ...only, ...question })}
      columns={columns}
      rowKey="uid"
      terms={list === "events" || only?.labels ? undefined : [{ name: "labels", title: t("list.byLabels") }]}
      selection={selection}
      expand={expand}
      actions={
        <>
          {actions}
          {button}
        </>
      }
      empty={hint || create ? <Empty description={hint}>{button}</Empty> : undefined}
    />
  );
}

/** The page of one list. */
export function ListPage({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <>
      <Typography.Title level={2} style={{ marginTop: 0 }}>
        {title}
      </Typography.Title>
      {about && <Typography.Paragraph type="secondary">{about}</Typography.Paragraph>}
      {children}
    </>
  );
}

/** The choices of a filter whose values Kubernetes names itself. */
export function choicesOf(values: string[]): { value: string; text: string }[] {
  return values.map((value) => ({ value, text: value }));
}

/** The choices of a filter by the controller's own states. */
export function useStateChoices(values: string[]): { value: string; text: string }[] {
  const { t } = useTranslation();
  return values.map((value) => ({ value, text: t(`state.${value}` as "state.running") }));
}
