// SPDX-License-Identifier: Apache-2.0
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { absolute } from "./Time";

/** Says that what is shown is as it was at `asOf`, and why. */
export function StaleNote({ why, asOf }: { why: string; asOf?: string }) {
  const { t } = useTranslation();
  const time = asOf ? absolute(asOf) : t("time.unknown");
  return <Alert type="warning" showIcon banner style={{ marginBottom: 12 }} title={t("link.stale", { time })} description={why} />;
}
