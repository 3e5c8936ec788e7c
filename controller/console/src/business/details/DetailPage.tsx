// SPDX-License-Identifier: Apache-2.0
import { Flex, Tabs, Typography } from "antd";
import type { ReactNode } from "react";
import { useNavigate, useParams } from "react-router";
import { paths } from "../../app/paths";
import { usePlace } from "../../app/place";
import type { Resource } from "../kinds";

export interface Tab {
  key: string;
  label: string;
  children: ReactNode;
}

interface Props {
  resource: Resource;
  name: string;
  /** Beside the name: its state. */
  state?: ReactNode;
  actions?: ReactNode;
  /** Above the tabs: what is wrong, what is old. */
  notes?: ReactNode;
  tabs: Tab[];
}

/** The page of one object. The tab that is open stands in the address. */
export function DetailPage({ resource, name, state, actions, notes, tabs }: Props) {
  const go = useNavigate();
  const { cluster, segment } = usePlace();
  const { tab } = useParams();
  const open = tabs.some(({ key }) => key === tab) ? tab : tabs[0].key;
  return (
    <>
      <Flex align="center" justify="space-between" wrap gap={12}>
        <Flex align="center" gap={16}>
          <Typography.Title level={2} style={{ marginBlock: 0 }}>
            {name}
          </Typography.Title>
          {state}
        </Flex>
        <Flex gap={8}>{actions}</Flex>
      </Flex>
      {notes}
      <Tabs
        style={{ marginTop: 12 }}
        activeKey={open}
        destroyOnHidden
        items={tabs}
        onChange={(key) => void go(paths.object(cluster, segment, resource, name, key === tabs[0].key ? undefined : key), { replace: true })}
      />
    </>
  );
}
