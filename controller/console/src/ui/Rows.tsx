// SPDX-License-Identifier: Apache-2.0
import { replaceEqualDeep } from "@tanstack/react-query";
import { type CheckboxProps, Table } from "antd";
import type { ColumnsType } from "antd/es/table";
import type { SorterResult } from "antd/es/table/interface";
import { cloneElement, memo, type ReactElement, type ReactNode, useEffect, useRef } from "react";

/** What a list is asked with: limit, cursor, sort, order, search and the filters of its columns. */
export type Question = Record<string, string | number | undefined>;

export interface Column<Row> {
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** For the CSV; without it the column is not exported. */
  text?: (row: Row) => string | number | undefined;
  /** The server sorts by it under this name. */
  sort?: string;
  /** The server filters by it: the name of its parameter, and what may be chosen. */
  filter?: { name: string; choices: { value: string; text: string }[]; single?: boolean };
  /** Not shown until somebody chooses it. */
  hidden?: boolean;
  width?: number | string;
}

/** What tells a row from the others: a property of it, or more. */
export type RowKey<Row> = (string & keyof Row) | ((row: Row) => string);

interface Props<Row> {
  columns: Column<Row>[];
  /** Keys of columns that are not shown. */
  hidden: string[];
  /** By what the list is sorted and filtered now. */
  asked: Question;
  items: Row[];
  loading: boolean;
  rowKey: RowKey<Row>;
  /**
   * What the items were asked for. When it is another, as by a page that is turned, the rows are changed where they stand and not made
   * anew, which is faster; no cell may remember anything then but what tells its rows apart, as an ActionMenu with an `id` does. Lists that
   * are short, or whose rows unfold, have none.
   */
  inPlaceOf?: Question;
  chosen?: Row[];
  choose?: (rows: Row[]) => void;
  disabled?: (row: Row) => boolean;
  expand?: (row: Row) => ReactNode;
  /** In place of rows. */
  empty: ReactNode;
  /** Sorts and filters otherwise. */
  ask: (change: Question) => void;
}

/** Places by key, in the order of the rows: a page that is `turned` takes those of the page before, else who comes has a new one. */
export function takePlaces(before: ReadonlyMap<string, number>, keys: string[], turned: boolean): Map<string, number> {
  const old = turned && !keys.some((key) => before.has(key)) ? [...before.values()] : [];
  let last = Math.max(-1, ...before.values());
  return new Map(keys.map((key, at) => [key, before.get(key) ?? old[at] ?? ++last]));
}

type Box = ReactElement<CheckboxProps & { "aria-label"?: string }>;
type Looks = Pick<Box["props"], "checked" | "disabled" | "indeterminate" | "aria-label">;

/**
 * The box by which a row is chosen. It costs more than the rest of its row, and is drawn anew only when it looks otherwise; what it
 * does is always the newest's that Ant Design has made. It holds none of those itself: each holds all rows of its time.
 */
const RowBox = memo(({ newest }: Looks & { newest: { box: Box } }) =>
  cloneElement(newest.box, {
    onClick: (event) => newest.box.props.onClick?.(event),
    onChange: (event) => newest.box.props.onChange?.(event),
  }),
);

function RowsOf<Row extends object>({ columns, hidden, asked, items, inPlaceOf, chosen, choose, ask, ...props }: Props<Row>) {
  const keyOf = (row: Row) => (typeof props.rowKey === "function" ? props.rowKey(row) : String(row[props.rowKey]));
  const inPlace = inPlaceOf !== undefined && !props.expand;
  const places = useRef<{ of?: Question; at: Map<string, number> }>({ at: new Map() });
  if (inPlace) places.current = { of: inPlaceOf, at: takePlaces(places.current.at, items.map(keyOf), places.current.of !== inPlaceOf) };
  const rowKey = (row: Row) => places.current.at.get(keyOf(row)) ?? keyOf(row);
  // Ant Design draws the whole table a second time when these are another array, be they the same.
  const chosenKeys = useRef<(string | number)[]>([]);
  chosenKeys.current = replaceEqualDeep(chosenKeys.current, (chosen ?? []).map(rowKey));
  const boxes = useRef<{ box: Box }[]>([]);
  boxes.current.splice(items.length);
  const drawn = useRef<Column<Row>[]>(undefined);
  useEffect(() => {
    drawn.current = columns;
  });
  const keptColumns = drawn.current === columns;
  const shown: ColumnsType<Row> = columns
    .filter((column) => !hidden.includes(column.key))
    .map((column) => ({
      key: column.key,
      title: column.title,
      width: column.width,
      ...(column.key === "actions" && { fixed: "end" as const }), // in reach however narrow the page is
      render: (_: unknown, row: Row) => column.render(row),
      shouldCellUpdate: (row: Row, before: Row) => !keptColumns || row !== before,
      sorter: column.sort !== undefined,
      sortOrder: column.sort && asked.sort === column.sort ? (asked.order === "desc" ? "descend" : "ascend") : null,
      ...(column.filter && {
        filterMultiple: !column.filter.single,
        filters: column.filter.choices.map(({ value, text }) => ({ value, text })),
        filteredValue: asked[column.filter.name] ? String(asked[column.filter.name]).split(",") : null,
      }),
    }));

  return (
    <Table<Row>
      size="middle"
      columns={shown}
      dataSource={items}
      rowKey={rowKey}
      loading={props.loading}
      pagination={false}
      style={{ minWidth: "max-content" }}
      locale={{ emptyText: props.empty }}
      expandable={props.expand && { expandedRowRender: props.expand }}
      rowSelection={
        chosen && {
          selectedRowKeys: chosenKeys.current,
          onChange: (_, rows) => choose?.(rows),
          renderCell: (_, _row, at, node) => {
            const newest = (boxes.current[at] ??= { box: node as Box });
            newest.box = node as Box;
            const { checked, disabled, indeterminate, "aria-label": label } = newest.box.props;
            return <RowBox checked={checked} disabled={disabled} indeterminate={indeterminate} aria-label={label} newest={newest} />;
          },
          getCheckboxProps: (row) => ({ disabled: props.disabled?.(row) ?? false }),
        }
      }
      onChange={(_, filters, sorter) => {
        const one = sorter as SorterResult<Row>;
        const column = columns.find((candidate) => candidate.key === one.columnKey);
        const change: Question = one.order
          ? { sort: column?.sort, order: one.order === "descend" ? "desc" : undefined }
          : { sort: undefined, order: undefined };
        for (const each of columns) {
          if (each.filter) change[each.filter.name] = filters[each.key]?.join(",");
        }
        ask(change);
      }}
    />
  );
}

/** The rows of a list below their headers. They are drawn anew when one of the properties is another, and of them only what changed. */
export const Rows = memo(RowsOf) as typeof RowsOf;
