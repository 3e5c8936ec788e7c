// SPDX-License-Identifier: Apache-2.0
import { FitAddon } from "@xterm/addon-fit";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { Terminal, type ITheme } from "@xterm/xterm";

const SCROLLBACK = 10_000;

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

/** What terminals and recordings are drawn on, and the element that it is drawn in. */
export interface TerminalScreen {
  screen: Terminal;
  /** Puts it into the page. `first` is called when it has been drawn for the first time; what is returned takes it out again. */
  mount(into: HTMLElement, first?: () => void): () => void;
  look(dark: boolean): void;
  dispose(): void;
}

/** Ctrl Shift C copies; Ctrl Shift V is the browser's: it pastes. */
function copyByKeys(screen: Terminal) {
  screen.attachCustomKeyEventHandler((event) => {
    if (!event.ctrlKey || !event.shiftKey || (event.code !== "KeyC" && event.code !== "KeyV")) return true;
    if (event.code === "KeyC" && event.type === "keydown") {
      event.preventDefault();
      if (screen.hasSelection()) void navigator.clipboard?.writeText(screen.getSelection());
    }
    return false;
  });
}

/** `size`: it has that one, and not the element's; it is looked at and takes no keys. */
export function makeScreen({ readOnly, size }: { readOnly: boolean; size?: { columns: number; rows: number } }): TerminalScreen {
  const element = document.createElement("div");
  element.style.height = "100%";
  const screen = new Terminal({
    allowProposedApi: true, // unicode11
    ...(size && { cols: size.columns, rows: size.rows }),
    cursorBlink: !readOnly,
    disableStdin: readOnly,
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
  copyByKeys(screen);
  const refit = () => {
    if (!size && element.isConnected && element.clientWidth > 0) fit.fit();
  };
  const observer = new ResizeObserver(refit);
  observer.observe(element);
  return {
    screen,
    mount: (into, first) => {
      into.append(element);
      const fresh = screen.element === undefined;
      if (fresh) screen.open(element);
      refit();
      if (fresh) first?.();
      if (size && screen.textarea) screen.textarea.tabIndex = -1;
      else screen.focus();
      return () => element.remove();
    },
    look: (dark) => {
      screen.options.theme = dark ? DARK : LIGHT;
    },
    dispose: () => {
      observer.disconnect();
      screen.dispose();
      element.remove();
    },
  };
}
