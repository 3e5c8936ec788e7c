// SPDX-License-Identifier: Apache-2.0
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { paths } from "../../app/paths";
import { usePlace } from "../../app/place";
import { useHindrance } from "../../session/rights";
import type { Resource } from "../kinds";
import type { Rows } from "../lists";
import { ActionMenu, type Choice } from "../../ui/ActionMenu";
import { useRemoval } from "./useRemoval";

type Plain = "services" | "ingresses" | "configmaps" | "secrets" | "persistentvolumeclaims";

/** The last column of lists whose objects are only edited and deleted, and its dialog. */
export function useRowMenu<Of extends Resource & Plain>(resource: Of) {
  const { t } = useTranslation("business");
  const { t: common } = useTranslation();
  const go = useNavigate();
  const { cluster } = usePlace();
  const hindrance = useHindrance(cluster);
  const removal = useRemoval(cluster, resource);
  const choices = (namespace: string, name: string): Choice[] => {
    const hindered = hindrance(namespace);
    return [
      { key: "edit", text: common("action.edit"), hindered, choose: () => go(paths.object(cluster, namespace, resource, name, "edit")) },
      { key: "yaml", text: t("action.yaml"), choose: () => go(paths.object(cluster, namespace, resource, name, "yaml")) },
      { key: "delete", text: common("action.delete"), danger: true, hindered, choose: () => removal.ask(namespace, name) },
    ];
  };
  const column = {
    key: "actions",
    title: common("table.actions"),
    render: ({ namespace = "", name }: Rows[Of]) => <ActionMenu of={name} choices={choices(namespace, name)} />,
  };
  return { column, dialog: removal.dialog };
}
