// SPDX-License-Identifier: Apache-2.0
import { Table, theme } from "antd";
import { useTranslation } from "react-i18next";

export interface Change {
  path: string;
  from?: string;
  to?: string;
}

/** JSON as people read it: texts without quotes, long ones on several lines. */
function words(value: string | undefined): string {
  if (value === undefined) return "—";
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "string" ? parsed : JSON.stringify(parsed, null, 1);
  } catch {
    return value;
  }
}

/** The fields that differ between two templates. */
export function Changes({ of, from, to }: { of: Change[]; from: string; to: string }) {
  const { t } = useTranslation("business");
  const { token } = theme.useToken();
  const cell = (value: string | undefined, colour: string) => (
    <code style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", background: value === undefined ? undefined : colour, padding: "1px 4px" }}>
      {words(value)}
    </code>
  );
  return (
    <Table<Change>
      size="small"
      pagination={false}
      rowKey="path"
      dataSource={of}
      columns={[
        { title: t("revision.field"), dataIndex: "path", render: (path: string) => <code>{path}</code> },
        { title: from, dataIndex: "from", render: (value?: string) => cell(value, token.colorErrorBg) },
        { title: to, dataIndex: "to", render: (value?: string) => cell(value, token.colorSuccessBg) },
      ]}
    />
  );
}
