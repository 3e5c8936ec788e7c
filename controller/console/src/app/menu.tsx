// SPDX-License-Identifier: Apache-2.0
import {
  ApartmentOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BlockOutlined,
  CloudServerOutlined,
  CodeOutlined,
  DatabaseOutlined,
  FileTextOutlined,
  FolderOutlined,
  HddOutlined,
  HistoryOutlined,
  KeyOutlined,
  LockOutlined,
  NotificationOutlined,
  PartitionOutlined,
  SettingOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";
import { onlyReads, type User } from "../session/me";

/** A place of the menu. `key` is its word in common.menu and, below the view's root, its path. */
export interface Entry {
  key: string;
  icon?: ReactNode;
  children?: Entry[];
  /** Who sees it; everybody who sees the view, if absent. */
  for?: (user: User) => boolean;
}

const administers = (user: User) => user.role === "administrator";

export const MANAGEMENT: Entry[] = [
  { key: "clusters", icon: <CloudServerOutlined />, for: administers },
  { key: "namespaces", icon: <FolderOutlined /> },
  { key: "storage", icon: <HddOutlined />, for: administers, children: [{ key: "storageClasses" }] },
  { key: "tenancy", icon: <TeamOutlined />, children: [{ key: "departments" }, { key: "projects" }, { key: "users" }] },
  { key: "operations", icon: <HistoryOutlined />, for: administers },
  { key: "audit", icon: <AuditOutlined />, for: administers },
  { key: "recordings", icon: <CodeOutlined />, for: administers },
  { key: "settings", icon: <SettingOutlined />, for: administers },
];

export const BUSINESS: Entry[] = [
  { key: "applications", icon: <AppstoreOutlined /> },
  {
    key: "workloads",
    icon: <BlockOutlined />,
    children: [{ key: "deployments" }, { key: "statefulsets" }, { key: "daemonsets" }, { key: "jobs" }, { key: "cronjobs" }, { key: "pods" }],
  },
  { key: "network", icon: <PartitionOutlined />, children: [{ key: "services" }, { key: "ingresses" }] },
  { key: "persistentvolumeclaims", icon: <DatabaseOutlined /> },
  {
    key: "config",
    icon: <ApartmentOutlined />,
    children: [
      { key: "configmaps", icon: <FileTextOutlined /> },
      { key: "secrets", icon: <LockOutlined />, for: (user) => !onlyReads(user) },
    ],
  },
  { key: "events", icon: <NotificationOutlined /> },
  { key: "yaml", icon: <CodeOutlined /> },
  { key: "intents", icon: <HistoryOutlined /> },
  { key: "terminals", icon: <KeyOutlined /> },
];

/** The entries that `user` sees, without groups that have become empty. */
export function entriesFor(user: User, entries: Entry[]): Entry[] {
  return entries.flatMap((entry) => {
    if (entry.for && !entry.for(user)) return [];
    if (!entry.children) return [entry];
    const children = entriesFor(user, entry.children);
    return children.length > 0 ? [{ ...entry, children }] : [];
  });
}

/** All places without their groups, each with the group that it is in. */
export function leaves(entries: Entry[], group?: string): { entry: Entry; group?: string }[] {
  return entries.flatMap((entry) => (entry.children ? leaves(entry.children, entry.key) : [{ entry, group }]));
}
