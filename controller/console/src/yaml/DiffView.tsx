// SPDX-License-Identifier: Apache-2.0
import { MergeView } from "@codemirror/merge";
import { EditorView } from "@codemirror/view";
import { Flex, theme, Typography } from "antd";
import { useEffect, useRef } from "react";
import { useDark } from "../app/preferences";
import { yamlEditing } from "./editor_setup";

interface Props {
  before: string;
  after: string;
  beforeLabel: string;
  afterLabel: string;
  /** The right side may be written to. */
  onChange?: (text: string) => void;
  height?: string;
}

/** Two texts side by side, with what differs; long parts that are the same are folded. */
export function DiffView({ before, after, beforeLabel, afterLabel, onChange, height = "55vh" }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const latest = useRef({ onChange, after });
  latest.current = { onChange, after };
  const dark = useDark();
  const { token } = theme.useToken();
  const editable = onChange !== undefined;

  useEffect(() => {
    const view = new MergeView({
      parent: frame.current as HTMLElement,
      a: { doc: before, extensions: yamlEditing(beforeLabel, dark, true, "auto") },
      b: {
        doc: latest.current.after,
        extensions: [
          yamlEditing(afterLabel, dark, !editable, "auto"),
          EditorView.updateListener.of((update) => update.docChanged && latest.current.onChange?.(update.state.doc.toString())),
        ],
      },
      collapseUnchanged: { margin: 3, minSize: 6 },
      ...(editable && { revertControls: "a-to-b" as const }),
    });
    return () => view.destroy();
  }, [before, editable ? "" : after, beforeLabel, afterLabel, dark, editable]);

  return (
    <>
      <Flex style={{ marginBottom: 4 }}>
        <Typography.Text type="secondary" style={{ flex: 1 }}>
          {beforeLabel}
        </Typography.Text>
        <Typography.Text type="secondary" style={{ flex: 1 }}>
          {afterLabel}
        </Typography.Text>
      </Flex>
      <div
        ref={frame}
        tabIndex={0}
        role="region"
        aria-label={`${beforeLabel} / ${afterLabel}`}
        style={{
          height,
          overflow: "auto",
          background: dark ? "#14181c" : "#fbfcfc",
          border: `1px solid ${token.colorBorder}`,
          borderRadius: token.borderRadius,
        }}
      />
    </>
  );
}
