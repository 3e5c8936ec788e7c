// SPDX-License-Identifier: Apache-2.0
// What every editor of the page has in common.
import { indentWithTab } from "@codemirror/commands";
import { yaml, yamlLanguage } from "@codemirror/lang-yaml";
import { defaultHighlightStyle, HighlightStyle, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import type { Diagnostic } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import i18next from "../i18n";
import { yamlHints } from "./hints";

/** The standard style's colours, for a dark ground. */
const ON_DARK: Record<string, string> = {
  "#00c": "#7cc4ff",
  "#00f": "#7cc4ff",
  "#a11": "#f2a97e",
  "#940": "#9aa4af",
  "#164": "#8fd694",
  "#708": "#d6a8ff",
  "#219": "#8ab4ff",
  "#404740": "#b5bdb5",
  "#e40": "#ffb38a",
  "#30a": "#b9a7ff",
  "#085": "#7ddc9a",
  "#167": "#6fdbe3",
  "#256": "#8fd3e8",
  "#f00": "#ff8a80",
};

const dark = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) => (typeof spec.color === "string" ? { ...spec, color: ON_DARK[spec.color] ?? spec.color } : spec)),
);

const look = (isDark: boolean, height: string) =>
  EditorView.theme(
    {
      "&": { fontSize: "12.5px", height, backgroundColor: isDark ? "#14181c" : "#fbfcfc" },
      "&.cm-focused": { outline: `2px solid ${isDark ? "#2dd4bf" : "#0f766e"}`, outlineOffset: "-1px" },
      ".cm-scroller": {
        fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', monospace",
        lineHeight: "1.55",
      },
      ".cm-gutters": { backgroundColor: isDark ? "#1b2026" : "#f1f4f4", color: isDark ? "#9aa4af" : "#5b6470", border: "none" },
      ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: isDark ? "#ffffff0f" : "#0f766e12" },
      ".cm-content": { caretColor: isDark ? "#2dd4bf" : "#0f766e" },
      ".cm-collapsedLines": { background: isDark ? "#1b2026" : "#eef2f2", color: isDark ? "#9aa4af" : "#5b6470" },
      ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: '"⋮"', marginInline: "6px" }, // few fonts have the standard's sign
      ".cm-panel.cm-search": { fontSize: "13px", padding: "6px 10px" },
      ".cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label": { fontSize: "13px", verticalAlign: "middle" },
      ".cm-panel.cm-search [name=close]": { fontSize: "18px" },
      ".cm-button": {
        backgroundImage: "none",
        backgroundColor: isDark ? "#2a3138" : "#fff",
        border: `1px solid ${isDark ? "#46505a" : "#c6cfcf"}`,
        borderRadius: "4px",
      },
      ".cm-textfield": { backgroundColor: isDark ? "#14181c" : "#fff", border: `1px solid ${isDark ? "#46505a" : "#c6cfcf"}`, borderRadius: "4px" },
      ".cm-panels": { backgroundColor: isDark ? "#1b2026" : "#f1f4f4", color: "inherit" },
    },
    { dark: isDark },
  );

const PHRASES = [
  "Find",
  "Replace",
  "next",
  "previous",
  "all",
  "match case",
  "regexp",
  "by word",
  "replace",
  "replace all",
  "close",
  "Go to line",
  "go",
  "current match",
  "on line",
  "replaced match on line $",
  "replaced $ matches",
  "Diagnostics",
  "No diagnostics",
  "Control character",
  "Folded lines",
  "Unfolded lines",
  "unfold",
  "Fold line",
  "Unfold line",
  "folded code",
  "Completions",
  "$ unchanged lines",
] as const;

/** The words of the editor's own parts, in the language of the page. */
function phrases(): Extension {
  return EditorState.phrases.of(
    Object.fromEntries(PHRASES.map((phrase) => [phrase, i18next.t(`editor.${phrase}` as "editor.Find", { ns: "yaml", defaultValue: phrase })])),
  );
}

/** An editor of YAML. `label`: what it is, for who does not see it. */
export function yamlEditing(label: string, isDark: boolean, readOnly: boolean, height: string): Extension[] {
  return [
    basicSetup,
    keymap.of([indentWithTab]), // Escape and then Tab leaves the editor
    yaml(),
    readOnly ? [] : yamlLanguage.data.of({ autocomplete: yamlHints }),
    indentUnit.of("  "),
    isDark ? syntaxHighlighting(dark) : [],
    look(isDark, height),
    phrases(),
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorState.readOnly.of(readOnly),
  ];
}

/** Where a text is no YAML, as far as the editor's own parser sees it; the server has the last word. */
export function syntaxFaults(state: EditorState): Diagnostic[] {
  const faults: Diagnostic[] = [];
  const message = i18next.t("editor.fault", { ns: "yaml" });
  syntaxTree(state).iterate({
    enter: (node) => {
      if (!node.type.isError || faults.length >= 50) return;
      const line = state.doc.lineAt(node.from);
      if (faults.some(({ from }) => state.doc.lineAt(from).number === line.number)) return;
      faults.push({ from: node.from, to: Math.max(node.to, Math.min(node.from + 1, line.to)), severity: "error", message });
    },
  });
  for (let number = 1; number <= state.doc.lines && faults.length < 50; number += 1) {
    const line = state.doc.line(number);
    const tab = /^ *\t/.exec(line.text);
    if (!tab || !line.text.trim()) continue;
    faults.push({ from: line.from, to: line.from + tab[0].length, severity: "error", message: i18next.t("editor.tab", { ns: "yaml" }) });
  }
  return faults;
}
