// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from "react";
import i18n, { type Language, language } from "../i18n";

const TICK_MS = 5_000;
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** Making one costs more than its use, and a list has many times. */
const formats = new Map<Language, { relative: Intl.RelativeTimeFormat; absolute: Intl.DateTimeFormat }>();

function formatsOf(speech: Language) {
  const kept = formats.get(speech) ?? {
    relative: new Intl.RelativeTimeFormat(speech, { numeric: "auto" }),
    absolute: new Intl.DateTimeFormat(speech, { dateStyle: "medium", timeStyle: "medium" }),
  };
  formats.set(speech, kept);
  return kept;
}

let now = Date.now();
const watchers = new Set<() => void>();
const tell = () => watchers.forEach((watcher) => watcher());
setInterval(() => {
  now = Date.now();
  tell();
}, TICK_MS);
i18n.on("languageChanged", tell);

function watch(watcher: () => void) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The time of the page's clock, in steps; one clock for all that is shown. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

/** "3 minutes ago", in the language of the page. */
export function relative(at: number, from: number): string {
  const seconds = Math.round((at - from) / 1000);
  const [unit, size] = STEPS.find(([, long]) => Math.abs(seconds) >= long) ?? STEPS[STEPS.length - 1];
  return formatsOf(language()).relative.format(Math.trunc(seconds / size), unit);
}

/** The day and the time by the reader's clock. */
export function absolute(at: number | string): string {
  return formatsOf(language()).absolute.format(new Date(at));
}

/**
 * How long ago, with day and time on hover: as the browser shows a title, since a list has many.
 * `at`: RFC 3339; nothing is said as a dash. `ahead`: it may be yet to come, as an expiry.
 */
export function Time({ at, ahead }: { at?: string; ahead?: boolean }) {
  const from = useNow();
  useSyncExternalStore(watch, language); // another language tells it anew; useTranslation costs more than all else here
  if (!at) return <>—</>;
  return (
    <time dateTime={at} title={absolute(at)}>
      {relative(new Date(at).getTime(), ahead ? from : Math.max(from, new Date(at).getTime()))}
    </time>
  );
}
