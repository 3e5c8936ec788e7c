// SPDX-License-Identifier: Apache-2.0
import { DownOutlined, UpOutlined, VerticalAlignBottomOutlined } from "@ant-design/icons";
import { Button, Checkbox, Flex, Input, type InputRef, Space, Tooltip, Typography } from "antd";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { LogList, type LogListHandle, useStore } from "./LogList";
import { Finds, type LogStore, MOST_LINES } from "./log_lines";

const TYPING_MS = 200;

interface Props {
  store: LogStore;
  label: string;
  /** What chooses the log, and what is done with it. */
  tools: ReactNode;
  /** How it stands. */
  status: ReactNode;
  height: string;
}

/** A log with what reads it: search, wrap, times, the way to its end. */
export function LogPane({ store, label, tools, status, height }: Props) {
  const { t } = useTranslation("pods");
  const version = useStore(store);
  const [wrap, setWrap] = useState(false);
  const [times, setTimes] = useState(false);
  const [follow, setFollow] = useState(true);
  const [typed, setTyped] = useState("");
  const [wanted, setWanted] = useState("");
  const [here, setHere] = useState<number>();
  const [finds] = useState(() => new Finds());
  const list = useRef<LogListHandle>(null);
  const search = useRef<InputRef>(null);

  useEffect(() => {
    const timer = setTimeout(() => setWanted(typed.toLowerCase()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const numbers = useMemo(() => {
    finds.look(store, wanted);
    return finds.numbers;
  }, [finds, store, wanted, version]);
  const none = numbers.length === 0;
  const at = here === undefined ? -1 : numbers.indexOf(here);

  const go = (step: 1 | -1) => {
    if (numbers.length === 0) return;
    let next: number;
    if (at >= 0) next = (at + step + numbers.length) % numbers.length;
    else next = step > 0 ? 0 : numbers.length - 1;
    setFollow(false);
    setHere(numbers[next]);
    list.current?.show(numbers[next]);
  };

  return (
    <Flex
      vertical
      gap={8}
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || event.key !== "f") return;
        event.preventDefault(); // the browser would search what is drawn, which is little of it
        search.current?.focus({ cursor: "all" });
      }}
    >
      <Flex wrap gap={8} justify="space-between">
        <Space wrap>{tools}</Space>
        <Space wrap>
          <Checkbox checked={times} onChange={(event) => setTimes(event.target.checked)}>
            {t("log.times")}
          </Checkbox>
          <Checkbox checked={wrap} onChange={(event) => setWrap(event.target.checked)}>
            {t("log.wrap")}
          </Checkbox>
          <Input
            ref={search}
            allowClear
            style={{ width: 240 }}
            aria-label={t("log.search")}
            placeholder={t("log.search")}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onPressEnter={(event) => go(event.shiftKey ? -1 : 1)}
          />
          <Space.Compact>
            <Button aria-label={t("log.previousFind")} title={t("log.previousFind")} icon={<UpOutlined />} disabled={none} onClick={() => go(-1)} />
            <Button aria-label={t("log.nextFind")} title={t("log.nextFind")} icon={<DownOutlined />} disabled={none} onClick={() => go(1)} />
          </Space.Compact>
          {wanted && (
            <Typography.Text type={numbers.length > 0 ? "secondary" : "danger"} style={{ whiteSpace: "nowrap" }}>
              {at >= 0 ? `${at + 1} / ${numbers.length}` : t("log.found", { count: numbers.length })}
            </Typography.Text>
          )}
        </Space>
      </Flex>
      <div style={{ position: "relative" }}>
        <LogList
          store={store}
          label={label}
          wrap={wrap}
          times={times}
          wanted={wanted}
          here={here}
          follow={follow}
          onFollow={setFollow}
          height={height}
          handle={list}
        />
        {!follow && (
          <Tooltip title={t("log.toEnd")}>
            <Button
              shape="circle"
              type="primary"
              aria-label={t("log.toEnd")}
              icon={<VerticalAlignBottomOutlined />}
              style={{ position: "absolute", right: 24, bottom: 24 }}
              onClick={() => setFollow(true)}
            />
          </Tooltip>
        )}
      </div>
      <Flex justify="space-between" wrap gap={8}>
        <span role="status">{status}</span>
        <Typography.Text type="secondary">
          {t("log.lines", { count: store.lines.length })}
          {store.dropped > 0 && ` · ${t("log.dropped", { count: store.dropped, most: MOST_LINES })}`}
        </Typography.Text>
      </Flex>
    </Flex>
  );
}
