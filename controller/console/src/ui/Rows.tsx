// SPDX-License-Identifier: Apache-2.0
import { Table } from "antd";
import type { ColumnsType } from "antd/es/table";
import type { SorterResult } from "antd/es/table/interface";
import { memo, type ReactNode, useEffect, useRef } from "react";

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
  chosen?: Row[];
  choose?: (rows: Row[]) => void;
  disabled?: (row: Row) => boolean;
  expand?: (row: Row) => ReactNode;
  /** In place of rows. */
  empty: ReactNode;
  /** Sorts and filters otherwise. */
  ask: (change: Question) => void;
}

function RowsOf<Row extends object>({ columns, hidden, asked, items, rowKey, chosen, choose, ask, ...props }: Props<Row>) {
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
          selectedRowKeys: chosen.map((row) => (typeof rowKey === "function" ? rowKey(row) : String(row[rowKey]))),
          onChange: (_, rows) => choose?.(rows),
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
