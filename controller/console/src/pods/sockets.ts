// SPDX-License-Identifier: Apache-2.0
import { client } from "../api/client";
import type { Surroundings, TerminalPlace } from "./terminal_session";

const PROTOCOL = "slipway.terminal.v1";

/** Where a container runs. */
export interface ContainerPlace {
  cluster: string;
  namespace: string;
  pod: string;
  container: string;
}

/** The query's part of an address; what is undefined is left out, an array is told each by each. */
export function query(of: Record<string, string | number | boolean | string[] | undefined>): string {
  const all = new URLSearchParams();
  for (const [key, value] of Object.entries(of)) {
    if (Array.isArray(value)) value.forEach((one) => all.append(key, one));
    else if (value !== undefined) all.set(key, String(value));
  }
  return all.toString();
}

/** An address of the API, with its parts as they are. */
export function apiPath(...parts: string[]): string {
  return `/api/v1/${parts.map(encodeURIComponent).join("/")}`;
}

/** The same place for a WebSocket. */
export function socketAddress(path: string): URL {
  const address = new URL(path, window.location.href);
  address.protocol = address.protocol === "http:" ? "ws:" : "wss:";
  return address;
}

/** Whether a terminal is there still; words: it is not. What cannot be known now is no reason to give up. */
async function refusalOfTakingUp(cluster: string, place: TerminalPlace, gone: () => string): Promise<string | undefined> {
  const { data, error } = await client.GET("/api/v1/clusters/{cluster}/terminals", { params: { path: { cluster }, query: { limit: 500 } } });
  if (error) return error.status === 403 || error.status === 404 ? error.detail : undefined;
  if (data.nextCursor || data.items.some(({ id }) => id === place.terminal)) return undefined;
  return data.unasked.some(({ node }) => node === place.node) ? undefined : gone();
}

const PASSING = [502, 503, 504];

/**
 * Why no socket can be opened to a container: a page may not read that, but the log's plain answer is refused for the
 * same reasons. `final`: there is no sense in coming back.
 */
export async function refusalOfLog(
  { cluster, namespace, pod, container }: ContainerPlace,
  previous = false,
): Promise<{ words: string; final: boolean } | undefined> {
  const { error } = await client.GET("/api/v1/clusters/{cluster}/namespaces/{namespace}/pods/{pod}/log", {
    params: { path: { cluster, namespace, pod }, query: { container, limitBytes: 1, previous } },
    parseAs: "text",
  });
  return error && { words: error.detail, final: !PASSING.includes(error.status) };
}

/** The browser's sockets, clock and dice. */
export function browser(protocol: string): Omit<Surroundings, "refusal"> {
  return {
    connect: (address, events) => {
      const socket = new WebSocket(socketAddress(address), protocol);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => events.opened?.();
      socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => (typeof data === "string" ? events.text(data) : events.bytes(new Uint8Array(data)));
      socket.onclose = () => events.closed();
      return {
        send: (data) => socket.readyState === WebSocket.OPEN && socket.send(data as string | Uint8Array<ArrayBuffer>),
        close: () => socket.close(),
      };
    },
    after: (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
    random: () => Math.random(),
  };
}

/** The browser, for a terminal. `gone`: the words for one that has ended. */
export function browserFor(container: ContainerPlace, gone: () => string): Surroundings {
  return {
    ...browser(PROTOCOL),
    refusal: async (place) => (place ? refusalOfTakingUp(container.cluster, place, gone) : (await refusalOfLog(container))?.words),
  };
}
