// SPDX-License-Identifier: Apache-2.0
import { LeftOutlined, ReloadOutlined, RightOutlined, VerticalRightOutlined } from "@ant-design/icons";
import { keepPreviousData, replaceEqualDeep, useQuery } from "@tanstack/react-query";
import { App, Button, Empty, Flex, Space, Tooltip, Typography } from "antd";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "./Failure";
import { ColumnChoice, ExportButton, PageSize } from "./ListTools";
import { type Column, type Question, type RowKey, Rows } from "./Rows";
import { SearchBox } from "./SearchBox";
import { saveCsv } from "./csv";
import { StaleNote } from "./StaleNote";
import { useAddress } from "./address";

export type { Column, Question } from "./Rows";

/** One page of a list, as every list of the API answers. */
export interface Page<Row> {
  items: Row[];
  nextCursor?: string;
  total?: number;
  asOf?: string;
  stale?: string;
}

interface Props<Row> {
  /** Of the preferences and the CSV file. */
  name: string;
  /** The API's path template: by it the list is read anew when something changes. */
  path: string;
  /** Arguments of the path and what else tells one list from another. */
  scope?: Record<string, string | undefined>;
  read: (question: Question) => Promise<Page<Row>>;
  /** While they are the same array, a row that did not change is not drawn anew: a list that is long or lively keeps them (useMemo). */
  columns: Column<Row>[];
  rowKey: RowKey<Row>;
  /** A list of many pages: they are turned faster (see Rows). */
  long?: boolean;
  /** Buttons above the table, at its end. */
  actions?: ReactNode;
  /** Shown in place of rows when there is nothing at all: what to do next. */
  empty?: ReactNode;
  searchable?: boolean;
  /** Filters that are no column's: their names in the address, and what sets them. */
  also?: { names: string[]; bar: (asked: Question, ask: (change: Question) => void) => ReactNode };
  /** What the server also filters by, as text: its parameter, and what is asked for. */
  terms?: { name: string; title: string }[];
  selection?: { chosen: Row[]; choose: (rows: Row[]) => void; actions: ReactNode; disabled?: (row: Row) => boolean };
  expand?: (row: Row) => ReactNode;
}

const SIZES = [20, 50, 100, 500];
const NONE: never[] = [];
/** A wheel that comes and goes at once is none that helps. */
const SLOW = { delay: 400 }; // ms
const EXPORT_PAGE = 500;
const MOST_EXPORTED = 10_000;

function hiddenColumns(name: string, standard: string[]): string[] {
  try {
    const kept = window.localStorage.getItem(`slipway.columns.${name}`);
    return kept ? (JSON.parse(kept) as string[]) : standard;
  } catch {
    return standard;
  }
}

/** A list that the server pages, sorts, filters and searches. What is asked stands in the page's address. */
export function ServerTable<Row extends object>(props: Props<Row>) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [address, changeAddress] = useAddress();
  const [before, setBefore] = useState<string[]>([]);
  const [hidden, setHidden] = useState(() =>
    hiddenColumns(
      props.name,
      props.columns.filter((column) => column.hidden).map((column) => column.key),
    ),
  );
  const [exporting, setExporting] = useState(false);

  const terms = props.terms ?? [];
  const filters = [
    ...props.columns.flatMap((column) => (column.filter ? [column.filter.name] : [])),
    ...terms.map(({ name }) => name),
    ...(props.also?.names ?? []),
  ];
  const limit = SIZES.includes(Number(address.get("limit"))) ? Number(address.get("limit")) : SIZES[0];
  const asked: Question = { search: address.get("search") ?? undefined };
  const sort = address.get("sort");
  if (sort && props.columns.some((column) => column.sort === sort)) {
    asked.sort = sort;
    asked.order = address.get("order") === "desc" ? "desc" : "asc";
  }
  for (const name of filters) asked[name] = address.get(name) ?? undefined;
  const cursor = address.get("cursor") ?? undefined;
  const narrowed = Boolean(asked.search) || filters.some((name) => asked[name]);

  const question: Question = { ...asked, limit, cursor };
  const list = useQuery({
    queryKey: ["get", props.path, props.scope ?? {}, question],
    queryFn: () => props.read(question),
    placeholderData: keepPreviousData,
  });
  const waits = list.isPending || list.isPlaceholderData;

  /** Changes the address; whatever is asked anew begins at its first page. */
  const ask = (change: Question, keepCursor = false) => {
    if (!keepCursor) setBefore((kept) => (kept.length > 0 ? [] : kept)); // before the address, which is drawn at once
    changeAddress((next) => {
      if (!keepCursor) next.delete("cursor");
      for (const [key, value] of Object.entries(change)) {
        if (value === undefined || value === "") next.delete(key);
        else next.set(key, String(value));
      }
    });
  };

  const exportAll = async () => {
    setExporting(true);
    try {
      const rows: Row[] = [];
      let next: string | undefined;
      do {
        const page = await props.read({ ...asked, limit: EXPORT_PAGE, cursor: next });
        rows.push(...page.items);
        next = page.nextCursor;
      } while (next && rows.length < MOST_EXPORTED);
      const told = props.columns.filter((column) => column.text && !hidden.includes(column.key));
      saveCsv(
        props.name,
        told.map((column) => column.title),
        rows.map((row) => told.map((column) => column.text?.(row) ?? "")),
      );
      if (next) void message.warning(t("table.cut", { count: rows.length }));
      else void message.success(t("table.exported", { count: rows.length }));
    } finally {
      setExporting(false);
    }
  };

  // The rows are not drawn anew by what is no change to them: an answer that is on its way, a page that is asked for.
  const items = list.data?.items ?? NONE;
  const drawnAs = useRef(asked);
  drawnAs.current = replaceEqualDeep(drawnAs.current, asked);
  const askedFor = useRef(question);
  if (!list.isPlaceholderData) askedFor.current = replaceEqualDeep(askedFor.current, question);
  const newest = useRef({ ask, exportAll });
  useEffect(() => {
    newest.current = { ask, exportAll };
  });
  const askStably = useCallback((change: Question) => newest.current.ask(change), []);
  const resize = useCallback((size: number) => newest.current.ask({ limit: size === SIZES[0] ? undefined : size }), []);
  const startExport = useCallback(() => void newest.current.exportAll(), []);
  const hide = useCallback(
    (next: string[]) => {
      setHidden(next);
      window.localStorage.setItem(`slipway.columns.${props.name}`, JSON.stringify(next));
    },
    [props.name],
  );

  const nothing = narrowed ? (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("table.nothingFound")}>
      <Button onClick={() => ask(Object.fromEntries(["search", ...filters].map((name) => [name, undefined])))}>{t("table.clear")}</Button>
    </Empty>
  ) : (
    (props.empty ?? <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t("table.empty")} />)
  );

  return (
    <>
      <Flex justify="space-between" wrap gap={8} style={{ marginBottom: 12 }}>
        <Space wrap>
          {props.searchable !== false && (
            <SearchBox title={t("table.search")} value={asked.search as string | undefined} waits={waits} onSearch={(search) => ask({ search })} />
          )}
          {terms.map(({ name, title }) => (
            <SearchBox whole key={name} title={title} value={asked[name] as string | undefined} waits={waits} onSearch={(text) => ask({ [name]: text })} />
          ))}
          {props.also?.bar(asked, ask)}
          {props.selection && props.selection.chosen.length > 0 && (
            <>
              <Typography.Text>{t("table.selected", { count: props.selection.chosen.length })}</Typography.Text>
              {props.selection.actions}
            </>
          )}
        </Space>
        <Space wrap>
          <Tooltip title={t("action.refresh")}>
            <Button
              aria-label={t("action.refresh")}
              icon={<ReloadOutlined />}
              loading={list.isFetching && !list.isPending && SLOW}
              onClick={() => void list.refetch()}
            />
          </Tooltip>
          <ColumnChoice columns={props.columns} hidden={hidden} hide={hide} />
          {props.columns.some((column) => column.text) && <ExportButton exporting={exporting} start={startExport} />}
          {props.actions}
        </Space>
      </Flex>
      {list.error && <Failure error={list.error} again={() => void list.refetch()} />}
      {list.data?.stale && <StaleNote why={list.data.stale} asOf={list.data.asOf} />}
      {/* scrolled from without: Ant Design's own way repeats the header, with its checkbox, in a row hidden from screen readers */}
      <div tabIndex={0} style={{ overflowX: "auto" }}>
        <Rows<Row>
          columns={props.columns}
          hidden={hidden}
          asked={drawnAs.current}
          items={items}
          loading={list.isPending && !list.error}
          rowKey={props.rowKey}
          inPlaceOf={props.long ? askedFor.current : undefined}
          chosen={props.selection?.chosen}
          choose={props.selection?.choose}
          disabled={props.selection?.disabled}
          expand={props.expand}
          empty={items.length > 0 ? undefined : list.isPending || list.error ? " " : nothing}
          ask={askStably}
        />
      </div>
      <Flex justify="space-between" align="center" wrap gap={8} style={{ marginTop: 12 }}>
        <Typography.Text type="secondary">{list.data?.total !== undefined && t("table.total", { count: list.data.total })}</Typography.Text>
        <Space>
          <PageSize sizes={SIZES} size={limit} choose={resize} />
          {cursor && <Button aria-label={t("action.firstPage")} icon={<VerticalRightOutlined />} onClick={() => ask({})} />}
          <Button
            aria-label={t("action.previous")}
            icon={<LeftOutlined />}
            disabled={!cursor || before.length === 0}
            onClick={() => {
              setBefore(before.slice(0, -1));
              ask({ cursor: before[before.length - 1] || undefined }, true);
            }}
          />
          <Button
            aria-label={t("action.next")}
            icon={<RightOutlined />}
            disabled={!list.data?.nextCursor || list.isPlaceholderData}
            onClick={() => {
              setBefore([...before, cursor ?? ""]);
              ask({ cursor: list.data?.nextCursor }, true);
            }}
          />
        </Space>
      </Flex>
    </>
  );
}
