// SPDX-License-Identifier: Apache-2.0
import { heard } from "../api/client";
import { REFUSAL_PROTOCOL, refusalIn } from "../api/refusal";
import type { Surroundings } from "./terminal_session";

export const TERMINAL_PROTOCOL = "slipway.terminal.v1";

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

/** The browser's sockets, clock and dice. */
export function browser(protocol: string): Surroundings {
  return {
    connect: (address, events) => {
      const socket = new WebSocket(socketAddress(address), [protocol, REFUSAL_PROTOCOL]);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => socket.protocol !== REFUSAL_PROTOCOL && events.opened?.();
      socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => (typeof data === "string" ? events.text(data) : events.bytes(new Uint8Array(data)));
      socket.onclose = (close) => events.closed(heard(refusalIn(close)));
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
