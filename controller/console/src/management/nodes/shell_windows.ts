// SPDX-License-Identifier: Apache-2.0
import { makeScreen } from "../../pods/terminal_screen";
import type { TerminalWindow } from "../../pods/terminal_windows";
import { apiPath, browser, query, TERMINAL_PROTOCOL } from "../../pods/sockets";
import { ShellSession } from "./shell_session";

export interface ShellWindow extends TerminalWindow<ShellSession> {
  dispose(): void;
}

const WORDS = new TextEncoder();
/** By cluster and node. They live while the page does. */
const windows = new Map<string, ShellWindow>();
const listeners = new Set<() => void>();
const tellAll = () => listeners.forEach((listener) => listener());

function makeWindow(): ShellWindow {
  const drawn = makeScreen({ readOnly: false });
  const { screen } = drawn;
  const watchers = new Set<() => void>();
  const tell = () => {
    made.version += 1;
    watchers.forEach((listener) => listener());
  };
  const session = new ShellSession(browser(TERMINAL_PROTOCOL), { output: (bytes) => screen.write(bytes), changed: tell });
  screen.onData((text) => session.type(WORDS.encode(text)));
  screen.onBinary((text) => session.type(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  screen.onResize(({ cols, rows }) => session.resize({ columns: cols, rows }));
  screen.onTitleChange((title) => {
    made.title = title;
    tell();
  });
  const leaving = (event: BeforeUnloadEvent) => session.phase.is === "attached" && event.preventDefault(); // it would end
  window.addEventListener("beforeunload", leaving);
  const made: ShellWindow = {
    session,
    screen,
    title: "",
    refused: false,
    version: 0,
    mount: (into) => drawn.mount(into, () => session.resize({ columns: screen.cols, rows: screen.rows })),
    look: drawn.look,
    subscribe: (listener) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    dispose: () => {
      window.removeEventListener("beforeunload", leaving);
      session.end();
      drawn.dispose();
    },
  };
  return made;
}

/** Opens a shell on a node, in the place of one that has ended; thrown is a ShellRefused. */
export async function openShell(cluster: string, node: string, { password, reason }: { password: string; reason: string }) {
  const made = makeWindow();
  const address = `${apiPath("clusters", cluster, "nodes", node, "shell")}?${query({ reason, columns: made.screen.cols, rows: made.screen.rows })}`;
  try {
    await made.session.open(address, password);
  } catch (refused) {
    made.dispose();
    throw refused;
  }
  closeShell(cluster, node);
  windows.set(`${cluster}/${node}`, made);
  tellAll();
}

export const shellOf = (cluster: string, node: string) => windows.get(`${cluster}/${node}`);

/** Ends it, if it runs. */
export function closeShell(cluster: string, node: string) {
  const key = `${cluster}/${node}`;
  windows.get(key)?.dispose();
  if (windows.delete(key)) tellAll();
}

/** Told when one comes or goes. */
export function followShells(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
