// SPDX-License-Identifier: Apache-2.0
import type { Terminal } from "@xterm/xterm";
import i18next from "../i18n";
import { changeTerminal, forgetTerminal, type OpenTerminal } from "./open_terminals";
import { apiPath, browser, query, TERMINAL_PROTOCOL } from "./sockets";
import { makeScreen } from "./terminal_screen";
import { type Addresses, type Phase, type TerminalPlace, TerminalSession } from "./terminal_session";

/** How often what was seen is written down while output comes. */
const NOTE_MS = 1_000;
const WORDS = new TextEncoder();

/** What a window shows of the session behind it, and what its reader may ask of it. */
export interface ShownSession {
  readonly phase: Phase;
  readonly watchers: string[];
  readonly place?: TerminalPlace;
  /** Where it can come back. */
  comeBack?(): void;
  end(): void;
}

/** A terminal with its session and its screen. It lives while the page does, whichever place of the page is shown. */
export interface TerminalWindow<Session extends ShownSession = ShownSession> {
  session: Session;
  screen: Terminal;
  /** Its title, as what runs there set it. */
  title: string;
  /** What was typed and could not be kept. */
  refused: boolean;
  /** Counts changes, for who draws the frame around it. */
  version: number;
  /** Puts it into the page; what is returned takes it out again. */
  mount(into: HTMLElement): () => void;
  look(dark: boolean): void;
  subscribe(listener: () => void): () => void;
}

type OwnWindow = TerminalWindow<TerminalSession>;

const windows = new Map<string, OwnWindow & { dispose(): void }>();

function addressesOf(one: OpenTerminal, watching: boolean): Addresses {
  const takeUp = (node: string, terminal: string) => apiPath("clusters", one.cluster, "nodes", node, "terminals", terminal);
  if (watching) return { takeUp: ({ node, terminal }) => `${takeUp(node, terminal)}/watch` };
  const exec = apiPath("clusters", one.cluster, "namespaces", one.namespace, "pods", one.pod, "exec");
  const command = one.shell === "auto" ? undefined : [one.shell];
  return {
    start: (size) => `${exec}?${query({ container: one.container, tty: true, resumable: true, command, ...size })}`,
    takeUp: ({ node, terminal }, received, size) => `${takeUp(node, terminal)}?${query({ received, ...size })}`,
  };
}

function makeWindow(one: OpenTerminal, watching: boolean): OwnWindow & { dispose(): void } {
  const drawn = makeScreen({ readOnly: watching });
  const { screen } = drawn;
  const listeners = new Set<() => void>();
  let replaying = 0;
  let noting: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    made.version += 1;
    listeners.forEach((listener) => listener());
  };
  const note = () => {
    noting = undefined;
    if (!watching) changeTerminal(one.key, { place: session.place, seen: session.received });
  };
  const line = (text: string) => screen.write(`\r\n\x1b[33m${text}\x1b[0m\r\n`);

  const session = new TerminalSession(
    browser(TERMINAL_PROTOCOL),
    {
      output: (bytes, old, seen) => {
        // Questions in what is shown once more were answered long ago: the answers would be typed into the shell.
        if (old) replaying += 1;
        screen.write(bytes, () => {
          if (old) replaying -= 1;
          seen();
        });
        noting ??= setTimeout(note, NOTE_MS);
      },
      gap: (missing) =>
        line(
          typeof missing === "number" ? i18next.t("terminal.missing", { ns: "pods", count: missing }) : i18next.t("terminal.gap", { ns: "pods", why: missing }),
        ),
      changed: () => {
        if (session.phase.is === "attached") note();
        tell();
      },
    },
    addressesOf(one, watching),
    { columns: screen.cols, rows: screen.rows },
    { place: one.place, seenBefore: one.seen, readOnly: watching },
  );

  const type = (data: Uint8Array) => {
    if (replaying > 0) return;
    const refused = !session.type(data) && session.phase.is !== "exited" && !watching;
    if (refused !== made.refused) {
      made.refused = refused;
      tell();
    }
  };
  screen.onData((text) => type(WORDS.encode(text)));
  screen.onBinary((text) => type(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  screen.onResize(({ cols, rows }) => session.resize({ columns: cols, rows }));
  screen.onTitleChange((title) => {
    made.title = title;
    tell();
  });
  const onLine = () => session.phase.is === "waiting" && session.comeBack();
  const leaving = () => {
    clearTimeout(noting);
    if (session.phase.is === "exited" || session.phase.is === "failed") forgetTerminal(one.key);
    else note();
  };
  window.addEventListener("online", onLine);
  window.addEventListener("pagehide", leaving);

  const made: OwnWindow & { dispose(): void } = {
    session,
    screen,
    title: "",
    refused: false,
    version: 0,
    mount: (into) =>
      drawn.mount(into, () => {
        session.resize({ columns: screen.cols, rows: screen.rows });
        session.open();
      }),
    look: drawn.look,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      clearTimeout(noting);
      noting = undefined;
      window.removeEventListener("online", onLine);
      window.removeEventListener("pagehide", leaving);
      session.close();
      drawn.dispose();
    },
  };
  return made;
}

/** The window of a terminal; made when it is first asked for. */
export function windowOf(one: OpenTerminal, watching = false): OwnWindow {
  const key = watching ? `watch ${one.key}` : one.key;
  const there = windows.get(key) ?? makeWindow(one, watching);
  windows.set(key, there);
  return there;
}

export function closeWindow(key: string, watching = false) {
  const name = watching ? `watch ${key}` : key;
  windows.get(name)?.dispose();
  windows.delete(name);
}
