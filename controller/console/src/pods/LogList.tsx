// SPDX-License-Identifier: Apache-2.0
import "./logs.css";
import { theme } from "antd";
import { type RefObject, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useDark } from "../app/preferences";
import { pieces } from "./ansi";
import type { LogLine, LogStore } from "./log_lines";
import { cells, RowMap, rowStarts } from "./log_rows";

const ROW = 20;
/** Rows that are drawn beyond what is seen, so that a slow scroll shows no hole. */
const MARGIN = 12;
const PADDING = 16;
/** What a person can see change; more often is work for nobody. */
const DRAW_MS = 80;

export interface LogListHandle {
  /** Brings a line into the middle. */
  show(line: number): void;
}

interface Props {
  store: LogStore;
  label: string;
  wrap: boolean;
  times: boolean;
  /** What is searched for, in lower case, and the find that is looked at. */
  wanted: string;
  here?: number;
  /** Stays at the newest line. */
  follow: boolean;
  onFollow: (follow: boolean) => void;
  height: string;
  handle: RefObject<LogListHandle | null>;
}

/** The store's state for drawing, at most once each DRAW_MS. */
export function useStore(store: LogStore): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      timer = undefined;
      setVersion((now) => now + 1);
    };
    const stop = store.subscribe(() => {
      timer ??= setTimeout(draw, DRAW_MS);
    });
    draw();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store]);
  return version;
}

/** The reader's clock, to the millisecond: the runtime's own has nine places that nobody reads. */
function shortTime(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** Lines of a log, of which only those that are seen are in the page. */
export function LogList({ store, label, wrap, times, wanted, here, follow, onFollow, height, handle }: Props) {
  const version = useStore(store);
  const { token } = theme.useToken();
  const dark = useDark();
  const frame = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  const lastTop = useRef(0);
  const [map] = useState(() => new RowMap());
  const [view, setView] = useState({ top: 0, height: 600, width: 1000, cell: 7.5 });

  const columns = wrap ? Math.max(20, Math.floor((view.width - PADDING) / view.cell)) : 0;
  const prefix = (line: LogLine) => `${times && line.time ? `${shortTime(line.time)} ` : ""}${line.source ? `${line.source} ` : ""}`;
  const rowsGone = useMemo(() => map.follow(store, columns, (line) => cells(prefix(line)), times ? 1 : 0), [version, store, columns, times, map]);

  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const measure = () => {
      const cell = (probe.current?.getBoundingClientRect().width ?? 75) / 10;
      setView((now) => ({ ...now, height: element.clientHeight, width: element.clientWidth, cell: cell || now.cell }));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  // What is read stays where it is while older lines go; who follows stays at the end.
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    if (follow) element.scrollTop = element.scrollHeight;
    else if (rowsGone > 0) element.scrollTop = Math.max(0, element.scrollTop - rowsGone * ROW);
    lastTop.current = element.scrollTop;
    setView((now) => (now.top === element.scrollTop ? now : { ...now, top: element.scrollTop }));
  }, [version, follow, rowsGone, columns]);

  useImperativeHandle(handle, () => ({
    show: (line) => {
      const element = frame.current;
      if (!element) return;
      element.scrollTop = Math.max(0, map.rowOf(line) * ROW - element.clientHeight / 2);
      lastTop.current = element.scrollTop;
    },
  }));

  const scrolled = () => {
    const element = frame.current;
    if (!element) return;
    const top = element.scrollTop;
    const atEnd = element.scrollHeight - top - element.clientHeight < ROW;
    if (follow && top < lastTop.current - 1 && !atEnd) onFollow(false);
    if (!follow && atEnd && top > lastTop.current) onFollow(true);
    lastTop.current = top;
    setView((now) => ({ ...now, top }));
  };

  const begin = Math.max(0, Math.floor(view.top / ROW) - MARGIN);
  const end = Math.min(map.total, Math.ceil((view.top + view.height) / ROW) + MARGIN);
  const rows = [];
  for (let row = begin; row < end; row += 1) {
    const place = map.place(row);
    const line = store.at(place.line);
    if (!line) break;
    const key = `${place.line}:${place.row}`;
    const isHere = place.line === here;
    rows.push(<Row key={key} line={line} row={place.row} columns={columns} prefix={prefix(line)} wanted={wanted} here={isHere} times={times} />);
  }
  return (
    <div
      ref={frame}
      role="log"
      aria-live="off"
      aria-label={label}
      tabIndex={0}
      className="log"
      data-dark={dark}
      data-rows={map.total}
      onScroll={scrolled}
      style={{ height, border: `1px solid ${token.colorBorder}`, borderRadius: token.borderRadius }}
    >
      <span ref={probe} aria-hidden style={{ position: "absolute", visibility: "hidden" }}>
        {"0".repeat(10)}
      </span>
      <div style={{ height: map.total * ROW }}>
        <div className="log-rows" style={{ top: begin * ROW }}>
          {rows}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  line: LogLine;
  /** Which of the line's rows. */
  row: number;
  columns: number;
  prefix: string;
  wanted: string;
  here: boolean;
  times: boolean;
}

function Row({ line, row, columns, prefix, wanted, here, times }: RowProps) {
  const indent = cells(prefix);
  const starts = columns > 0 ? rowStarts(line.plain, Math.max(1, columns - indent)) : [0];
  const parts = pieces(line, wanted, starts[row] ?? 0, starts[row + 1] ?? line.plain.length);
  return (
    <div className="log-row" data-kind={line.kind} data-here={here}>
      {row > 0 ? (
        " ".repeat(indent)
      ) : (
        <>
          {times && line.time && <span className="log-time">{`${shortTime(line.time)} `}</span>}
          {line.source && <span className="log-source">{`${line.source} `}</span>}
        </>
      )}
      {parts.map(({ text, look, found }, index) =>
        found ? (
          <mark key={index} className={`log-found ${look}`}>
            {text}
          </mark>
        ) : (
          <span key={index} className={look || undefined}>
            {text}
          </span>
        ),
      )}
    </div>
  );
}
