// SPDX-License-Identifier: Apache-2.0
import type { Query, QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { heard } from "./client";
import { REFUSAL_PROTOCOL, refusalIn } from "./refusal";

/** The link to the controller's event socket. */
export interface Link {
  state: "connecting" | "linked" | "lost";
  /** When the state began. */
  since: number;
  /** Of one that is lost: the controller is there, and gives this for a reason. */
  why?: string;
}

const PROTOCOL = "slipway.events.v1";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** A link that stayed up for so long was good: the next loss waits from the beginning again. */
const GOOD_AFTER_MS = 20_000;
/** News of so long are taken together, so that a busy cluster does not keep a page reading. */
const GATHER_MS = 400;

/** What a topic is news for, where it is not the list of that name: parts of the API's paths. */
const READERS: Record<string, string[]> = {
  cluster: ["/clusters", "/operations", "/machines", "/cluster-names"],
  node: ["/nodes", "/machines", "/operations", "/clusters", "/cluster-names"],
  operation: ["/operations", "/clusters"],
  freshness: ["/clusters/{cluster}/", "/cluster-names", "/namespaces"],
  namespace: ["/namespaces", "/budget"],
  resourcequota: ["/namespaces"],
  application: ["/applications"],
  deployment: ["/deployments", "/workloads", "/applications", "/canaries"],
  statefulset: ["/statefulsets", "/workloads", "/applications"],
  daemonset: ["/daemonsets", "/workloads", "/applications"],
  replicaset: ["/replicasets", "/revisions"],
  job: ["/jobs", "/workloads", "/applications"],
  cronjob: ["/cronjobs", "/workloads", "/applications"],
  service: ["/services", "/applications"],
  ingress: ["/ingresses", "/applications"],
  storageclass: ["/storageclasses"],
};

/** Whether a query's path is news of one of the topics. */
export function concerns(path: string, topics: ReadonlySet<string>): boolean {
  if (topics.has("resync")) return true;
  for (const topic of topics) {
    const readers = READERS[topic] ?? [`/${topic}s`];
    if (readers.some((part) => path.includes(part))) return true;
  }
  return false;
}

function pathOf(query: Query): string {
  const path = query.queryKey[1];
  return typeof path === "string" ? path : "";
}

let link: Link = { state: "connecting", since: Date.now() };
const listeners = new Set<() => void>();

function become(state: Link["state"], why?: string) {
  if (link.state === state && link.why === why) return;
  link = { state, since: link.state === state ? link.since : Date.now(), why };
  listeners.forEach((listener) => listener());
}

/** Keeps what is shown new: reads anew what the controller says has changed. Returns what ends it. */
export function follow(queries: QueryClient): () => void {
  let socket: WebSocket | undefined;
  let wait = FIRST_WAIT_MS;
  let again: ReturnType<typeof setTimeout> | undefined;
  let gathered = new Set<string>();
  let late = new Set<Query>();
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  const readAnew = () => {
    gathering = undefined;
    const topics = gathered;
    const before = late;
    gathered = new Set();
    const isConcerned = (query: Query) => before.has(query) || concerns(pathOf(query), topics);
    // what is being read may be from before the news: it is read once more, the next time
    late = new Set(queries.getQueryCache().findAll({ predicate: isConcerned, fetchStatus: "fetching" }));
    void queries.invalidateQueries({ predicate: (query) => isConcerned(query) && !late.has(query) }, { cancelRefetch: false });
    if (late.size > 0) gathering = setTimeout(readAnew, GATHER_MS);
  };
  const news = (topic: string) => {
    gathered.add(topic);
    gathering ??= setTimeout(readAnew, GATHER_MS);
  };
  const open = () => {
    const address = new URL("/api/v1/events", window.location.href);
    address.protocol = address.protocol === "http:" ? "ws:" : "wss:";
    const made = new WebSocket(address, [PROTOCOL, REFUSAL_PROTOCOL]);
    socket = made;
    let openedAt = 0;
    made.onopen = () => {
      if (made.protocol === REFUSAL_PROTOCOL) return;
      openedAt = Date.now();
      become("linked");
      news("resync"); // what happened until now, since the page was read or the link was lost, nobody told us
    };
    made.onmessage = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as { topic: string };
      news(event.topic);
    };
    made.onclose = (close) => {
      if (over) return;
      become("lost", heard(refusalIn(close))?.words);
      wait = openedAt > 0 && Date.now() - openedAt > GOOD_AFTER_MS ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
      again = setTimeout(open, wait * (0.5 + Math.random() / 2));
    };
  };
  open();
  return () => {
    over = true;
    clearTimeout(again);
    clearTimeout(gathering);
    socket?.close();
    become("connecting");
  };
}

/** The link as it is now. */
export function useLink(): Link {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => link,
  );
}
