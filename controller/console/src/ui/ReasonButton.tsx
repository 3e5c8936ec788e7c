// SPDX-License-Identifier: Apache-2.0
import { Button, type ButtonProps, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { useLink } from "../api/live";

/** A button for a change. It is off with the reason on hover: `reason` if there is one, or that the controller is out of reach. */
export function ReasonButton({ reason, ...button }: { reason?: string } & ButtonProps) {
  const { t } = useTranslation();
  const link = useLink();
  const why = reason ?? (link.state === "lost" ? t("link.lost") : undefined);
  if (!why) return <Button {...button} />;
  return (
    <Tooltip title={why}>
      <span tabIndex={0} style={{ display: "inline-block" }}>
        <Button {...button} disabled aria-description={why} style={{ ...button.style, pointerEvents: "none" }} />
      </span>
    </Tooltip>
  );
}
