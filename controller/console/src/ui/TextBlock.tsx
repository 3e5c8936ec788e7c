// SPDX-License-Identifier: Apache-2.0
import { CopyOutlined, DownloadOutlined } from "@ant-design/icons";
import { App, Button, Flex, theme } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { saveText } from "./csv";

interface Props {
  text: string;
  /** What it is, for who does not see it. */
  label: string;
  /** The file that a download makes; without a name there is none. */
  file?: string;
  /** Lines are not broken, and at most so many pixels are seen at a time. */
  height?: number;
  copyable?: boolean;
  /** The end is what matters: it is shown, also when the text grows. */
  tail?: boolean;
}

/** Text as it is, of one width: a log's tail, a file, a command. */
export function TextBlock({ text, label, file, height = 320, copyable = true, tail }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { token } = theme.useToken();
  const place = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (tail && place.current) place.current.scrollTop = place.current.scrollHeight;
  }, [tail, text]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    void message.success(t("action.copied"));
  };
  return (
    <div style={{ position: "relative" }}>
      <pre
        ref={place}
        tabIndex={0}
        role="region"
        aria-label={label}
        style={{
          margin: 0,
          padding: 12,
          paddingInlineEnd: copyable || file ? 88 : 12,
          maxHeight: height,
          overflow: "auto",
          borderRadius: token.borderRadius,
          background: token.colorFillTertiary,
          fontFamily: token.fontFamilyCode,
          fontSize: 12,
          lineHeight: 1.6,
          whiteSpace: "pre-wrap",
          overflowWrap: "anywhere",
        }}
      >
        {text}
      </pre>
      <Flex gap={4} style={{ position: "absolute", insetInlineEnd: 8, top: 8 }}>
        {copyable && <Button size="small" aria-label={t("action.copy")} title={t("action.copy")} icon={<CopyOutlined />} onClick={() => void copy()} />}
        {file && (
          <Button
            size="small"
            aria-label={t("action.download")}
            title={t("action.download")}
            icon={<DownloadOutlined />}
            onClick={() => saveText(file, text, "text/plain;charset=utf-8")}
          />
        )}
      </Flex>
    </div>
  );
}
