// SPDX-License-Identifier: Apache-2.0
import { Breadcrumb } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { BUSINESS, leaves, MANAGEMENT } from "./menu";
import { paths } from "./paths";

/** Places whose address has an id: the page's heading names the thing. */
const BY_ID = ["departments", "projects", "users", "operations", "recordings", "settings"];

const isForm = (names: string[]) => names.length === 1 && names[0] === "new";

/** The names of an address that the trail has: tabs, ids and words of the address are none. */
export function namesOf(entry: string, names: string[]): string[] {
  if (isForm(names) || BY_ID.includes(entry)) return [];
  if (entry === "namespaces") return names.slice(0, 2);
  return names[1] === "nodes" && names[2] ? [names[0], names[2]] : names.slice(0, 1);
}

/** Where the page stands: view, menu group, list, and the names in its address. */
export const Trail = memo(function Trail({ pathname }: { pathname: string }) {
  const { t } = useTranslation();
  const [, view, ...rest] = pathname.split("/").map(decodeURIComponent);
  if (view !== "management" && view !== "business") return null;
  const managing = view === "management";
  // in the business view the forms of new objects stand under "new", and belong to the list of their kind
  const made = !managing && rest[2] === "new";
  const [entry, ...names] = managing ? rest : made ? [rest[3]] : rest.slice(2);
  const place = leaves(managing ? MANAGEMENT : BUSINESS).find((leaf) => leaf.entry.key === entry);
  if (!place) return null;
  const word = (key: string) => t(`menu.${key}` as "menu.pods");
  const root = managing ? paths.management(entry) : paths.business(rest[0], rest[1], entry);
  const items = [
    { title: managing ? t("views.management") : t("views.business") },
    ...(place.group ? [{ title: word(place.group) }] : []),
    { title: names.length > 0 || made ? <Link to={root}>{word(entry)}</Link> : word(entry) },
    ...namesOf(entry, names).map((name, at, all) => ({
      title: entry === "clusters" && at < all.length - 1 ? <Link to={paths.cluster(name)}>{name}</Link> : name,
    })),
    ...(made || (managing && isForm(names)) ? [{ title: t("action.create") }] : []),
  ];
  return <Breadcrumb style={{ marginBottom: 16 }} items={items} />;
});
