// SPDX-License-Identifier: Apache-2.0
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import type { WorkloadPlural } from "../kinds";
import type { Fallen } from "./kindChange";

/** What of a form the kind does not have that was chosen instead, and the way back to it as it was. */
export function FellAway({ kind, lost, undo }: { kind: WorkloadPlural; lost: Fallen[]; undo: () => void }) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const words: Record<Fallen["what"], string> = {
    replicas: t("workload.replicas"),
    strategy: t("workload.strategy"),
    scaling: t("autoscaler.title"),
    serviceName: t("wizard.serviceName"),
    claimTemplates: t("wizard.claimTemplates"),
    volumes: t("wizard.volumes"),
    fields: "YAML",
  };
  const mounted = (what: Fallen["what"]) => what === "claimTemplates" || what === "volumes";
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      style={{ marginBottom: 16 }}
      title={t("wizard.fell.title", { kind: t(`kind.${kind}`) })}
      description={
        <ul style={{ margin: 0, paddingInlineStart: 20 }}>
          {lost.map(({ what, names }) => (
            <li key={what}>
              {words[what]}
              {names.length > 0 && `: ${names.filter(Boolean).join(", ") || t("wizard.unnamed")}`}
              {mounted(what) && ` · ${t("wizard.fell.mounts")}`}
            </li>
          ))}
        </ul>
      }
      action={<Button onClick={undo}>{common("action.undo")}</Button>}
    />
  );
}
