// SPDX-License-Identifier: Apache-2.0
import { FitAddon } from "@xterm/addon-fit";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { Terminal, type ITheme } from "@xterm/xterm";
import i18next from "../i18n";
import { changeTerminal, forgetTerminal, type OpenTerminal } from "./open_terminals";
import { apiPath, browserFor, query } from "./sockets";
import { type Addresses, TerminalSession } from "./terminal_session";

const SCROLLBACK = 10_000;
/** How often what was seen is written down while output comes. */
const NOTE_MS = 1_000;
const WORDS = new TextEncoder();

const DARK: ITheme = {
  background: "#14181c",
  foreground: "#e6e6e6",
  cursor: "#2dd4bf",
  selectionBackground: "#335a60",
  red: "#ff7b72",
  brightRed: "#ffa198",
  blue: "#79b0ff",
  brightBlue: "#a5cbff",
  magenta: "#e07be0",
  brightMagenta: "#f0a5f0",
  brightBlack: "#8b949e",
};
const LIGHT: ITheme = {
  background: "#fbfcfc",
  foreground: "#1f2933",
  cursor: "#0f766e",
  selectionBackground: "#b7e0da",
  black: "#1f2933",
  white: "#6b7280",
  brightBlack: "#4b5563",
  brightWhite: "#111827",
  yellow: "#8a6100",
  brightYellow: "#7a5600",
  green: "#0b6b2f",
  brightGreen: "#157f3b",
  cyan: "#0b6b73",
  brightCyan: "#0e7c86",
};

/** A terminal with its session and its screen. It lives while the page does, whichever place of the page is shown. */
export interface TerminalWindow {
  session: TerminalSession;
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

const windows = new Map<string, TerminalWindow & { dispose(): void }>();

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

function makeWindow(one: OpenTerminal, watching: boolean): TerminalWindow & { dispose(): void } {
  const element = document.createElement("div");
  element.style.height = "100%";
  const screen = new Terminal({
    allowProposedApi: true, // unicode11
    cursorBlink: true,
    disableStdin: watching,
    fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace",
    fontSize: 13,
    linkHandler: { activate: () => {} }, // what runs there must not open pages
    macOptionIsMeta: true,
    scrollback: SCROLLBACK,
    screenReaderMode: false,
  });
  const fit = new FitAddon();
  screen.loadAddon(fit);
  screen.loadAddon(new Unicode11Addon());
  screen.unicode.activeVersion = "11";

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
    browserFor(one, () => i18next.t("terminal.gone", { ns: "pods" })),
    {
      output: (bytes, old, drawn) => {
        // Questions in what is shown once more were answered long ago: the answers would be typed into the shell.
        if (old) replaying += 1;
        screen.write(bytes, () => {
          if (old) replaying -= 1;
          drawn();
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
  screen.attachCustomKeyEventHandler((event) => {
    if (!event.ctrlKey || !event.shiftKey || (event.code !== "KeyC" && event.code !== "KeyV")) return true;
    if (event.code === "KeyC" && event.type === "keydown") {
      event.preventDefault();
      if (screen.hasSelection()) void navigator.clipboard?.writeText(screen.getSelection());
    }
    return false; // Ctrl Shift V is the browser's: it pastes
  });

  const refit = () => {
    if (element.isConnected && element.clientWidth > 0) fit.fit();
  };
  const observer = new ResizeObserver(refit);
  const onLine = () => session.phase.is === "waiting" && session.comeBack();
  const leaving = () => {
    clearTimeout(noting);
    if (session.phase.is === "exited" || session.phase.is === "failed") forgetTerminal(one.key);
    else note();
  };
  window.addEventListener("online", onLine);
  window.addEventListener("pagehide", leaving);
  observer.observe(element);

  const made: TerminalWindow & { dispose(): void } = {
    session,
    screen,
    title: "",
    refused: false,
    version: 0,
    mount: (into) => {
      into.append(element);
      const first = screen.element === undefined;
      if (first) screen.open(element);
      refit();
      if (first) {
        session.resize({ columns: screen.cols, rows: screen.rows });
        session.open();
      }
      screen.focus();
      return () => element.remove();
    },
    look: (dark) => {
      screen.options.theme = dark ? DARK : LIGHT;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      clearTimeout(noting);
      noting = undefined;
      window.removeEventListener("online", onLine);
      window.removeEventListener("pagehide", leaving);
      observer.disconnect();
      session.close();
      screen.dispose();
      element.remove();
    },
  };
  return made;
}

/** The window of a terminal; made when it is first asked for. */
export function windowOf(one: OpenTerminal, watching = false): TerminalWindow {
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
