// SPDX-License-Identifier: Apache-2.0
import { Flex, Space, Typography } from "antd";
import type { ReactNode } from "react";

/** The head of a page: its heading, how the thing stands, and what may be done with it. */
export function PageHead({ title, state, actions, note }: { title: string; state?: ReactNode; actions?: ReactNode; note?: ReactNode }) {
  return (
    <div style={{ marginBottom: 16 }}>
      <Flex justify="space-between" align="center" wrap gap={8}>
        <Space size="middle" wrap>
          <Typography.Title level={2} style={{ margin: 0 }}>
            {title}
          </Typography.Title>
          {state}
        </Space>
        {actions && (
          <Flex gap={8} wrap>
            {actions}
          </Flex>
        )}
      </Flex>
      {note && <Typography.Text type="secondary">{note}</Typography.Text>}
    </div>
  );
}
