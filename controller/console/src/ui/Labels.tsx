// SPDX-License-Identifier: Apache-2.0
import { Flex, Popover, Tag } from "antd";

const SHOWN = 3;

function Tags({ of }: { of: [string, string][] }) {
  return (
    <Flex wrap gap={4}>
      {of.map(([key, value]) => (
        <Tag key={key} style={{ marginInlineEnd: 0, maxWidth: 360, overflow: "hidden", textOverflow: "ellipsis" }} title={`${key}=${value}`}>
          {value ? `${key}=${value}` : key}
        </Tag>
      ))}
    </Flex>
  );
}

/** Labels, a selector or annotations as tags. More than three stand behind the last one, unless `all`. */
export function Labels({ of, all }: { of?: Record<string, string>; all?: boolean }) {
  const entries = Object.entries(of ?? {}).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return <>—</>;
  if (all || entries.length <= SHOWN) return <Tags of={entries} />;
  return (
    <Popover content={<div style={{ maxWidth: 480 }}>{<Tags of={entries} />}</div>}>
      <span tabIndex={0}>
        <Tags of={entries.slice(0, SHOWN)} />
        <Tag>+{entries.length - SHOWN}</Tag>
      </span>
    </Popover>
  );
}
