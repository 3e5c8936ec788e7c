// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../app/paths";
import { useHindrance, useOutOfReach } from "../../session/rights";
import type { Choice } from "../../ui/ActionMenu";
import { type ApplicationAction, type ApplicationAct, ApplicationActDialog } from "./ApplicationActDialog";
import { ApplicationForm } from "./ApplicationForm";
import { AssociateDialog } from "./AssociateDialog";

type Application = Pick<Schemas["Application"], "namespace" | "name" | "actions">;

export const APPLICATION_ACTIONS: ApplicationAction[] = ["start", "stop", "redeploy", "delete"];

/** What may be done to applications, with the dialogs that ask. */
export function useApplicationActs(cluster: string) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const hindrance = useHindrance(cluster);
  const outOfReach = useOutOfReach(cluster);
  const [asked, setAsked] = useState<{ act: ApplicationAct; after?: () => void }>();
  const [edited, setEdited] = useState<Application>();
  const [associated, setAssociated] = useState<Application>();

  const ask = (action: ApplicationAction, applications: Application[], after?: () => void) =>
    setAsked({ act: { action, applications: applications.map(({ namespace, name }) => ({ namespace, name })) }, after });
  const choices = (of: Application, after?: () => void): Choice[] => {
    const mayNot = hindrance(of.namespace);
    return [
      {
        key: "add",
        text: t("application.addWorkload"),
        hindered: mayNot,
        choose: () => void go(paths.create(cluster, of.namespace, "deployments", of.name)),
      },
      { key: "associate", text: t("application.associate"), hindered: mayNot, choose: () => setAssociated(of) },
      { key: "edit", text: common("action.edit"), hindered: mayNot, choose: () => setEdited(of) },
      ...APPLICATION_ACTIONS.map((action): Choice => {
        const possible = of.actions[action];
        return {
          key: action,
          text: t(`action.${action}`),
          danger: action === "delete",
          hindered: mayNot ?? outOfReach ?? (possible.allowed ? undefined : (possible.reason ?? possible.rule ?? "")),
          choose: () => ask(action, [of], action === "delete" ? after : undefined),
        };
      }),
      { key: "yaml", text: t("action.yaml"), choose: () => void go(paths.object(cluster, of.namespace, "applications", of.name, "yaml")) },
    ];
  };
  const dialogs = (
    <>
      {asked && (
        <ApplicationActDialog
          cluster={cluster}
          act={asked.act}
          close={(done) => {
            setAsked(undefined);
            if (done) asked.after?.();
          }}
        />
      )}
      {edited && <ApplicationForm cluster={cluster} namespace={edited.namespace} name={edited.name} close={() => setEdited(undefined)} />}
      {associated && (
        <AssociateDialog cluster={cluster} namespace={associated.namespace} application={associated.name} close={() => setAssociated(undefined)} />
      )}
    </>
  );
  return { choices, ask, dialogs, hindrance, associate: setAssociated, edit: setEdited };
}
