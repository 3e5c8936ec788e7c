// SPDX-License-Identifier: Apache-2.0
import { Flex, Progress, theme, Typography } from "antd";
import type { ReactNode } from "react";
import { percent } from "./amounts";

const HIGH = 0.9;
const WARM = 0.75;

/** A bar of how much is taken, of 0 to 1, and the figures beside it. */
export function Meter({ label, share, text, width }: { label: string; share: number; text?: ReactNode; width?: number }) {
  const { token } = theme.useToken();
  const colour = share >= HIGH ? token.colorError : share >= WARM ? token.colorWarning : token.colorPrimary;
  const shown = Math.min(Math.max(share, 0), 1);
  return (
    <div style={{ width, minWidth: 90 }}>
      <Flex justify="space-between" gap={8}>
        <Typography.Text ellipsis title={label} style={{ fontSize: 12 }}>
          {label}
        </Typography.Text>
        <Typography.Text type="secondary" style={{ fontSize: 12, whiteSpace: "nowrap" }}>
          {text ?? percent(share)}
        </Typography.Text>
      </Flex>
      <Progress
        percent={shown * 100}
        showInfo={false}
        size="small"
        strokeColor={colour}
        aria-label={label}
        style={{ margin: 0, lineHeight: 0, display: "block", fontSize: 0 }}
      />
    </div>
  );
}
