// SPDX-License-Identifier: Apache-2.0
import { Input } from "antd";
import { useEffect, useRef, useState } from "react";

interface Props {
  title: string;
  /** What is asked for, as the page's address says. */
  value?: string;
  /** What was asked last is not answered yet. */
  waits: boolean;
  /** Half of it may be refused: it is asked when the typing pauses. */
  whole?: boolean;
  onSearch: (text: string | undefined) => void;
}

const PAUSE_MS = 250;

/**
 * Asks with the first key. What is typed while an answer is awaited waits, and the newest of it is asked when the answer is here:
 * as fast as the server, and never more than one question of it on the way.
 */
export function SearchBox({ title, value = "", waits, whole, onSearch }: Props) {
  const [typed, setTyped] = useState(value);
  /** Pinyin that is no word yet is not asked for. */
  const [composing, setComposing] = useState(false);
  const asked = useRef(value);
  const ask = (text: string) => {
    asked.current = text;
    onSearch(text || undefined);
  };
  useEffect(() => {
    if (value === asked.current) return;
    asked.current = value; // the address was changed elsewhere
    setTyped(value);
  }, [value]);
  useEffect(() => {
    // as long as the address does not say what was asked, the question has not even begun
    if (typed === asked.current || value !== asked.current || waits || composing) return undefined;
    let off = false;
    const askNow = () => off || ask(typed);
    // What is asked is drawn at once, which React does not do within an effect.
    const timer = whole ? setTimeout(askNow, PAUSE_MS) : queueMicrotask(askNow);
    return () => {
      off = true;
      clearTimeout(timer ?? undefined);
    };
  }, [typed, value, waits, composing]);
  return (
    <Input.Search
      allowClear
      style={{ width: 260 }}
      aria-label={title}
      placeholder={title}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onSearch={(text) => {
        setTyped(text); // also where the cross emptied it, which is told before the change is
        ask(text);
      }}
    />
  );
}
