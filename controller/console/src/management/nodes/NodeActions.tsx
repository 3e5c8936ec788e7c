// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { App, Checkbox, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { client, type Schemas } from "../../api/client";
import { read } from "../../api/read";
import { paths } from "../../app/paths";
import { useOutOfReach } from "../../session/rights";
import { ConfirmButton } from "../../ui/ConfirmButton";
import { ReasonButton } from "../../ui/ReasonButton";
import { DrainDialog } from "./DrainDialog";
import { changeNode } from "./nodeObject";

/** What may be done with a node. */
export function NodeActions({ cluster, node }: { cluster: string; node: Schemas["Node"] }) {
  const { t } = useTranslation("management");
  const { message } = App.useApp();
  const queries = useQueryClient();
  const go = useNavigate();
  const [hard, setHard] = useState(false);
  const [draining, setDraining] = useState(false);
  const outOfReach = useOutOfReach(cluster);
  const path = { cluster, node: node.name };
  const anew = () => void queries.invalidateQueries();
  const failed = node.steps.find(({ state }) => state === "failed");
  const cordoned = node.kubernetes.unschedulable ?? false;
  return (
    <>
      {failed && (
        <ConfirmButton
          type="primary"
          title={t("node.retryTitle", { step: failed.name })}
          what={failed.error && <Typography.Text type="danger">{failed.error}</Typography.Text>}
          act={() => read(client.POST("/api/v1/clusters/{cluster}/nodes/{node}/retry", { params: { path } }))}
          said={t("node.retried")}
          done={anew}
        >
          {t("node.retry")}
        </ConfirmButton>
      )}
      <ConfirmButton
        title={t(cordoned ? "node.uncordonTitle" : "node.cordonTitle", { name: node.name })}
        what={t(cordoned ? "node.uncordonWhat" : "node.cordonWhat")}
        reason={node.kubernetes.value === "unknown" ? t("node.noKubernetes") : undefined}
        act={() => changeNode(cluster, node.name, (now) => ({ ...now, spec: { ...now.spec, unschedulable: cordoned ? undefined : true } }))}
        done={(state) => {
          void (state === "waiting" ? message.warning(t("waits")) : message.success(t(cordoned ? "node.uncordonedNow" : "node.cordonedNow")));
          anew();
        }}
      >
        {t(cordoned ? "node.uncordon" : "node.cordon")}
      </ConfirmButton>
      <ReasonButton reason={node.kubernetes.value === "unknown" ? t("node.noKubernetes") : outOfReach} onClick={() => setDraining(true)}>
        {t("node.drain")}
      </ReasonButton>
      {draining && <DrainDialog cluster={cluster} node={node.name} close={() => setDraining(false)} />}
      <ConfirmButton
        title={t("node.rebootTitle", { name: node.name })}
        what={
          <>
            <Typography.Paragraph>{t("node.rebootWhat")}</Typography.Paragraph>
            <Checkbox checked={hard} onChange={({ target }) => setHard(target.checked)}>
              {t("node.rebootHard")}
            </Checkbox>
          </>
        }
        act={() => read(client.POST("/api/v1/clusters/{cluster}/nodes/{node}/reboot", { params: { path }, body: { hard } }))}
        said={t("node.rebooted")}
        done={anew}
        danger={hard}
      >
        {t("node.reboot")}
      </ConfirmButton>
      <ConfirmButton
        danger
        title={t("node.replaceTitle", { name: node.name })}
        what={
          <ul style={{ margin: 0 }}>
            <li>{t("node.replaceMachine")}</li>
            <li>{t("node.replaceDisks")}</li>
            <li>{t("node.replaceKeeps")}</li>
          </ul>
        }
        name={node.name}
        act={() => read(client.POST("/api/v1/clusters/{cluster}/nodes/{node}/replace", { params: { path } }))}
        done={({ operation }) => {
          anew();
          go(paths.operation(operation.id));
        }}
      >
        {t("node.replace")}
      </ConfirmButton>
    </>
  );
}
