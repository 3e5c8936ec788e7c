// SPDX-License-Identifier: Apache-2.0
import { forceLinting, linter, lintGutter } from "@codemirror/lint";
import { StateEffect } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { theme } from "antd";
import { type RefObject, useEffect, useImperativeHandle, useRef } from "react";
import { useDark } from "../app/preferences";
import { syntaxFaults, yamlEditing } from "./editor_setup";

/** Something to say of a place in the text; lines and columns count from 1. */
export interface Mark {
  line: number;
  column?: number;
  message: string;
}

export interface YamlEditorHandle {
  /** Puts the cursor there. */
  jump(line: number, column?: number): void;
}

interface Props {
  value: string;
  label: string;
  onChange?: (text: string) => void;
  readOnly?: boolean;
  /** What the server says of it. */
  marks?: readonly Mark[];
  height?: string;
  handle?: RefObject<YamlEditorHandle | null>;
}

const LINT_MS = 300;
const NONE: readonly Mark[] = [];
/** Other marks are to be shown. */
const marked = StateEffect.define<null>();

/** The offset of a place, within what there is. */
function offset(view: EditorView, { line, column = 1 }: { line: number; column?: number }): number {
  const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  return Math.min(at.to, at.from + Math.max(0, column - 1));
}

/** A text of YAML to read or to write: colours, search (Ctrl F), folding, faults where they are. */
export function YamlEditor({ value, label, onChange, readOnly = false, marks = NONE, height = "60vh", handle }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(null);
  const latest = useRef({ onChange, marks, value });
  latest.current = { onChange, marks, value };
  const dark = useDark();
  const { token } = theme.useToken();

  useEffect(() => {
    const view = new EditorView({
      parent: frame.current as HTMLElement,
      doc: latest.current.value,
      extensions: [
        yamlEditing(label, dark, readOnly, height),
        lintGutter(),
        linter(
          (of) => [
            ...(readOnly ? [] : syntaxFaults(of.state)),
            ...latest.current.marks.map((mark) => {
              const from = offset(of, mark);
              return { from, to: Math.max(from, of.state.doc.lineAt(from).to), severity: "error" as const, message: mark.message };
            }),
          ],
          { delay: LINT_MS, needsRefresh: (update) => update.transactions.some(({ effects }) => effects.some((effect) => effect.is(marked))) },
        ),
        EditorView.updateListener.of((update) => update.docChanged && latest.current.onChange?.(update.state.doc.toString())),
      ],
    });
    editor.current = view;
    return () => {
      editor.current = null;
      view.destroy();
    };
  }, [dark, readOnly, label, height]);

  useEffect(() => {
    const view = editor.current;
    const there = view?.state.doc.toString() ?? value;
    if (!view || there === value) return;
    // Only what differs, so that cursor, folds and the place that is read stay.
    let from = 0;
    const shorter = Math.min(there.length, value.length);
    while (from < shorter && there[from] === value[from]) from += 1;
    let same = 0;
    while (same < shorter - from && there[there.length - 1 - same] === value[value.length - 1 - same]) same += 1;
    view.dispatch({ changes: { from, to: there.length - same, insert: value.slice(from, value.length - same) } });
  }, [value]);
  useEffect(() => {
    editor.current?.dispatch({ effects: marked.of(null) });
    if (editor.current) forceLinting(editor.current);
  }, [marks]);
  useImperativeHandle(handle, () => ({
    jump: (line, column) => {
      const view = editor.current;
      if (!view) return;
      const at = offset(view, { line, column });
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
  }));

  return <div ref={frame} style={{ border: `1px solid ${token.colorBorder}`, borderRadius: token.borderRadius, overflow: "hidden" }} />;
}
